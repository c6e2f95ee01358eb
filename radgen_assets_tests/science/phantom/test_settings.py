"""Sizes of the phantom, and the room's public face."""

from __future__ import annotations

import subprocess
import sys

import pytest

from radgen_assets.science import phantom
from radgen_assets.science.phantom import PHANTOM_COHORTS, CohortSizes, PhantomSettings


def test_every_public_name_is_there():
    for name in phantom.__all__:
        assert callable(getattr(phantom, name)) or name == "PHANTOM_COHORTS"


def test_every_cohort_has_a_size():
    assert set(CohortSizes.model_fields) == set(PHANTOM_COHORTS)


def test_the_demo_has_between_60_and_70_patients_with_images():
    sizes = PhantomSettings.demo().patients.model_dump()
    assert 60 <= sum(sizes[name] for name, traits in PHANTOM_COHORTS.items() if traits.has_images) <= 70


def test_a_benchmark_is_one_sound_cohort():
    settings = PhantomSettings.benchmark(64, 128)
    assert (settings.grid, settings.spacing_mm, settings.faults) == (128, 1.0, False)
    assert sum(settings.patients.model_dump().values()) == 64


@pytest.mark.parametrize("change", [{"n_genes": 499}, {"n_directions": 5}, {"concordance": 0.4}, {"grid": 8}])
def test_sizes_that_cannot_hold_the_phantom_are_refused(change):
    with pytest.raises(ValueError, match=next(iter(change))):
        PhantomSettings(**change)


def test_settings_load_without_the_heavy_libraries():
    """Definitions import settings; scipy and pandas must not come along."""
    code = (
        "import sys; import radgen_assets.science.phantom.settings; "
        "print([m for m in ('scipy', 'pandas', 'nibabel') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
