"""A home with phantom declarations and sources, not yet run, and a way to call commands on it."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from radgen_assets.resources.home import make_home
from radgen_assets.science.phantom.settings import CohortSizes, PhantomSettings
from radgen_assets.stewardship.phantom_home import write_phantom_home

Radgen = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture(scope="session")
def radgen() -> Radgen:
    """Call the command line as a person would; returns the finished process."""

    def call(*words: str, home: Path | None = None) -> subprocess.CompletedProcess[str]:
        where = ("--home", str(home)) if home is not None else ()
        return subprocess.run(
            [sys.executable, "-c", "from radgen_assets.cli.main import main; main()", *words, *where],
            capture_output=True,
            text=True,
            check=False,
            timeout=300,
        )

    return call


@pytest.fixture(scope="session")
def declared_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two small cohorts declared and on disk; nothing has been run."""
    folder = tmp_path_factory.mktemp("declared")
    home = make_home(folder / "home")
    nothing = dict.fromkeys(CohortSizes.model_fields, 0)
    sizes = CohortSizes(**{**nothing, "training_site": 8, "normal_tissue": 2})
    settings = PhantomSettings.tiny().model_copy(update={"patients": sizes, "faults": False})
    write_phantom_home(home.root, folder / "sources", settings)
    return home.root
