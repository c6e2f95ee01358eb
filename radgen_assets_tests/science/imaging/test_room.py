"""The room's door: names are there, and importing it is cheap."""

from __future__ import annotations

import subprocess
import sys

import pytest

from radgen_assets.science import imaging, radiomics


@pytest.mark.parametrize("room", [imaging, radiomics])
def test_every_public_name_can_be_had(room):
    assert all(getattr(room, name) is not None for name in room.__all__)
    with pytest.raises(AttributeError, match="has no attribute 'nothing'"):
        _ = room.nothing


def test_settings_load_no_heavy_library():
    """The definitions import them; SimpleITK, scipy and pyradiomics must wait until something is computed."""
    program = (
        "import sys; import radgen_assets.science.imaging.settings, radgen_assets.science.radiomics.settings; "
        "print(sorted({'SimpleITK', 'scipy', 'radiomics', 'pywt', 'PIL', 'nibabel'} & set(sys.modules)))"
    )
    found = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"
