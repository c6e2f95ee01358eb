"""TOML tables as strict models: unknown keys are refused and the nearest known one is named.

Text in, model or BadInput out; opening files is left to formats/.
"""

from __future__ import annotations

import difflib
import re
import tomllib
from collections.abc import Mapping
from typing import Any, Literal, TypeVar, get_args, get_origin

from pydantic import BaseModel, ConfigDict, ValidationError

from radgen_assets.contracts.errors import BadInput, UnknownKey


class TomlModel(BaseModel):
    """Base of every table that a person writes by hand."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)


Model = TypeVar("Model", bound=BaseModel)


def parse_toml(model: type[Model], text: str, file: str) -> Model:
    """Read TOML text as `model`.

    Raises
    ------
    UnknownKey
        For a key the model does not have; names the nearest known key.
    BadInput
        For anything else that the model refuses, and for text that is not TOML.
    """
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise BadInput(file, "TOML", str(error), "valid TOML", "Correct the syntax.") from error
    return parse_table(model, data, file)


def parse_table(model: type[Model], data: Mapping[str, Any], file: str) -> Model:
    """Read an already decoded table as `model`; raises as `parse_toml`."""
    try:
        return model.model_validate(dict(data))
    except ValidationError as error:
        raise _as_bad_input(model, error, file) from error


def _as_bad_input(model: type[BaseModel], error: ValidationError, file: str) -> BadInput:
    faults = error.errors(include_url=False)
    # a typo in a required key is two faults: the unknown key says more than the missing one
    first = next((each for each in faults if each["type"] == "extra_forbidden"), faults[0])
    fields, models = _walk(model, tuple(first["loc"]))
    field = _name_of(fields)
    if first["type"] == "extra_forbidden":
        return _unknown_key(file, field, str(fields[-1]), models)
    if first["type"] == "missing":
        return BadInput(file, field, "nothing", "a value", "Add the key.")
    if first["type"] in ("union_tag_invalid", "union_tag_not_found"):
        return _unknown_variant(file, field, first)
    expected = (
        first["msg"].removeprefix("Value error, ").removeprefix("Input should be ").removeprefix("String should ")
    )
    return BadInput(file, field, _shortened(first.get("input")), expected, _remedy(first))


def _remedy(fault: Any) -> str:
    """Names the nearest known value of a choice."""
    known = re.findall(r"'([^']*)'", str(fault.get("ctx", {}).get("expected", "")))
    nearest = difflib.get_close_matches(str(fault.get("input")), known, n=1, cutoff=0.5)
    return f"Did you mean '{nearest[0]}'?" if nearest else "Correct the value."


def _unknown_key(file: str, field: str, key: str, models: set[type[BaseModel]]) -> UnknownKey:
    known = sorted({name for each in models for name in each.model_fields})
    nearest = difflib.get_close_matches(key, known, n=1, cutoff=0.5)
    remedy = f"Did you mean '{nearest[0]}'?" if nearest else "Remove it, or see the known keys in docs/file_formats.md."
    return UnknownKey(file, field, "an unknown key", f"one of {', '.join(known) or 'none'}", remedy)


def _unknown_variant(file: str, field: str, fault: Any) -> BadInput:
    """A table whose `kind` is absent or names no known variant."""
    context = fault.get("ctx", {})
    key = str(context.get("discriminator", "'kind'")).strip("'")
    found = repr(context["tag"]) if "tag" in context else "nothing"
    if "expected_tags" in context:
        return BadInput(file, f"{field}.{key}", found, f"one of {context['expected_tags']}", "Correct the value.")
    return BadInput(
        file, f"{field}.{key}", found, "the kind of this table", "Add the key; docs/file_formats.md has them."
    )


def _walk(model: type[BaseModel], place: tuple[Any, ...]) -> tuple[list[Any], set[type[BaseModel]]]:
    """Follow a pydantic location below `model`.

    Returns the parts that stand in the file (pydantic adds the tag of a discriminated union and ``[key]`` to its
    locations, which nobody wrote), and the models that the table which holds the last part may have.
    """
    annotation: Any = model
    fields: list[Any] = []
    models: set[type[BaseModel]] = {model}
    for part in place:
        members = _members(annotation)
        tagged = [each for each in members if _is_model(each) and _has_tag(each, part)]
        if part == "[key]":
            continue
        if tagged and not any(_is_model(each) and part in each.model_fields for each in members):
            annotation = tagged[0]
            continue
        fields.append(part)
        models = {each for each in members if _is_model(each)} or models
        annotation = next((found for each in members if (found := _inside(each, part)) is not None), None)
    return fields, models


def _members(annotation: Any) -> list[Any]:
    """The alternatives of an annotation: itself, or the members of a union or of Annotated."""
    if annotation is None:
        return []
    origin = get_origin(annotation)
    if origin is None or origin in (dict, Mapping, list, tuple, Literal):
        return [annotation]
    return [member for part in get_args(annotation) for member in _members(part)]


def _inside(annotation: Any, part: Any) -> Any:
    """Annotation of the value under key or index `part`; None where there is none."""
    if _is_model(annotation):
        known = annotation.model_fields.get(part)
        return known.annotation if known is not None else None
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin in (list, tuple) and isinstance(part, int):
        return arguments[0]
    if origin in (dict, Mapping) and arguments:
        return arguments[1]
    return None


def _has_tag(model: type[BaseModel], tag: Any) -> bool:
    return any(
        get_origin(each.annotation) is Literal and tag in get_args(each.annotation)
        for each in model.model_fields.values()
    )


def _is_model(annotation: Any) -> bool:
    return isinstance(annotation, type) and issubclass(annotation, BaseModel)


def _name_of(fields: list[Any]) -> str:
    """``clinical#1.columns#3.source``: entries of an array of tables are counted from 1, as a reader counts them."""
    text = ""
    for part in fields:
        text += f"#{part + 1}" if isinstance(part, int) else f".{part}" if text else str(part)
    return text or "table"


def _shortened(value: Any, limit: int = 120) -> str:
    text = repr(value)
    return text if len(text) <= limit else text[: limit - 3] + "..."
