"""The code location that Dagster loads."""

from __future__ import annotations

import dagster as dg

from radgen_assets.resources.home import Home, home_folder


@dg.definitions
def definitions() -> dg.Definitions:
    """Every asset, check, job, sensor and schedule; studies as the home declares them when this is loaded."""
    folder = home_folder()
    return definitions_of(Home.open(folder) if (folder / "radgen.toml").is_file() else None)


def definitions_of(home: Home | None) -> dg.Definitions:
    """Definitions for one home; without a home there are no studies."""
    from radgen_assets.defs.assemble import assemble

    return assemble(home)
