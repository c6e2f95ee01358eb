"""What a failed step of a Dagster run said, in one line."""

from __future__ import annotations

from collections.abc import Iterable

import dagster as dg


def failure_texts(events: Iterable[dg.DagsterEvent]) -> list[str]:
    """`step: what it raised`, for each step failure among the events, without Dagster's own wrapping."""
    texts = []
    for event in events:
        if not event.is_step_failure:
            continue
        said, error = event.step_failure_data.user_failure_data, event.step_failure_data.error
        while error is not None and error.cause is not None and str(error.cls_name).startswith("Dagster"):
            error = error.cause
        text = said.description if said and said.description else (error.message if error else "")
        texts.append(f"{event.step_key}: {str(text).strip()}")
    return texts
