"""The [settings.<asset>] tables that radgen.toml may hold: which there are, and whether a home's are among them."""

from __future__ import annotations

import difflib

from radgen_assets.contracts.errors import UnknownKey
from radgen_assets.contracts.settings import Settings
from radgen_assets.defs.catalogue import KNOWN
from radgen_assets.factories.encoder_training import EncoderTrainingSettings
from radgen_assets.resources.home import Home


def settings_tables() -> dict[str, type[Settings]]:
    """Settings class by the name of its table."""
    of_assets = {name: asset.settings_type for name, asset in sorted(KNOWN.items()) if asset.settings_type is not None}
    return {**of_assets, "encoders": EncoderTrainingSettings}


def check_settings(home: Home) -> None:
    """Refuse tables that nobody reads, with the nearest known name, and keys that a table does not have.

    Raises
    ------
    UnknownKey
        For an unknown table or key.
    BadInput
        For a value that the settings refuse.
    """
    tables = settings_tables()
    for name in home.settings.settings:
        if name not in tables:
            nearest = difflib.get_close_matches(name, tables, n=1, cutoff=0.5)
            hint = f"Did you mean '{nearest[0]}'?" if nearest else "Remove it."
            raise UnknownKey("radgen.toml", f"settings.{name}", "an unknown table", f"one of {', '.join(tables)}", hint)
        home.settings_of(name, tables[name])
