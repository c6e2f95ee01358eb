"""New or changed files start a pass, once they have stopped changing."""

import json
from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import pytest

from radgen_assets.defs.automation.sensors import cohort_roots, look
from radgen_assets.resources.home import Home, make_home


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    """A home of one cohort; nothing in it is read, only looked at."""
    from radgen_assets.science.phantom.settings import CohortSizes, PhantomSettings
    from radgen_assets.stewardship.phantom_home import write_phantom_home

    made = make_home(tmp_path / "home")
    sizes = CohortSizes(**dict.fromkeys(CohortSizes.model_fields, 0) | {"two_readers": 1})
    phantom = PhantomSettings.tiny().model_copy(update={"patients": sizes, "grid": 24, "faults": False})
    write_phantom_home(made.root, tmp_path / "sources", phantom)
    monkeypatch.setenv("RADGEN_HOME", str(made.root))
    return made


@pytest.fixture
def a_scan(home: Home, tmp_path: Path) -> Path:
    """One file of a patient."""
    return next((tmp_path / "sources" / "two_readers").rglob("*_t1ce.nii.gz"))


@pytest.fixture
def instance(tmp_path: Path) -> Iterator[dg.DagsterInstance]:
    with dg.DagsterInstance.ephemeral() as opened:
        yield opened


def tick(instance: dg.DagsterInstance, cursor: str | None = None):
    """One look; what it asked for or why it did not, with the cursor for the next."""
    with dg.build_sensor_context(instance=instance, cursor=cursor) as context:
        return cohort_roots.evaluate_tick(context)


def settled(instance: dg.DagsterInstance):
    """The look that starts a pass."""
    return tick(instance, tick(instance).cursor)


def test_the_first_look_waits_since_files_may_still_be_written(home, instance):
    said = tick(instance)
    assert said.run_requests == []
    assert said.skip_message == "files are still changing; waiting for them to settle"


def test_files_that_did_not_change_since_the_last_look_start_a_pass(home, instance):
    requests = settled(instance).run_requests
    assert len(requests) == 1
    assert requests[0].tags["radgen/link"] == "register"
    assert requests[0].tags["radgen/pass"].startswith("sensor-")


def test_after_that_unchanged_files_start_nothing(home, instance):
    said = tick(instance, settled(instance).cursor)
    assert said.run_requests == []
    assert said.skip_message == "nothing changed in the cohorts' folders"


def test_files_that_keep_growing_start_nothing(home, a_scan, instance):
    cursor = tick(instance).cursor
    for _ in range(3):
        a_scan.write_bytes(a_scan.read_bytes() + b"more")
        said = tick(instance, cursor)
        assert said.run_requests == []
        cursor = said.cursor


def test_files_that_go_back_to_what_was_passed_start_nothing(home, a_scan, instance):
    """A file that came and went between two passes is no change."""
    cursor = settled(instance).cursor
    note = a_scan.with_name("note.txt")
    note.write_text("draft")
    cursor = tick(instance, cursor).cursor
    note.unlink()
    assert tick(instance, cursor).skip_message == "nothing changed in the cohorts' folders"


def test_two_passes_have_different_ids(home, a_scan, instance):
    first = settled(instance)
    a_scan.write_bytes(b"other")
    second = tick(instance, tick(instance, first.cursor).cursor)
    assert first.run_requests[0].tags["radgen/pass"] != second.run_requests[0].tags["radgen/pass"]


@pytest.mark.parametrize("changed", ["identity.csv", "radgen.toml", "cohorts/two_readers.toml"])
def test_a_changed_declaration_starts_a_pass_too(changed, home, instance):
    before = look(home).fingerprint
    path = home.root / changed
    path.write_text(path.read_text() + "\n")
    assert look(home).fingerprint != before


def test_a_cohort_whose_toml_cannot_be_read_does_not_stop_the_others(home, a_scan, instance):
    """The sensor names it at every look; the pass that starts says so, too, in its first run."""
    (home.cohorts_folder / "broken.toml").write_text("nmae = 'broken'\n")
    waiting = tick(instance)
    assert "1 cohorts cannot be looked at" in waiting.skip_message
    assert "broken.toml" in waiting.skip_message
    assert len(tick(instance, waiting.cursor).run_requests) == 1
    before = look(home).fingerprint
    a_scan.write_bytes(b"other")
    assert look(home).fingerprint != before


def test_a_cohort_whose_folder_is_gone_is_named(home, tmp_path, instance):
    (tmp_path / "sources" / "two_readers").rename(tmp_path / "elsewhere")
    assert "two_readers" in tick(instance).skip_message


def test_the_cursor_says_what_was_seen_and_what_was_passed(home, instance):
    first = json.loads(tick(instance).cursor)
    assert first["passed"] == ""
    assert first["seen"] == look(home).fingerprint
