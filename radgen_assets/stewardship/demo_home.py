"""Make the demo's home: phantom sources beside it, their declarations in it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from radgen_assets.contracts.errors import UsedWrongly
from radgen_assets.resources.home import Home, make_home

if TYPE_CHECKING:
    from radgen_assets.stewardship.phantom_home import PhantomManifest

SOURCES = "sources"
VARIANTS = {"planted": "effect", "effect": "effect", "null": "null", "confounded": "confounded"}


def make_demo_home(folder: Path, *, tiny: bool, variant: str, tell: Callable[[str], None]) -> PhantomManifest:
    """Write phantom sources and a home that declares them; what stands with equal bytes is left as it is."""
    from radgen_assets.science.phantom.settings import PhantomSettings
    from radgen_assets.stewardship.phantom_home import write_phantom_home

    if variant not in VARIANTS:
        raise UsedWrongly(f"--variant: found '{variant}', expected one of {', '.join(VARIANTS)}.")
    settings = PhantomSettings.tiny() if tiny else PhantomSettings.demo()
    settings = settings.model_copy(update={"variant": VARIANTS[variant]})
    sources = folder.parent / f"{folder.name}_{SOURCES}"
    home = make_home(folder)
    marker = sources / "phantom.json"
    if not marker.is_file():
        tell(f"Making phantom cohorts in {sources}")
    manifest = write_phantom_home(home.root, sources, settings)
    if tiny:
        _quicken(home)
    n = sum(len(patients) for patients in manifest.patients.values())
    tell(f"{n} phantom patients in {len(manifest.patients)} cohorts; home {home.root}")
    return manifest


TINY_SETTINGS = """
[settings.radiomics]           # original images only: a small demo is for a look, not for a study
image_types = ["original"]

[settings.encoders]
n_phantoms = 8
epochs = 1
"""


def _quicken(home: Home) -> None:
    text = home.toml.read_text()
    if "[settings.radiomics]" not in text.replace("# [settings.radiomics]", ""):
        home.toml.write_text(text + TINY_SETTINGS)
