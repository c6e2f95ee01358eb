"""Kernels are compiled once a machine and not once a process, wherever radgen is installed."""

from __future__ import annotations

import os

import pytest

from radgen_assets.contracts.errors import UsedWrongly
from radgen_assets.resources import compiled_cache


@pytest.fixture
def nowhere(tmp_path, monkeypatch):
    """A read-only installation, and a user without a home."""
    monkeypatch.setenv(compiled_cache.VARIABLE, "")  # and so restored
    monkeypatch.setenv("XDG_CACHE_HOME", "/proc/nowhere")
    monkeypatch.setattr(compiled_cache.os, "access", lambda *_: False)
    monkeypatch.setattr(compiled_cache.tempfile, "gettempdir", lambda: str(tmp_path))


def test_without_a_place_of_its_own_numba_is_given_a_private_one(tmp_path, nowhere):
    """It would refuse to load any kernel."""
    compiled_cache.provide_compiled_cache()
    assert os.environ[compiled_cache.VARIABLE] == str(compiled_cache.private_folder(tmp_path))


def test_a_place_that_is_set_stands(tmp_path, nowhere, monkeypatch):
    monkeypatch.setenv(compiled_cache.VARIABLE, "/somewhere")
    compiled_cache.provide_compiled_cache()
    assert os.environ[compiled_cache.VARIABLE] == "/somewhere"


def test_where_numba_finds_a_place_it_is_left_alone(tmp_path, monkeypatch):
    """Beside the source or in the user's cache folder."""
    monkeypatch.setenv(compiled_cache.VARIABLE, "")  # and so restored
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    compiled_cache.provide_compiled_cache()
    assert os.environ[compiled_cache.VARIABLE] == ""


def test_the_folder_belongs_to_this_user_alone(tmp_path):
    folder = compiled_cache.private_folder(tmp_path)
    assert folder.stat().st_mode & 0o777 == 0o700
    assert compiled_cache.private_folder(tmp_path) == folder


def test_a_folder_that_others_can_write_to_is_refused(tmp_path):
    """Compiled code from it would be run as this user."""
    compiled_cache.private_folder(tmp_path).chmod(0o777)
    with pytest.raises(UsedWrongly, match="set NUMBA_CACHE_DIR"):
        compiled_cache.private_folder(tmp_path)


def test_a_link_in_its_place_is_refused(tmp_path):
    folder = compiled_cache.private_folder(tmp_path)
    folder.rename(tmp_path / "elsewhere")
    folder.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(UsedWrongly, match="others can write"):
        compiled_cache.private_folder(tmp_path)
