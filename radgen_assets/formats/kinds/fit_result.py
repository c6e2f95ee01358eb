"""FitResult: everything about a fit as fit.json, numbers to the last digit; no pickles."""

from __future__ import annotations

import types
import typing
from collections.abc import Mapping
from dataclasses import asdict, fields, is_dataclass
from pathlib import Path
from typing import Any

from radgen_assets.contracts.results import FitResult
from radgen_assets.formats.json_documents import read_document, write_document
from radgen_assets.formats.registry import ReadContext

VERSION = 1


def write(value: FitResult, folder: Path) -> None:
    """Write fit.json."""
    write_document(folder / "fit.json", "fit_result", VERSION, asdict(value))


def read(folder: Path, context: ReadContext) -> FitResult:
    """Read it back as values."""
    result: FitResult = _value(FitResult, read_document(folder / "fit.json", "fit_result", VERSION))
    return result


def _value(kind: Any, raw: Any) -> Any:
    """JSON to the annotated type: dataclasses, tuples and mappings of them, everything else as it is."""
    if is_dataclass(kind):
        hints = typing.get_type_hints(kind)
        return kind(
            **{each.name: _value(hints[each.name], raw[each.name]) for each in fields(kind) if each.name in raw}
        )
    origin, arguments = typing.get_origin(kind), typing.get_args(kind)
    if isinstance(kind, types.UnionType):
        return None if raw is None else _value(next(each for each in arguments if each is not type(None)), raw)
    if origin is tuple and raw is not None:
        if len(arguments) == 2 and arguments[1] is Ellipsis:
            return tuple(_value(arguments[0], each) for each in raw)
        return tuple(_value(each, part) for each, part in zip(arguments, raw, strict=True))
    if origin is Mapping and raw is not None:
        return {key: _value(arguments[1], each) for key, each in raw.items()}
    return raw
