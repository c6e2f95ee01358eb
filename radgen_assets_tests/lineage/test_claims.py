"""Claims: one thing is worked on by one owner at a time, and never for ever by a dead one."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time

import pytest

from radgen_assets.lineage import claims
from radgen_assets.lineage.ledger import Ledger

ME, YOU = "here:1:me", "here:2:you"
KEYS = ["site_a.P001", "site_a.P002", "site_a.P003"]


def test_what_nobody_holds_is_obtained(ledger: Ledger):
    assert ledger.claim(KEYS, ME, 60) == KEYS


def test_what_another_holds_is_not(ledger: Ledger):
    ledger.claim(KEYS[:1], YOU, 60)
    assert ledger.claim(KEYS, ME, 60) == KEYS[1:]
    assert {claim.key: claim.owner for claim in ledger.claims()} == dict(zip(KEYS, [YOU, ME, ME], strict=True))


def test_what_one_holds_already_is_obtained_again(ledger: Ledger):
    """A retry inside the same run must not wait for itself."""
    ledger.claim(KEYS, ME, 60)
    assert ledger.claim(KEYS, ME, 60) == KEYS


def test_the_order_asked_for_is_kept_and_repeats_count_once(ledger: Ledger):
    assert ledger.claim(["b", "a", "b"], ME, 60) == ["b", "a"]


def test_two_scopes_do_not_know_each_other(ledger: Ledger):
    """The CPU chain and the GPU chain work on the same patient."""
    ledger.claim(KEYS, YOU, 60, scope="gpu")
    assert ledger.claim(KEYS, ME, 60, scope="cpu") == KEYS


def test_an_expired_claim_is_taken_over(ledger: Ledger):
    ledger.claim(KEYS, YOU, 0.01)
    time.sleep(0.05)
    assert ledger.claim(KEYS, ME, 60) == KEYS


def test_a_heartbeat_keeps_claims_alive(ledger: Ledger):
    ledger.claim(KEYS, YOU, 0.5)
    assert ledger.heartbeat(YOU, 60) == 3
    time.sleep(0.6)
    assert ledger.claim(KEYS, ME, 60) == []


def test_a_heartbeat_tells_of_claims_that_were_lost(ledger: Ledger):
    """Whoever slept too long finds out before writing."""
    ledger.claim(KEYS, YOU, 0.01)
    time.sleep(0.05)
    ledger.claim(KEYS[:2], ME, 60)
    assert ledger.heartbeat(YOU, 60) == 1


def test_released_claims_are_free(ledger: Ledger):
    ledger.claim(KEYS, YOU, 60)
    assert ledger.release(YOU, KEYS[:2]) == 2
    assert ledger.claim(KEYS, ME, 60) == KEYS[:2]
    assert ledger.release(YOU) == 1
    assert ledger.claim(KEYS, ME, 60) == KEYS


def test_a_release_may_keep_to_one_scope(ledger: Ledger):
    ledger.claim(KEYS, ME, 60, scope="cpu")
    ledger.claim(KEYS, ME, 60, scope="gpu")
    assert ledger.release(ME, KEYS, scope="cpu") == 3
    assert {claim.scope for claim in ledger.claims()} == {"gpu"}


def test_nobody_releases_what_is_not_theirs(ledger: Ledger):
    ledger.claim(KEYS, YOU, 60)
    assert ledger.release(ME, KEYS) == 0
    assert len(ledger.claims()) == 3


def test_claims_of_a_dead_process_are_reaped(ledger: Ledger):
    child = subprocess.run([sys.executable, "-c", "import os; print(os.getpid())"], capture_output=True, check=True)
    dead = f"{socket.gethostname()}:{int(child.stdout)}:x"
    ledger.claim(KEYS[:1], dead, 3600)
    ledger.claim(KEYS[1:], claims.new_owner(), 3600)
    assert [(claim.key, claim.owner) for claim in ledger.reap_claims()] == [(KEYS[0], dead)]
    assert [claim.key for claim in ledger.claims()] == KEYS[1:]


def test_claims_of_another_host_wait_for_their_expiry(ledger: Ledger):
    """Its processes cannot be seen from here."""
    ledger.claim(KEYS, "elsewhere:1:x", 0.3)
    assert ledger.reap_claims() == []
    time.sleep(0.4)
    assert len(ledger.reap_claims()) == 3


def test_who_is_alive_may_be_told_by_the_caller(ledger: Ledger):
    ledger.claim(KEYS[:1], ME, 60)
    ledger.claim(KEYS[1:], YOU, 60)
    assert [claim.key for claim in ledger.reap_claims(lambda owner: owner == YOU)] == KEYS[:1]


def test_this_process_is_alive():
    assert claims.owner_is_alive(claims.new_owner())


def test_a_process_of_somebody_else_is_alive(monkeypatch: pytest.MonkeyPatch):
    """The system refuses the signal, which only a running process can cause; root, who runs CI, may signal all."""

    def refuse(pid: int, signal: int) -> None:
        raise PermissionError

    monkeypatch.setattr(os, "kill", refuse)
    assert claims.owner_is_alive(f"{socket.gethostname()}:1:init")
