"""One cell of a sheet as a value of its declared column: coding, missing spellings, kind and unit."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from radgen_assets.contracts.cohort import Column, ColumnKind
from radgen_assets.contracts.errors import BadInput
from radgen_assets.contracts.units import MONTHS_PER, TimeUnit
from radgen_assets.formats.patient_ids import one_group

EVENT = "event"  # the column of this name says who died: 0 or 1, and nothing else
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")  # float() would also take nan, inf and 1_000
_TRUTH = {"1": True, "true": True, "yes": True, "y": True, "0": False, "false": False, "no": False, "n": False}
_REMEDY = "Correct the cell, add its spelling to `missing`, or declare a coding."


class UnfitCellError(Exception):
    """A cell that its column cannot take: what was expected and what to do; the place is added by the caller."""

    def __init__(self, expected: str, remedy: str = _REMEDY) -> None:
        self.expected, self.remedy = expected, remedy
        super().__init__(expected)


@dataclass(frozen=True)
class CellReader:
    """Reads the cells of one column."""

    column: Column
    missing: frozenset[str]
    convert: Callable[[str], Any]
    part: re.Pattern[str] | None = None  # of a cell: what its one group holds is the value

    @classmethod
    def of(cls, column: Column, missing: tuple[str, ...]) -> CellReader:
        """The reader of `column`; `missing` are the sheet's spellings of missing.

        Raises BadInput when the column's pattern is no regular expression with one group.
        """
        convert = _event if column.name == EVENT else _CONVERSIONS[column.kind]
        part = None
        if column.pattern is not None:
            part = one_group(column.pattern, f"column {column.name}", "pattern", "the value")
        if column.kind is ColumnKind.time:
            months_per = MONTHS_PER[TimeUnit(str(column.unit))]
            return cls(column, frozenset((*missing, *column.missing)), lambda text: _time(text) * months_per, part)
        return cls(column, frozenset((*missing, *column.missing)), convert, part)

    def read(self, text: str, *, file: str, row: int, cohort: str) -> Any:
        """The value of a cell, None for missing; raises BadInput naming row and column."""
        try:
            return self._value(text)
        except UnfitCellError as unfit:
            field = f"row {row}, column {self.column.told}"
            remedy = unfit.remedy.format(cohort=cohort)
            raise BadInput(file, field, repr(text), unfit.expected, remedy) from unfit

    def _value(self, text: str) -> Any:
        if text in self.missing:
            return None
        if self.part is not None:
            found = self.part.search(text)
            if found is None:
                remedy = f"Correct the cell, add it to `missing`, or correct the pattern of '{self.column.name}'."
                raise UnfitCellError(f"a cell in which {self.column.pattern!r} is found", remedy)
            text = found.group(1) or ""
        if self.column.coding:
            text = self._coded(text)
            if text == "" or text in self.missing:  # a coding may say: this spelling is as good as missing
                return None
        return self.convert(text)

    def _coded(self, text: str) -> str:
        if text in self.column.coding:
            return self.column.coding[text]
        known = list(self.column.coding)
        nearest = difflib.get_close_matches(text, known, n=1, cutoff=0.6)
        hint = f"Add it to the coding of '{self.column.name}'" + (f", as '{nearest[0]}' is." if nearest else ".")
        raise UnfitCellError(f"one of {', '.join(repr(each) for each in known)}", hint)


def _number(text: str) -> float:
    if not _NUMBER.fullmatch(text):
        raise UnfitCellError("a number")
    return float(text)


def _integer(text: str) -> int:
    if not _NUMBER.fullmatch(text) or not float(text).is_integer():
        raise UnfitCellError("a whole number")
    return int(float(text))


def _boolean(text: str) -> bool:
    if text.casefold() not in _TRUTH:
        raise UnfitCellError("true or false (also 1, 0, yes, no)")
    return _TRUTH[text.casefold()]


def _event(text: str) -> bool:
    if text.casefold() in ("true", "false"):
        return text.casefold() == "true"
    if not _NUMBER.fullmatch(text) or float(text) not in (0.0, 1.0):
        raise UnfitCellError(
            "0 (alive) or 1 (died)", "Correct the cell, or declare a coding such as {{ Dead = '1', Alive = '0' }}."
        )
    return float(text) == 1.0


def _time(text: str) -> float:
    """A time is never negative; 0 may be (a patient seen once), and is counted in the notes."""
    if not _NUMBER.fullmatch(text) or float(text) < 0:
        remedy = "Correct the row, or exclude the patient in cohorts/{cohort}.toml with a reason."
        raise UnfitCellError("a number >= 0", remedy)
    return float(text)


_CONVERSIONS: dict[ColumnKind, Callable[[str], Any]] = {
    ColumnKind.number: _number,
    ColumnKind.integer: _integer,
    ColumnKind.text: str,
    ColumnKind.boolean: _boolean,
    ColumnKind.time: _time,
}
