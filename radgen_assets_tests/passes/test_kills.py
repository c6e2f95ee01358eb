"""A run that is killed at any moment harms nothing: the next one finishes, and everything can be proved."""

from __future__ import annotations

import os
import random
import signal
import time
from contextlib import suppress
from pathlib import Path

import pytest

from radgen_assets.contracts.identity import PatientKey
from radgen_assets.lineage.fingerprints import content_hash, sha256_of_file
from radgen_assets.lineage.records import FileRecord
from radgen_assets.resources.lake import TEMPORARY
from radgen_assets_tests.passes.small_home import SmallHome, make_small_home, small_phantom

pytestmark = pytest.mark.slow

# (what the run must have begun, seconds after that, --force so that there is work again): ten seeded moments
_RANDOM = random.Random(20260117)
_LINKS = ["start", "register", "home", "patients", "patients", "patients", "patients", "cohorts", "gather", "tables"]
MOMENTS = [(link, _RANDOM.uniform(0.0, 2.5)) for link in _LINKS]


def killed_run(small: SmallHome, link: str, seconds: float, *, whole_group: bool, words: tuple[str, ...]) -> bool:
    """Start a run, wait until `link` has begun, then SIGKILL it; whether it was still alive."""
    said = small.folder / "said.txt"
    with said.open("w") as output:
        process = small.command("run", *words, workers=2, output=output)
    deadline = time.monotonic() + 120
    while link != "start" and process.poll() is None and f"\n{link}:" not in f"\n{said.read_text()}":
        assert time.monotonic() < deadline, said.read_text()
        time.sleep(0.05)
    time.sleep(seconds)
    alive = process.poll() is None
    if whole_group:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
    else:
        process.kill()  # its workers live on for a while, as after the kernel has killed one process for memory
    process.wait()
    return alive


def half_files(small: SmallHome) -> list[str]:
    """Files of artifacts that the ledger calls done and whose bytes are not what it says."""
    wrong: list[str] = []
    with small.ledger() as ledger:
        for (asset,) in small.query("select distinct asset from current"):
            for key, record in ledger.current(asset).items():
                if record.state != "done" or asset == "tables/marts":
                    continue
                folder = small.home.lake.path(record)
                found = tuple(FileRecord(each.name, _hash(folder / each.name), each.bytes) for each in record.files)
                if content_hash(found) != record.content_hash:
                    wrong.append(f"{asset} {key}")
    return wrong


def _hash(path: Path) -> str:
    return sha256_of_file(path) if path.is_file() else "gone"


def inconsistencies(small: SmallHome) -> list[tuple[object, ...]]:
    """Rows of `current` that point at no artifact, or at one of another asset, key or state."""
    return small.query(
        "select c.asset, c.key from current c left join artifacts a on a.id = c.artifact_id "
        "where a.id is null or a.asset != c.asset or a.key != c.key or a.state != c.state"
    )


@pytest.fixture(scope="module")
def survivor(tmp_path_factory: pytest.TempPathFactory) -> SmallHome:
    """A home whose runs were killed at ten moments, and whose next run ended."""
    sizes = small_phantom().patients.model_copy(update={"training_site": 0, "second_site": 4})
    small = make_small_home(tmp_path_factory.mktemp("killed"), small_phantom(patients=sizes), encoder=False)
    n_alive = 0
    for number, (link, seconds) in enumerate(MOMENTS):
        words = ("--force",) if number % 2 else ()
        n_alive += killed_run(small, link, seconds, whole_group=bool(number % 3), words=words)
        assert inconsistencies(small) == []
        assert half_files(small) == []
        with small.ledger() as ledger:
            assert ledger.journal_verify() is None
    assert n_alive >= 8  # else nothing was killed
    said = small.say("run", "--json", workers=2)
    assert said.code == 0, said.output + said.errors
    return small


def test_the_next_run_makes_everything(survivor: SmallHome):
    with survivor.ledger() as ledger:
        keys = {row.key for row in ledger.patients() if row.reason != "no images"}
        assert {PatientKey.parse(key).cohort for key in keys} == {"second_site", "two_readers"}
        assert {key for key, each in ledger.current("features/radiomics").items() if each.state == "done"} == keys
        assert ledger.current("tables/marts")["all"].state == "done"


def test_no_half_file_is_read(survivor: SmallHome):
    assert half_files(survivor) == []


def test_the_ledger_is_consistent_and_its_journal_holds(survivor: SmallHome):
    assert inconsistencies(survivor) == []
    with survivor.ledger() as ledger:
        assert ledger.journal_verify() is None


def test_claims_are_freed_and_temporary_folders_swept(survivor: SmallHome):
    with survivor.ledger() as ledger:
        assert ledger.claims() == ()
    assert list(survivor.home.lake.root.rglob(f"{TEMPORARY}*")) == []


def test_killed_passes_are_called_abandoned(survivor: SmallHome):
    with survivor.ledger() as ledger:
        last, *killed = ledger.passes()
    assert last.state == "done"
    assert {each.state for each in killed} <= {"abandoned", "done", "failed"}
    assert "abandoned" in {each.state for each in killed}


def test_dagster_knows_no_run_that_still_claims_to_be_going_on(survivor: SmallHome):
    import dagster as dg

    unfinished = [dg.DagsterRunStatus.STARTED, dg.DagsterRunStatus.STARTING]
    with dg.DagsterInstance.from_config(str(survivor.home.dagster_folder)) as instance:
        assert instance.get_runs(filters=dg.RunsFilter(statuses=unfinished)) == []


def test_a_further_run_has_nothing_to_do(survivor: SmallHome, monkeypatch: pytest.MonkeyPatch):
    said = survivor.say("run", "--json")
    assert (said.code, said.json["patients_computed"]) == (0, 0)
