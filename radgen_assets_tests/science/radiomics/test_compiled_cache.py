"""Kernels are compiled once a machine and not once a process, wherever radgen is installed."""

from __future__ import annotations

import numba
import pytest

from radgen_assets.contracts.errors import UsedWrongly
from radgen_assets.science.radiomics import compiled_cache


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


def test_without_a_place_of_its_own_kernels_go_to_that_folder(tmp_path, monkeypatch):
    """A read-only installation and no home: numba alone would refuse to load any kernel."""

    def no_place(*_, **__):
        raise RuntimeError("cannot cache function: no locator available")

    monkeypatch.setattr(numba, "njit", no_place)
    monkeypatch.setattr(numba.config, "CACHE_DIR", "")
    monkeypatch.setattr(compiled_cache.tempfile, "gettempdir", lambda: str(tmp_path))
    compiled_cache.provide_cache.__wrapped__()
    assert str(compiled_cache.private_folder(tmp_path)) == numba.config.CACHE_DIR
