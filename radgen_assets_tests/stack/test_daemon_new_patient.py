"""The daemon at work: a patient dropped into the folder goes through the whole house."""

from __future__ import annotations

from pathlib import Path

import pytest

from radgen_assets_tests.stack.daemon_home import PATIENTS, a_home, radiomics, runs
from radgen_assets_tests.stack.served import served, wait_for

pytestmark = [pytest.mark.stack, pytest.mark.slow]


def test_a_new_patient_in_the_folder_goes_through_all_links_by_itself(tmp_path: Path):
    """The patient arrives while the run over the others is under way, as patients do; nobody is lost.

    The first two are one range of partitions: their run has the range's tags, launched by the daemon.
    """
    small = a_home(tmp_path)
    late = list((small.sources / "two_readers").rglob("TR03*"))
    aside = tmp_path / "aside"
    aside.mkdir()
    kept = {path: path.rename(aside / f"{number}{path.name}") for number, path in enumerate(late)}
    with served(small.home.root) as ui:
        wait_for(lambda: [each for each in runs(ui) if each.get("radgen/link") == "patients"], 300, "no patients' run")
        for path, place in kept.items():
            place.rename(path)

        def passes() -> list[str]:
            with small.ledger() as ledger:
                ended = [row for row in ledger.passes() if row.ended_at is not None]
            return [row.state for row in ended] if radiomics(small) == set(PATIENTS) and len(ended) >= 2 else []

        assert wait_for(passes, 600, "the second pass has not ended") == ["done", "done"]
        done = runs(ui)
    of_patients = [each for each in done if each.get("radgen/link") == "patients"]
    assert of_patients[0]["jobName"] == "patients_range"
    assert of_patients[0]["dagster/asset_partition_range_start"] == PATIENTS[0]
    assert of_patients[0]["dagster/asset_partition_range_end"] == PATIENTS[1]
    assert {each["status"] for each in done} == {"SUCCESS"}
    with small.ledger() as ledger:
        counts = [len(ledger.history("features/radiomics", key)) for key in PATIENTS]
    assert counts == [1, 1, 1]
    assert set(small.mart("patients")["patient_key"]) == set(PATIENTS)
