"""Where compiled kernels are kept, so that no process compiles what another has compiled."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from radgen_assets.contracts.errors import UsedWrongly

VARIABLE = "NUMBA_CACHE_DIR"


def provide_compiled_cache() -> None:
    """See that numba can keep what it compiles; call before it is imported.

    numba keeps kernels beside their source, else in the user's cache folder. Where the installation is read-only and
    the user has no home (a container's, say), it would refuse to load them at all: they then go to a folder of this
    user alone below the system's temporary one, and last as long as that does. NUMBA_CACHE_DIR, if set, stands.

    Raises
    ------
    UsedWrongly
        When that folder is another user's, whose code would be run.
    """
    install = Path(__file__).resolve().parents[1]
    if os.environ.get(VARIABLE) or os.access(install / "science", os.W_OK) or _can_write_to(_user_cache()):
        return
    os.environ[VARIABLE] = str(private_folder(Path(tempfile.gettempdir())))


def private_folder(parent: Path) -> Path:
    """A folder that only this user can write to; it is made where it is not there."""
    folder = parent / f"radgen-compiled-{os.getuid()}"
    try:
        folder.mkdir(mode=0o700)
    except FileExistsError:
        found = folder.lstat()
        if folder.is_symlink() or found.st_uid != os.getuid() or found.st_mode & 0o022:
            raise UsedWrongly(
                f"{folder}: found a folder that others can write to, expected one of this user alone, since compiled "
                f"code is loaded from it. Remove it, or set {VARIABLE}."
            ) from None
    return folder


def _user_cache() -> Path:
    return Path(os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")) / "numba"


def _can_write_to(folder: Path) -> bool:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:
        return False
    return os.access(folder, os.W_OK)
