"""Source files: what is new, what changed, what need not be hashed again."""

from __future__ import annotations

from dataclasses import replace

from radgen_assets.lineage.ledger import Ledger
from radgen_assets.lineage.records import Changes
from radgen_assets_tests.lineage.samples import source


def known_hashes(ledger: Ledger) -> dict:
    """What registering looks up after a stat, of files gone too."""
    return {row.stat: row.sha256 for row in ledger.sources("site_a")}


def test_what_changed_is_told(ledger: Ledger):
    assert ledger.register_sources([source("b.nii"), source("a.nii")]) == Changes(new=("a.nii", "b.nii"))
    changes = ledger.register_sources([source("b.nii", "other"), source("c.nii")], whole_cohort="site_a")
    assert changes == Changes(new=("c.nii",), changed=("b.nii",), gone=("a.nii",))


def test_a_file_that_was_touched_but_kept_its_bytes_is_not_changed(ledger: Ledger):
    ledger.register_sources([source("a.nii")])
    touched = source("a.nii", mtime_ns=5, inode=7)
    assert ledger.register_sources([touched]) == Changes()
    assert known_hashes(ledger) == {touched.stat: "a"}


def test_a_file_that_means_something_else_is_changed(ledger: Ledger):
    """The cohort's TOML now calls it flair: the same bytes, another scan."""
    ledger.register_sources([source("a.nii")])
    assert ledger.register_sources([source("a.nii", role="scan:flair")]).changed == ("a.nii",)


def test_a_file_that_comes_back_is_new_and_its_hash_was_kept(ledger: Ledger):
    """A network folder that was not mounted for a night must not cost a day of hashing."""
    ledger.register_sources([source("a.nii")])
    ledger.register_sources([], whole_cohort="site_a")
    assert ledger.sources("site_a")[0].gone
    assert known_hashes(ledger) == {source("a.nii").stat: "a"}
    assert ledger.register_sources([source("a.nii")]) == Changes(new=("a.nii",))
    assert not ledger.sources("site_a")[0].gone


def test_a_file_with_another_stat_must_be_hashed_again(ledger: Ledger):
    ledger.register_sources([source("a.nii")])
    known = known_hashes(ledger)
    for changed in (source("a.nii", size=11), source("a.nii", mtime_ns=1), source("a.nii", inode=1), source("b.nii")):
        assert changed.stat not in known
    assert source("a.nii").stat in known


def test_a_row_comes_back_as_it_went_in(ledger: Ledger):
    """Inode numbers use all 64 bits in some file systems."""
    row = source("sub-1/t1 ce.nii.gz", inode=2**64 - 1, size=2**40, mtime_ns=2**62)
    ledger.register_sources([row])
    (read,) = ledger.sources()
    assert replace(read, first_seen=None, last_seen=None) == row


def test_files_of_one_patient_are_found(ledger: Ledger):
    ledger.register_sources([source("a.nii"), source("b.nii", key="site_a.P002"), source("s.csv", key="site_a")])
    assert [row.path for row in ledger.sources(key="site_a.P002")] == ["b.nii"]


def test_the_same_path_in_two_cohorts_is_two_files(ledger: Ledger):
    ledger.register_sources([source("a.nii"), source("a.nii", cohort="site_b", key="site_b.P001")])
    ledger.register_sources([], whole_cohort="site_a")
    assert [(row.cohort, row.gone) for row in ledger.sources()] == [("site_a", True), ("site_b", False)]
