"""Passes and their runs."""

from __future__ import annotations

import pytest

from radgen_assets.contracts.errors import UsedWrongly
from radgen_assets.lineage.ledger import Ledger


def test_a_pass_ends_with_its_summary(ledger: Ledger):
    pass_id = ledger.begin_pass("nightly")
    (running,) = ledger.passes()
    assert (running.pass_id, running.trigger, running.state, running.ended_at) == (pass_id, "nightly", "running", None)
    ledger.end_pass(pass_id, {"computed": 3, "failed": [["site_a.P001", "truncated"]]})
    (ended,) = ledger.passes()
    assert (ended.state, ended.summary) == ("done", {"computed": 3, "failed": [["site_a.P001", "truncated"]]})
    assert ended.ended_at > ended.started_at


def test_the_newest_pass_comes_first(ledger: Ledger):
    ids = [ledger.begin_pass("cli") for _ in range(3)]
    assert [row.pass_id for row in ledger.passes(2)] == ids[:0:-1]


def test_a_run_belongs_to_a_link_of_a_pass(ledger: Ledger):
    pass_id = ledger.begin_pass("cli", pass_id="mine")
    ledger.begin_run("r1", pass_id, "patients")
    ledger.begin_run("r2", pass_id, "tables")
    ledger.end_run("r1", state="failed")
    assert [(row.run_id, row.link, row.state) for row in ledger.runs("mine")] == [
        ("r1", "patients", "failed"),
        ("r2", "tables", "running"),
    ]
    assert ledger.runs("other") == ()


def test_a_run_that_is_retried_runs_again(ledger: Ledger):
    ledger.begin_run("r1", "p", "patients")
    ledger.end_run("r1", state="failed")
    ledger.begin_run("r1", "p", "patients")
    (row,) = ledger.runs()
    assert (row.state, row.ended_at) == ("running", None)


def test_what_was_not_begun_cannot_end(ledger: Ledger):
    with pytest.raises(UsedWrongly, match="There is no pass nothing in this ledger"):
        ledger.end_pass("nothing", {})
    with pytest.raises(UsedWrongly, match="There is no run nothing in this ledger"):
        ledger.end_run("nothing")
    assert ledger.journal_head().seq == 0
