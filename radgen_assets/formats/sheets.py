"""Clinical and molecular sheets: declared columns only, one row a patient, under radgen's names and units."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from radgen_assets.contracts.cohort import Column, ColumnKind, Sheet
from radgen_assets.contracts.errors import BadInput
from radgen_assets.formats.cell_values import EVENT, CellReader
from radgen_assets.formats.cells import Cells, Row, read_cells
from radgen_assets.formats.patient_ids import PatientIds

TIME = "time_months"
_DTYPES = {
    ColumnKind.number: "float64",
    ColumnKind.time: "float64",
    ColumnKind.integer: "Int64",
    ColumnKind.boolean: "boolean",
    ColumnKind.text: "string",
}


@dataclass(frozen=True, eq=False)
class SheetResult:
    """What a sheet says.

    frame : one row a patient, index `patient` in sorted order, columns by radgen's names: number and time (in months)
        float64, integer Int64, boolean and `event` boolean, text string; missing is NaN or NA
    notes : what the stated rules did and what the reader should know, one sentence each
    post_baseline : columns that are known only after time zero
    """

    frame: pd.DataFrame
    notes: tuple[str, ...]
    post_baseline: tuple[str, ...]


@dataclass(frozen=True)
class _PatientRow:
    row: Row
    patient: str
    values: Mapping[str, Any]


def read_sheet(sheet: Sheet, folder: Path, cohort: str, *, excluded: Collection[str] = ()) -> SheetResult:
    """Read one sheet; `folder` is what its name is relative to.

    Parameters
    ----------
    excluded : patient ids
        Their rows are left out unread, so that a patient excluded for a bad row does not stop the others.

    Raises
    ------
    BadInput
        A declared column is absent or there twice; a cell is not of its column's kind or coding; a time is negative;
        an event is neither 0 nor 1; a patient has two rows and the rule does not say what to do.
    """
    cells = read_cells(folder / sheet.file, worksheet=sheet.worksheet)
    _refuse_clashing_names(sheet)
    rows, notes = _rows_of_patients(sheet, cells, cohort, excluded)
    records = _one_row_a_patient(sheet, rows, notes)
    frame = _frame(sheet.columns, records)
    notes.extend(_notes_on_outcome(sheet, frame))
    return SheetResult(frame, tuple(notes), _post_baseline(sheet))


def read_sheets(sheets: Iterable[Sheet], folder: Path, cohort: str, *, excluded: Collection[str] = ()) -> SheetResult:
    """Read several sheets of one cohort side by side: a patient stands in the result if in any of them.

    Raises BadInput as `read_sheet`, and when two sheets give a column of one name.
    """
    frames: list[pd.DataFrame] = []
    notes: list[str] = []
    post_baseline: list[str] = []
    source: dict[str, str] = {}
    for sheet in sheets:
        for column in sheet.columns:
            if column.name in source:
                found = f"a second column '{column.name}' (the first is in {source[column.name]})"
                raise BadInput(sheet.file, f"column {column.told}", found, "each name once", "Rename one of the two.")
            source[column.name] = sheet.file
        result = read_sheet(sheet, folder, cohort, excluded=excluded)
        frames.append(result.frame)
        notes.extend(result.notes)
        post_baseline.extend(result.post_baseline)
    joined = pd.concat(frames, axis=1).sort_index() if frames else pd.DataFrame(index=pd.Index([], name="patient"))
    return SheetResult(joined.rename_axis("patient"), tuple(notes), tuple(post_baseline))


def read_pairs(path: Path, key_column: str, value_column: str) -> dict[str, str]:
    """Two columns of a table as a mapping (patient to person, say); rows without a value are left out.

    Raises BadInput when a column is absent, or one key has two values.
    """
    cells = read_cells(path)
    key_place, value_place = cells.position(key_column), cells.position(value_column)
    pairs: dict[str, str] = {}
    for row in cells.rows:
        key, value = row.cells[key_place], row.cells[value_place]
        if not key or not value:
            continue
        if pairs.setdefault(key, value) != value:
            found = f"{value!r} for {key!r}, which has {pairs[key]!r} above"
            raise BadInput(
                cells.file, f"row {row.number}, column {value_column}", found, "one value", "Correct the row."
            )
    return pairs


def outcome_usable(frame: pd.DataFrame) -> str | None:
    """Why no survival model may be made of these patients; None when one may.

    The trap: where times are known for the dead only, leaving out the living keeps those who died early, and every
    estimate is biased. Seen in CPTAC-3's and UPENN-GBM's tables.

    Parameters
    ----------
    frame : columns time_months and event, as `read_sheet` gives them; others are ignored
    """
    if TIME not in frame:
        return f"no survival time is declared (a column named {TIME} of kind 'time')"
    timed = frame[TIME].notna()
    if EVENT not in frame:
        if timed.all():
            return "there is no event column: nothing tells who was alive at the time given"
        return (
            f"times are known for the dead only: there is no event column, and {int((~timed).sum())} of {len(frame)} "
            "patients have no time, so that censoring times are lacking"
        )
    event = frame[EVENT].astype("boolean")
    died, living = event.fillna(False).astype(bool), (~event).fillna(False).astype(bool)
    if not (died & timed).any():
        return "nobody with a known time is known to have died"
    unknown = int((event.isna() & ~timed).sum())
    if not (living & timed).any() and (living.any() or unknown):
        lacking = f"none of the {int(living.sum())} living has a time" if living.any() else f"{unknown} have neither"
        return (
            f"times are known for the dead only: {lacking} ({int((died & timed).sum())} of {int(died.sum())} dead have "
            "one); leaving the others out would bias every estimate"
        )
    return None


def _refuse_clashing_names(sheet: Sheet) -> None:
    names = [column.name for column in sheet.columns]
    for column in sheet.columns:
        if names.count(column.name) > 1:
            found = f"two columns called '{column.name}'"
            raise BadInput(sheet.file, f"column {column.told}", found, "each name once", "Rename one in the TOML.")
        if column.kind is ColumnKind.time and not column.name.endswith("_months"):
            remedy = f"Call it '{column.name}_months' in the cohort's TOML."
            expected = "a name that ends in _months, since times become months"
            raise BadInput(sheet.file, f"column {column.told}", repr(column.name), expected, remedy)


def _rows_of_patients(
    sheet: Sheet, cells: Cells, cohort: str, excluded: Collection[str]
) -> tuple[list[_PatientRow], list[str]]:
    """Rows with their patient's id and values, and a note on rows that belong to nobody."""
    ids = PatientIds(sheet.patient_id_pattern, f"{cohort}.toml", f"patient_id_pattern of {sheet.file}")
    id_place = cells.position(sheet.patient_column)
    readers = [
        (CellReader.of(each, sheet.missing), cells.position(each.source) if each.source else None)
        for each in sheet.columns
    ]
    own, elsewhere = _rows_of_cohort(sheet, cells)
    rows: list[_PatientRow] = []
    aside: list[str] = []
    for row in own:
        field = f"row {row.number}, column {sheet.patient_column}"
        patient = ids.patient(row.cells[id_place], cells.file, field)
        if patient is None:
            aside.append(row.cells[id_place])
        elif patient not in excluded:
            place = {"file": cells.file, "row": row.number, "cohort": cohort}
            values = {
                each.column.name: each.read(each.column.constant if at is None else row.cells[at], **place)
                for each, at in readers
            }
            rows.append(_PatientRow(row, patient, values))
    if aside and not rows:
        found = f"no row in which {ids.pattern!r} is found (the first is {aside[0]!r})"
        raise BadInput(cells.file, f"column {sheet.patient_column}", found, "at least one", "Correct the pattern.")
    if not aside:
        return rows, elsewhere
    first = ", ".join(aside[:3])
    return rows, [
        *elsewhere,
        f"{cells.file}: {len(aside)} of {len(own)} rows set aside, no {ids.pattern!r} in them ({first}).",
    ]


def _rows_of_cohort(sheet: Sheet, cells: Cells) -> tuple[list[Row], list[str]]:
    """Rows that fit the sheet's `where`, and a note on the others."""
    kept = list(cells.rows)
    for header, values in sheet.where.items():
        place = cells.position(header)
        met = sorted({row.cells[place] for row in kept})
        kept = [row for row in kept if row.cells[place] in values]
        if not kept:
            found = f"{', '.join(repr(value) for value in met[:8])}{' ...' if len(met) > 8 else ''}"
            expected = f"a row with {' or '.join(repr(value) for value in values)}"
            raise BadInput(cells.file, f"column {header}", found, expected, f"Correct `where` of {sheet.file}.")
    others = len(cells.rows) - len(kept)
    if not others:
        return kept, []
    conditions = " and ".join(f"{header} {' or '.join(values)}" for header, values in sheet.where.items())
    return kept, [f"{cells.file}: {others} of {len(cells.rows)} rows are not this cohort's ({conditions})."]


def _one_row_a_patient(sheet: Sheet, rows: list[_PatientRow], notes: list[str]) -> dict[str, Mapping[str, Any]]:
    """Values by patient; a second row of a patient is dealt with by the declared rule."""
    first: dict[str, _PatientRow] = {}
    repeats = 0
    for each in rows:
        kept = first.setdefault(each.patient, each)
        if kept is each:
            continue
        repeats += 1
        if sheet.duplicates == "refuse":
            remedy = "Remove one, choose one by patient_id_pattern, or set duplicates = 'identical' or 'first'."
            raise _second_row(sheet, each, f"patient {each.patient} again (first in row {kept.row.number})", remedy)
        different = [name for name, value in each.values.items() if value != kept.values[name]]
        if sheet.duplicates == "identical" and different:
            name = different[0]
            found = f"patient {each.patient} again with {name} {each.values[name]!r}, {kept.values[name]!r} in row"
            remedy = "Correct one of the rows, or set duplicates = 'first'."
            raise _second_row(sheet, each, f"{found} {kept.row.number}", remedy)
    if repeats:
        which = "equal rows" if sheet.duplicates == "identical" else "later rows"
        notes.append(f"{Path(sheet.file).name}: {repeats} {which} of patients that have one already are left out.")
    return {patient: each.values for patient, each in first.items()}


def _second_row(sheet: Sheet, each: _PatientRow, found: str, remedy: str) -> BadInput:
    field = f"row {each.row.number}, column {sheet.patient_column}"
    return BadInput(Path(sheet.file).name, field, found, "one row a patient", remedy)


def _frame(columns: tuple[Column, ...], records: Mapping[str, Mapping[str, Any]]) -> pd.DataFrame:
    patients = sorted(records)
    data = {}
    for column in columns:
        dtype = "boolean" if column.name == EVENT else _DTYPES[column.kind]
        data[column.name] = pd.array([records[patient][column.name] for patient in patients], dtype=dtype)
    return pd.DataFrame(data, index=pd.Index(patients, name="patient", dtype=object))


def _notes_on_outcome(sheet: Sheet, frame: pd.DataFrame) -> list[str]:
    notes = []
    file = Path(sheet.file).name
    for column in sheet.columns:
        if column.kind is ColumnKind.time and (frame[column.name] == 0).any():
            zero = frame.index[frame[column.name] == 0]
            who = ", ".join(zero[:5])
            notes.append(f"{file}: {column.told} is 0 in {len(zero)} patients ({who}): no follow-up, kept.")
    if TIME in frame and EVENT in frame:
        lacking = int((frame[EVENT].notna() & frame[TIME].isna()).sum())
        if lacking:
            notes.append(f"{file}: {lacking} patients have an event or censoring, but no time.")
    return notes


def _post_baseline(sheet: Sheet) -> tuple[str, ...]:
    return tuple(column.name for column in sheet.columns if column.post_baseline)
