"""Artifacts as the ledger holds them: rows become records in bulk, and what is listed inside is parsed when looked at.

A plan reads 30,000 records and looks inside a few. Parsed at once, the lists inside take three quarters of the time.
"""

from __future__ import annotations

import gc
import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import astuple, fields
from functools import cached_property
from operator import itemgetter
from typing import Any, Self

import sqlalchemy as sa

from radgen_assets.contracts.settings import canonical_json
from radgen_assets.lineage.records import ArtifactRecord, FileRecord, InputRef, State
from radgen_assets.lineage.schema import artifacts, inputs

_PLAIN = tuple(column for column in artifacts.c if column.name not in ("bytes", "state", "files", "warnings", "facts"))
_PARSED = tuple(artifacts.c[name].label(f"_{name}") for name in ("state", "files", "warnings", "facts"))
_NAMES = (*(column.name for column in (*_PLAIN, *_PARSED)), "_inputs")


class StoredArtifact(ArtifactRecord):
    """An artifact's record as read from the ledger, equal to the one that was recorded."""

    @classmethod
    def of(cls, row: Sequence[Any]) -> Self:
        """A record from its row, whose columns are `_NAMES`."""
        record = cls.__new__(cls)
        record.__dict__.update(zip(_NAMES, row, strict=True))
        return record

    @cached_property
    def state(self) -> State:
        """How the try ended."""
        return State(self.__dict__["_state"])

    @cached_property
    def files(self) -> tuple[FileRecord, ...]:
        """The artifact's files."""
        return tuple(FileRecord(*file) for file in json.loads(self.__dict__["_files"]))

    @cached_property
    def warnings(self) -> tuple[str, ...]:
        """What the person should know although it is done."""
        return tuple(json.loads(self.__dict__["_warnings"]))

    @cached_property
    def facts(self) -> dict[str, str | int | float | bool]:
        """Small numbers to show."""
        return dict(json.loads(self.__dict__["_facts"]))

    @cached_property
    def inputs(self) -> tuple[InputRef, ...]:
        """What it was made from."""
        refs = sorted(json.loads(self.__dict__["_inputs"] or "[]"))
        return tuple(InputRef(*ref[1:]) for ref in refs)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, ArtifactRecord):
            return NotImplemented
        return all(getattr(self, each.name) == getattr(other, each.name) for each in fields(ArtifactRecord))

    __hash__ = None  # type: ignore[assignment]  # facts are a dictionary


def read_records(connection: sa.Connection, query: sa.Select[Any]) -> list[tuple[int, ArtifactRecord]]:
    """The rows that `query` selects from `artifacts`, as (id, record), the oldest first, in one query."""
    with collector_at_rest():
        rows = connection.execute(query.with_only_columns(*_PLAIN, *_PARSED, _inputs_as_json(connection))).all()
        return [(row[0], StoredArtifact.of(row)) for row in sorted(rows, key=itemgetter(0))]


@contextmanager
def collector_at_rest() -> Iterator[None]:
    """Let Python's garbage collector wait: it would walk the growing heap of records, none of which is garbage.

    Half of the time of reading 30,000 records was its.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def sizes_of(records: Sequence[ArtifactRecord]) -> list[list[tuple[str, int]]]:
    """Name and bytes of each file of each record, all texts parsed at once: a plan asks this of 30,000."""
    with collector_at_rest():
        texts = [each.__dict__.get("_files") for each in records]  # None: it was not read from the ledger
        parsed = iter(json.loads(f"[{','.join(text for text in texts if text is not None)}]"))
        return [
            [(file.name, file.bytes) for file in each.files]
            if text is None
            else [(name, size) for name, _, size in next(parsed)]
            for each, text in zip(records, texts, strict=True)
        ]


def _inputs_as_json(connection: sa.Connection) -> sa.Label[Any]:
    """An artifact's inputs as one JSON text: [[position, name, kind, reference, content hash], ...], in any order."""
    columns = (inputs.c.position, inputs.c.name, inputs.c.kind, inputs.c.reference, inputs.c.content_hash)
    if connection.dialect.name == "sqlite":
        listed: sa.ColumnElement[Any] = sa.func.json_group_array(sa.func.json_array(*columns))
    else:
        listed = sa.cast(sa.func.json_agg(sa.func.json_build_array(*columns)), sa.Text)
    query = sa.select(listed).where(inputs.c.artifact_id == artifacts.c.id).correlate(artifacts)
    return query.scalar_subquery().label("_inputs")


def row_of(number: int, each: ArtifactRecord) -> dict[str, Any]:
    """The row of `artifacts` for a record."""
    return {
        "id": number,
        "asset": each.asset,
        "key": each.key,
        "recipe_hash": each.recipe_hash,
        "inputs_hash": each.inputs_hash,
        "content_hash": each.content_hash,
        "path": each.path,
        "bytes": each.bytes,
        "seconds": each.seconds,
        "state": str(each.state),
        "reason": each.reason,
        "files": canonical_json([astuple(file) for file in each.files]),
        "warnings": canonical_json(each.warnings),
        "facts": canonical_json(each.facts),
        "run_id": each.run_id,
        "pass_id": each.pass_id,
        "made_at": each.made_at,
    }


def rows_of_inputs(number: int, each: ArtifactRecord) -> list[dict[str, Any]]:
    """The rows of `inputs` for a record."""
    return [
        {
            "artifact_id": number,
            "name": ref.name,
            "position": position,
            "kind": ref.kind,
            "reference": ref.reference,
            "content_hash": ref.content_hash,
        }
        for position, ref in enumerate(each.inputs)
    ]
