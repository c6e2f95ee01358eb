"""Where compiled kernels are kept, so that no process compiles what another has compiled."""

from __future__ import annotations

import os
import tempfile
from functools import cache
from pathlib import Path

from radgen_assets.contracts.errors import UsedWrongly


@cache
def provide_cache() -> None:
    """See that kernels can be kept, before the first is loaded.

    numba keeps them beside their source, in NUMBA_CACHE_DIR, or in the user's cache folder. Where the installation is
    read-only and the user has no home (a container's, say), it would refuse to load them at all: they then go to a
    folder of this user alone below the system's temporary one, and last as long as that does.

    Raises
    ------
    UsedWrongly
        When that folder is another user's, whose code would be run.
    """
    from numba import config, njit

    try:
        njit(_nothing, cache=True)
    except RuntimeError:  # "no locator available"
        config.CACHE_DIR = str(private_folder(Path(tempfile.gettempdir())))


def private_folder(parent: Path) -> Path:
    """A folder that only this user can write to; it is made where it is not there."""
    folder = parent / f"radgen-compiled-{os.getuid()}"
    folder.mkdir(mode=0o700, exist_ok=True)
    found = folder.lstat()
    if folder.is_symlink() or found.st_uid != os.getuid() or found.st_mode & 0o022:
        raise UsedWrongly(
            f"{folder}: found a folder that others can write to, expected one of this user alone, since compiled code "
            "is loaded from it. Remove it, or set NUMBA_CACHE_DIR."
        )
    return folder


def _nothing() -> None:
    """Stands for every kernel when a place is sought."""
