"""Artifacts of the first format are read by every later release: they lie in homes."""

from __future__ import annotations

from pathlib import Path

import pytest

from radgen_assets.formats.registry import KINDS, ReadContext, kind_named
from radgen_assets_tests.archives.artifacts_1.values import ROOT, differences, every_kind

ARCHIVE = Path(__file__).parent / "artifacts_1"
VALUES = every_kind()


@pytest.mark.parametrize("name", VALUES)
def test_an_artifact_of_the_first_format_is_read(name):
    read = kind_named(name).read(ARCHIVE / name, ReadContext(Path(ROOT)))
    assert differences(VALUES[name], read) == []


def test_every_kind_is_in_the_archive():
    """A new kind is added to it before its first release."""
    assert set(VALUES) == set(KINDS)
