"""Writes a declaration (cohort, study) as the TOML that a person would have written; reading is left to formats/."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from radgen_assets.contracts.toml_models import TomlModel


def toml_text(model: TomlModel, *, comment: str) -> str:
    """The keys of `model` that differ from their defaults, below a comment.

    Raises
    ------
    TypeError
        For values that TOML does not have.
    """
    table = model.model_dump(mode="json", exclude_defaults=True)
    lines = [f"# {line}" for line in comment.splitlines()]
    return "\n".join([*lines, *_table(table, "")]) + "\n"


def _table(table: Mapping[str, Any], name: str) -> Iterator[str]:
    """Lines of one table: plain keys first, then tables within it, each under its full name."""
    below = {key: value for key, value in table.items() if _has_a_header(value)}
    plain = [f"{_key(key)} = {_value(value)}" for key, value in table.items() if key not in below and value is not None]
    if plain:
        yield from ("", *([f"[{name}]"] if name else []), *plain)
    for key, value in below.items():
        inner = f"{name}.{_key(key)}" if name else _key(key)
        if isinstance(value, Mapping):
            yield from _table(value, inner)
        else:
            for each in value:
                header, *rest = _table(each, inner)
                yield from (header, f"[{rest[0]}]", *rest[1:])


def _has_a_header(value: Any) -> bool:
    """Whether a value stands under a header of its own; small tables in lists of one-liners do not."""
    if isinstance(value, list):
        return bool(value) and all(isinstance(each, Mapping) for each in value) and not _fits_on_lines(value)
    return isinstance(value, Mapping)


def _fits_on_lines(tables: list[Mapping[str, Any]]) -> bool:
    """Columns of a sheet: each reads best as one line."""
    return all({"name", "source", "kind"} <= set(each) for each in tables)


def _key(key: str) -> str:
    bare = key and all(letter.isascii() and (letter.isalnum() or letter in "_-") for letter in key)
    return key if bare else _value(key)


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False).replace(
            "\x7f", "\\u007f"
        )  # JSON's escapes are TOML's, but for DEL
    if isinstance(value, int | float):
        return repr(value)
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{_key(key)} = {_value(each)}" for key, each in value.items()) + " }"
    if isinstance(value, list) and value and isinstance(value[0], Mapping):
        return "[\n" + "".join(f"    {_value(each)},\n" for each in value) + "]"
    if isinstance(value, list):
        return "[" + ", ".join(_value(each) for each in value) + "]"
    raise TypeError(f"TOML has no value for {type(value).__name__}")
