"""Write a small ledger of today's format as SQL, to be kept for ever.

    python -m radgen_assets_tests.archives.write_ledger

Run once for each format, into the folder of its number; an archive that is there is not written again.
"""

from __future__ import annotations

import sqlite3
import tempfile
from contextlib import closing
from pathlib import Path

from radgen_assets.lineage.fingerprints import recipe_hash
from radgen_assets.lineage.ledger import Ledger
from radgen_assets.lineage.records import (
    ArtifactRecord,
    FileRecord,
    FitRecord,
    InputRef,
    PatientRow,
    Recipe,
    SourceRow,
    State,
)
from radgen_assets.lineage.schema import FORMAT

RECIPE = Recipe("imaging/volumes", "1", '{"orientation":"RAS"}')


def fill(ledger: Ledger) -> None:
    """Something in every table."""
    first, second = "site_a.P001", "site_b.P001"
    pass_id = ledger.begin_pass("cli", pass_id="20260301T083000-0123abcd")
    ledger.begin_run("run-1", pass_id, "patients")
    ledger.upsert_patients(
        [PatientRow(first, "site_a", "P001", "person-1"), PatientRow(second, "site_b", "P001", second)]
    )
    ledger.upsert_patients([PatientRow("site_c.P009", "site_c", "P009", "person-9")])
    ledger.set_aliases("site_a", {"MR-1": first})
    ledger.register_sources(
        [
            SourceRow(
                "site_a",
                "sub-P001/t1ce.nii.gz",
                first,
                "scan:t1ce",
                10,
                1_772_000_000_000_000_001,
                2**64 - 1,
                "ab" * 32,
            )
        ]
    )
    ledger.register_fingerprints("image", {first: {"t1ce": "same"}, second: {"t1ce": "same"}})
    done = ArtifactRecord(
        "imaging/volumes",
        first,
        recipe_hash(RECIPE),
        "12" * 32,
        State.done,
        content_hash="34" * 32,
        path="imaging/volumes/site_a/P001/1212121212121212",
        files=(FileRecord("t1ce.nii.gz", "56" * 32, 4096),),
        seconds=1.25,
        warnings=("spacing is not known",),
        inputs=(
            InputRef("scans", "artifact", f"raw/scans|{first}|{'78' * 32}", "9a" * 32),
            InputRef("scans:t1ce.nii.gz", "source", "site_a/sub-P001/t1ce.nii.gz", "ab" * 32),
        ),
        run_id="run-1",
        pass_id=pass_id,
        facts={"sequences": 1, "anchor": "t1ce", "registered": False, "noise": 0.5},
    )
    failed = ArtifactRecord("imaging/volumes", second, recipe_hash(RECIPE), "bc" * 32, State.failed, reason="truncated")
    ledger.record([done, failed], [RECIPE])
    ledger.record_fit(
        FitRecord("first/idh/0123", "models/first/idh", "i", "c", "mlflow-1", (("person-1", first, "train", -1),))
    )
    ledger.taint_fits(["first/idh/0123"], "learnt from a person who was forgotten")
    ledger.claim([first], "here:1:x", 3600)
    ledger.forget(["site_c.P009"], "keyed-fingerprint")
    ledger.end_run("run-1")
    ledger.end_pass(pass_id, {"computed": 1, "failed": 1})


def main() -> None:
    """Write the archive of the current format."""
    target = Path(__file__).parent / f"ledger_{FORMAT}" / "ledger.sql"
    if target.exists():
        raise SystemExit(f"{target} is there; archives are never written again.")
    with tempfile.TemporaryDirectory() as folder:
        with Ledger.open(f"sqlite:///{folder}/ledger.sqlite") as ledger:
            fill(ledger.create())
        with closing(sqlite3.connect(f"{folder}/ledger.sqlite")) as connection:
            lines = "\n".join(connection.iterdump())
    target.parent.mkdir(exist_ok=True)
    target.write_text(f"{lines}\n", encoding="utf-8")


if __name__ == "__main__":
    main()
