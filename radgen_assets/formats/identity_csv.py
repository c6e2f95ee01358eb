"""identity.csv: who is the same person, a line a patient (person, cohort, patient, and the source's id if wished)."""

from __future__ import annotations

from pathlib import Path

from radgen_assets.contracts.errors import BadInput
from radgen_assets.contracts.identity import IdentityRow, check_cohort_name, check_patient_id
from radgen_assets.formats.cells import read_cells


def read_identity(path: Path) -> tuple[IdentityRow, ...]:
    """Rows in the order of the file; a file with a header alone declares nothing.

    Raises BadInput for a column that is absent, an empty person, a name that is none, and a patient declared twice.
    """
    cells = read_cells(path)
    person_at, cohort_at, patient_at = (cells.position(name) for name in ("person", "cohort", "patient"))
    source_at = cells.position("source_id") if "source_id" in cells.header else None
    rows: list[IdentityRow] = []
    declared: dict[tuple[str, str], int] = {}
    for row in cells.rows:
        field = f"row {row.number}"
        cohort = check_cohort_name(row.cells[cohort_at], cells.file, f"{field}, column cohort")
        patient = check_patient_id(row.cells[patient_at], cells.file, f"{field}, column patient")
        if not row.cells[person_at]:
            remedy = "Any name will do, as long as rows of one human being have the same."
            raise BadInput(cells.file, f"{field}, column person", "nothing", "a name for the person", remedy)
        if (cohort, patient) in declared:
            found = f"{cohort}.{patient} again (first in row {declared[cohort, patient]})"
            raise BadInput(cells.file, field, found, "each patient once", "Remove one of the rows.")
        declared[cohort, patient] = row.number
        source_id = "" if source_at is None else row.cells[source_at]
        rows.append(IdentityRow(row.cells[person_at], cohort, patient, source_id))
    return tuple(rows)
