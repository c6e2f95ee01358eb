"""Open the home that a command means, and let what it starts find the same one."""

from __future__ import annotations

import os
from pathlib import Path

from radgen_assets.resources.home import Home


def open_home(root: Path | None) -> Home:
    """The home at --home, RADGEN_HOME or ~/radgen; Dagster's steps in this process find it too."""
    home = Home.open(root)
    os.environ["RADGEN_HOME"] = str(home.root)
    os.environ["DAGSTER_HOME"] = str(home.dagster_folder)
    return home
