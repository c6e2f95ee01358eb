"""Five assets that do nothing, declared as every asset is, so that what is timed is the platform alone.

A module of its own, since worker processes find a declared asset where its author wrote it.
"""

from __future__ import annotations

from radgen_assets.contracts.sources import ThisCohort
from radgen_assets.contracts.volumes import GivenMasks
from radgen_assets.factories.patient_asset import patient_asset

NOTHING = GivenMasks(root="", files=())


@patient_asset(group="toy", settings=None, code_version="1")
def first(who: ThisCohort) -> GivenMasks:
    """An empty list of masks: one small file."""
    return NOTHING


@patient_asset(group="toy", settings=None, code_version="1")
def second(first: GivenMasks) -> GivenMasks:
    """The same."""
    return first


@patient_asset(group="toy", settings=None, code_version="1")
def third(second: GivenMasks) -> GivenMasks:
    """The same."""
    return second


@patient_asset(group="toy", settings=None, code_version="1")
def fourth(third: GivenMasks) -> GivenMasks:
    """The same."""
    return third


@patient_asset(group="toy", settings=None, code_version="1")
def fifth(fourth: GivenMasks) -> GivenMasks:
    """The same."""
    return fourth


TOYS = (first, second, third, fourth, fifth)
KNOWN = {asset.name: asset for asset in TOYS}
