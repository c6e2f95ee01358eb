"""Register what lies in the cohorts' folders: patients, files and their hashes, and who is the same person.

Sources are hashed once, and again only when size, mtime or inode differ. Nothing is copied.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from radgen_assets.contracts.cohort import Cohort
from radgen_assets.contracts.errors import BadInput
from radgen_assets.contracts.identity import PatientKey, Persons, person_pseudonym
from radgen_assets.contracts.sources import PatientSources, SourceImage, SourceMask
from radgen_assets.lineage.fingerprints import sha256_of_file
from radgen_assets.lineage.records import PatientRow, SourceRow

if TYPE_CHECKING:
    from radgen_assets.formats.layouts.found import FoundPatient
    from radgen_assets.lineage.ledger import Ledger
    from radgen_assets.resources.home import Home


@dataclass(frozen=True)
class CohortScan:
    """What one look at a cohort's folder found."""

    cohort: Cohort
    root: Path
    patients: Mapping[str, PatientSources]  # by patient key
    files: tuple[SourceRow, ...]
    person_ids: Mapping[str, str]  # patient key -> id that the person rule is applied to
    source_ids: Mapping[str, str]  # patient key -> the source's own id
    missing: Mapping[str, str] = field(default_factory=dict)  # declared sheet that is not there -> message


@dataclass
class Registration:
    """What registering did, for the pass's summary."""

    new: list[str] = field(default_factory=list)
    gone: list[str] = field(default_factory=list)
    patients: dict[str, int] = field(default_factory=dict)
    problems: dict[str, str] = field(default_factory=dict)  # cohort -> message
    hashed: int = 0


class HashMemory:
    """Known hashes of files, from the ledger; hashes a file only when it looks different."""

    def __init__(self, rows: Iterable[SourceRow]) -> None:
        self._known = {(row.cohort, *row.stat): row.sha256 for row in rows}
        self.hashed = 0

    def file(self, cohort: str, root: Path, path: str, key: str, role: str) -> SourceRow:
        """The file with its hash, computed only when size, mtime or inode differ from what is known."""
        try:
            stat = (root / path).stat()
        except OSError as error:
            remedy = "Correct the name in the cohort's TOML, or put the file there."
            raise BadInput(path, "file", error.strerror or "nothing", f"a file in {root}", remedy) from error
        digest = self._known.get((cohort, path, stat.st_size, stat.st_mtime_ns, stat.st_ino))
        if digest is None:
            digest = sha256_of_file(root / path)
            self.hashed += 1
        return SourceRow(cohort, path, key, role, stat.st_size, stat.st_mtime_ns, stat.st_ino, digest)


def scan_cohort(home: Home, cohort: Cohort, memory: HashMemory) -> CohortScan:
    """Look at a cohort's folder: patients, their files, and the hashes of what is new or changed.

    Raises
    ------
    BadInput
        When the folder does not exist, or its names cannot be read.
    """
    root = home.cohort_root(cohort)
    patients: dict[str, PatientSources] = {}
    source_ids: dict[str, str] = {}
    files: list[SourceRow] = []
    if cohort.layout is not None:
        from radgen_assets.formats.layouts import find_patients

        for patient, found in find_patients(cohort, root).items():
            if cohort.patients == "listed" and patient not in cohort.only:
                continue
            key = str(PatientKey(cohort.name, patient))
            patients[key], of_patient = _patient_sources(cohort, root, key, found, memory)
            files.extend(of_patient)
            source_ids[key] = found.source_id
    missing: dict[str, str] = {}
    for sheet in (*cohort.clinical, *cohort.molecular, *cohort.expression):
        try:
            files.append(memory.file(cohort.name, root, sheet.file, cohort.name, "sheet"))
        except BadInput as error:  # the sheet's asset fails with this reason; images go on
            missing[sheet.file] = str(error)
    return CohortScan(cohort, root, patients, tuple(files), _person_ids(cohort, root), source_ids, missing)


def _patient_sources(
    cohort: Cohort, root: Path, key: str, found: FoundPatient, memory: HashMemory
) -> tuple[PatientSources, list[SourceRow]]:
    layout = cohort.layout
    assert layout is not None
    files: list[SourceRow] = []
    images, masks = [], []
    for scan in found.scans:
        file = memory.file(cohort.name, root, scan.path.as_posix(), key, f"scan:{scan.sequence}")
        companions = {name: Path(path).as_posix() for name, path in scan.companions.items()}
        images.append(SourceImage(file.path, file.sha256, file.size, scan.sequence, companions))
        files.append(file)
        files.extend(memory.file(cohort.name, root, path, key, "companion") for path in companions.values())
    for mask in found.masks:
        file = memory.file(cohort.name, root, mask.path.as_posix(), key, f"mask:{mask.declaration.maker}")
        alone = len(layout.masks) == 1  # the only maker is the primary one without being called so
        declaration = mask.declaration.model_copy(update={"primary": True}) if alone else mask.declaration
        masks.append(SourceMask(file.path, file.sha256, file.size, declaration))
        files.append(file)
    sources = PatientSources(
        key=key,
        root=str(root),
        images=tuple(images),
        masks=tuple(masks),
        required=layout.required,
        expected=layout.expected,
        anchor=layout.anchor,
        registered=layout.registered,
        spacing_is_nominal=layout.spacing == "nominal",
        required_makers=tuple(mask.maker for mask in layout.masks if mask.required),
        problems=tuple(found.problems),
        excluded=found.excluded,
    )
    return sources, files


def _person_ids(cohort: Cohort, root: Path) -> dict[str, str]:
    """Patient key -> id that names a person, from the declared table; empty without one."""
    rule = cohort.identity
    if rule.person_table is None:
        return {}
    from radgen_assets.formats.sheets import read_pairs

    if rule.person_table_patient_column is None or rule.person_table_person_column is None:
        raise BadInput(
            f"{cohort.name}.toml",
            "identity",
            "person_table without its columns",
            "person_table_patient_column and person_table_person_column",
            "Add both keys.",
        )
    pairs = read_pairs(root / rule.person_table, rule.person_table_patient_column, rule.person_table_person_column)
    return {f"{cohort.name}.{patient}": person for patient, person in pairs.items()}


def register(home: Home, ledger: Ledger, cohorts: Iterable[str] | None = None) -> Registration:
    """Scan the cohorts' folders and write what stands there into the ledger.

    A cohort that cannot be read is reported in `problems`; the others go on.
    """
    outcome = Registration()
    memory = HashMemory(ledger.sources())
    declared = home.cohorts()
    scans: list[CohortScan] = []
    for name in sorted(declared) if cohorts is None else sorted(cohorts):
        try:
            scans.append(scan_cohort(home, declared[name], memory))
        except BadInput as error:
            outcome.problems[name] = str(error)
    outcome.problems.update({scan.cohort.name: text for scan in scans for text in scan.missing.values()})
    persons = identity(home, scans)
    known = {row.key: row for row in ledger.patients()}
    for scan in scans:
        name = scan.cohort.name
        rows = [_patient_row(home, key, persons, scan.patients[key].excluded) for key in scan.patients]
        without_images = [
            row
            for row in known.values()
            if row.cohort == name and row.reason == NO_IMAGES and row.key not in scan.patients
        ]
        changes = ledger.upsert_patients([*rows, *without_images], whole_cohort=name)
        ledger.set_aliases(name, {alias: key for key, alias in scan.source_ids.items() if alias})
        ledger.register_sources(scan.files, whole_cohort=name)
        outcome.new.extend(changes.new)
        outcome.gone.extend(changes.gone)
        outcome.patients[name] = len(rows)
    ledger.review_suspicions()  # identity.csv may declare now who is who, and patients may be gone
    outcome.hashed = memory.hashed
    return outcome


NO_IMAGES = "no images"


def identity(home: Home, scans: Iterable[CohortScan]) -> Persons:
    """Who is the same person, over all scanned cohorts."""
    ids = {key: person for scan in scans for key, person in scan.person_ids.items()}
    return home.persons(ids)


def _patient_row(home: Home, key: str, persons: Persons, reason: str) -> PatientRow:
    parsed = PatientKey.parse(key)
    person = person_pseudonym(home.secret, persons.person_of(parsed))
    return PatientRow(key, parsed.cohort, parsed.patient, person, reason=reason)


def register_members(home: Home, ledger: Ledger) -> int:
    """Write patients without images down, as the gathered member tables name them; returns how many.

    Members come from sheets and matrices, which are read by cohort assets: so this follows those, not `register`.
    """
    import pandas as pd

    count = 0
    for record in ledger.current("tables/gathered_cohort_members").values():
        if not record.path:
            continue
        frame = pd.read_parquet(home.lake.path(record) / "table.parquet")
        images = [row for row in ledger.patients(record.key) if row.reason != NO_IMAGES and row.state == "present"]
        have_images = {row.key for row in images}
        members = [
            PatientRow(row.patient_key, record.key, row.patient, row.person, reason=NO_IMAGES)
            for row in frame.itertuples()
            if row.patient_key not in have_images
        ]
        ledger.upsert_patients([*images, *members], whole_cohort=record.key)
        count += len(members)
    return count
