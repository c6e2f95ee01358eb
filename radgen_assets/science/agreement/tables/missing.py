"""What each column lacks, overall and by group, before anything is done about it."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from radgen_assets.contracts.errors import UsedWrongly
from radgen_assets.contracts.results import Missing

NOT_YET = "not handled yet"


def missing_data_report(
    frame: pd.DataFrame, group: pd.Series | None = None, *, handled: Mapping[str, str] | None = None
) -> tuple[Missing, ...]:
    """One row a column, most missing first; with groups one more row "column [group]" for each group that lacks some.

    Parameters
    ----------
    frame : one row a patient
    group : label of each patient, on the same index
    handled : column -> what will be done about its missing values

    Raises
    ------
    UsedWrongly
        When the groups are not those of the same patients.
    """
    if group is not None and not group.index.equals(frame.index):
        raise UsedWrongly("missing data: found another index for group than for the table, expected the same patients.")
    told = handled or {}
    counts = frame.isna().sum().sort_values(ascending=False, kind="stable")
    rows = []
    for column, n_missing in counts.items():
        how = told.get(str(column), NOT_YET if n_missing else "nothing to handle")
        rows.append(Missing(str(column), int(n_missing), len(frame), how))
        if group is not None and n_missing:
            by_group = frame[column].isna().groupby(group)
            rows += [
                Missing(f"{column} [{label}]", int(lacking.sum()), len(lacking), how)
                for label, lacking in by_group
                if lacking.any()
            ]
    return tuple(rows)
