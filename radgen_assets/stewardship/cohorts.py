"""Add a cohort to the home, or look at what its TOML would give, without computing."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from radgen_assets.contracts.cohort import Cohort
from radgen_assets.contracts.errors import RadgenError, UsedWrongly

if TYPE_CHECKING:
    from radgen_assets.resources.home import Home


@dataclass
class CohortCheck:
    """What a look at a cohort found."""

    cohort: str
    lines: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)


def add_cohort(home: Home, file: Path) -> CohortCheck:
    """Check a cohort's TOML and write it into the home, with its root made absolute.

    Raises
    ------
    BadInput
        When the TOML or its folder cannot be used.
    UsedWrongly
        When the home has another cohort of that name.
    """
    check = check_cohort(file)
    target = home.cohorts_folder / file.name
    if target.exists() and target.read_bytes() != file.read_bytes() and _root_of(target) != _root_of(file):
        raise UsedWrongly(
            f"The home has another cohort {check.cohort} ({target}). Edit that file, or give this one another name."
        )
    text = _with_absolute_root(file)
    temporary = target.with_suffix(".toml.new")
    temporary.write_text(text)
    temporary.rename(target)
    return check


def _root_of(file: Path) -> Path:
    from radgen_assets.formats.toml_files import cohort_root, read_cohort

    return cohort_root(read_cohort(file), file)


def _with_absolute_root(file: Path) -> str:
    """The TOML's text with `root` written as an absolute path: its place changes, its meaning must not."""
    lines = file.read_text().splitlines()
    root = _root_of(file)
    for position, line in enumerate(lines):
        if line.strip().startswith("root") and "=" in line and not line.strip().startswith("root_"):
            lines[position] = f'root = "{root}"'
            break
    return "\n".join(lines) + "\n"


def check_cohort(file: Path) -> CohortCheck:
    """Look at folder, sheets and matrix of a cohort; what cannot be used is listed, the rest goes on.

    Raises
    ------
    BadInput
        When the TOML itself or its folder cannot be used.
    """
    from radgen_assets.formats.toml_files import cohort_root, read_cohort

    if not file.is_file():
        raise UsedWrongly(f"{file} does not exist. Give a TOML file, or a cohort of the home (radgen cohort list).")
    cohort = read_cohort(file)
    root = cohort_root(cohort, file)
    check = CohortCheck(cohort.name, lines=[f"{cohort.name}: {cohort.title}", f"  folder: {root}"])
    for look in (_look_at_images, _look_at_sheets, _look_at_expression):
        try:
            look(cohort, root, check)
        except RadgenError as error:
            check.problems.append(str(error))
    return check


def _look_at_images(cohort: Cohort, root: Path, check: CohortCheck) -> None:
    if cohort.layout is None:
        return
    from radgen_assets.formats.layouts import find_patients

    found = find_patients(cohort, root)
    counts: dict[str, int] = {}
    for patient in found.values():
        for scan in patient.scans:
            counts[scan.sequence.value] = counts.get(scan.sequence.value, 0) + 1
        for mask in patient.masks:
            name = f"mask of {mask.declaration.maker}"
            counts[name] = counts.get(name, 0) + 1
        check.problems += [f"{patient.patient}: {problem}" for problem in patient.problems]
    shown = ", ".join(f"{name} {count}" for name, count in sorted(counts.items()))
    check.lines.append(f"  images: {len(found)} patients ({shown or 'no files'})")
    excluded = [f"{patient.patient} ({patient.excluded})" for patient in found.values() if patient.excluded]
    if excluded:
        check.lines.append(f"  excluded: {', '.join(excluded)}")


def _look_at_sheets(cohort: Cohort, root: Path, check: CohortCheck) -> None:
    from radgen_assets.formats.sheets import outcome_usable, read_sheets

    for name, sheets in (("clinical", cohort.clinical), ("molecular", cohort.molecular)):
        if not sheets:
            continue
        result = read_sheets(sheets, root, cohort.name)
        frame = result.frame
        known = ", ".join(f"{column} {int(frame[column].notna().sum())}" for column in frame.columns)
        check.lines.append(f"  {name}: {len(frame)} patients ({known})")
        check.lines += [f"    {note}" for note in result.notes]
        if result.post_baseline:
            later = ", ".join(result.post_baseline)
            check.lines.append(f"    known only after time zero, used when a study asks for it: {later}")
        if name == "clinical" and "time_months" in frame.columns:
            reason = outcome_usable(frame)
            deaths = int(frame["event"].sum()) if "event" in frame.columns else 0
            check.lines.append(
                f"    survival: not usable: {reason}" if reason else f"    survival: usable, {deaths} deaths"
            )


def _look_at_expression(cohort: Cohort, root: Path, check: CohortCheck) -> None:
    if not cohort.expression:
        return
    from radgen_assets.formats.expression_tables import read_expression

    matrix = read_expression(cohort.expression[0], root, cohort.name)
    check.lines.append(f"  expression: {len(matrix.genes)} genes x {len(matrix.samples)} patients, {matrix.unit}")
    check.lines += [f"    {note}" for note in matrix.notes]
