"""JSON files of artifacts: kind and format version first, sorted keys, equal bytes for equal values."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from radgen_assets.contracts.errors import BadInput

NON_FINITE = "non_finite"  # JSON knows no NaN or infinity: {"non_finite": "nan" | "inf" | "-inf"}


def write_document(path: Path, kind: str, version: int, body: Mapping[str, Any]) -> None:
    """Write `body` as a document of `kind` in format `version`."""
    document = {"format": f"radgen/{kind}", "version": version, **{key: _plain(value) for key, value in body.items()}}
    text = json.dumps(document, sort_keys=True, indent=1, ensure_ascii=False, allow_nan=False)
    path.write_bytes(f"{text}\n".encode())


def read_document(path: Path, kind: str, version: int) -> dict[str, Any]:
    """The body of a document of `kind`; raises BadInput for another kind or a later format than `version`."""
    try:
        document = _finite_or_not(json.loads(path.read_bytes()))
    except ValueError as error:
        raise BadInput(
            path.name, "JSON", str(error), "valid JSON", "Make the artifact anew (radgen run --force)."
        ) from error
    found = (document.pop("format", None), document.pop("version", None))
    if found[0] != f"radgen/{kind}":
        raise BadInput(path.name, "format", repr(found[0]), f"'radgen/{kind}'", "Make the artifact anew.")
    if not isinstance(found[1], int) or found[1] > version:
        raise BadInput(path.name, "version", repr(found[1]), f"at most {version}", "It needs a later radgen: update.")
    return document


def _plain(value: Any) -> Any:
    """Numpy scalars, tuples and non-finite numbers as JSON can hold them."""
    if isinstance(value, Mapping):
        return {str(key): _plain(each) for key, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(each) for each in value]
    if hasattr(value, "tolist"):
        return _plain(value.tolist())
    if isinstance(value, float) and not math.isfinite(value):
        return {NON_FINITE: str(value)}
    return value


def _finite_or_not(value: Any) -> Any:
    if isinstance(value, dict):
        if set(value) == {NON_FINITE}:
            return float(value[NON_FINITE])
        return {key: _finite_or_not(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_finite_or_not(each) for each in value]
    return value
