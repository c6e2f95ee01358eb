"""radgen init: make a home."""

from __future__ import annotations

from radgen_assets.cli.terminal import HomeOption, say
from radgen_assets.resources.home import home_folder, make_home


def init(home: HomeOption = None) -> None:
    """Make a home: the folder that holds everything radgen writes. What exists is left as it is.

    Example: radgen init --home /data/radgen
    """
    made = make_home(home_folder(home))
    made.tracker().prepare()
    say(f"Home: {made.root}")
    say(f"Next: write a cohort's TOML (docs/add_a_cohort.md), then: radgen cohort add FILE.toml --home {made.root}")
