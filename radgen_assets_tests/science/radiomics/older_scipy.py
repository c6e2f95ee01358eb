"""What pyradiomics' lbp-3D asks of SciPy before 1.15 and of trimesh, so that the reference runs in this environment."""

from __future__ import annotations

import sys
from types import ModuleType

import pytest
from scipy import ndimage, special

from radgen_assets.science.radiomics.filters.local_binary import icosphere


class _Mesh:
    def __init__(self, n_subdivisions: int, radius: float) -> None:
        self.vertices = icosphere(n_subdivisions, radius)  # equal to trimesh 5.2's, see test_local_binary


def as_pyradiomics_expects(monkeypatch: pytest.MonkeyPatch) -> None:
    interpolation, creation = ModuleType("scipy.ndimage.interpolation"), ModuleType("trimesh.creation")
    interpolation.map_coordinates = ndimage.map_coordinates
    creation.icosphere = _Mesh
    monkeypatch.setitem(sys.modules, "scipy.ndimage.interpolation", interpolation)
    monkeypatch.setitem(sys.modules, "trimesh", ModuleType("trimesh"))
    monkeypatch.setitem(sys.modules, "trimesh.creation", creation)
    monkeypatch.setattr(
        special, "sph_harm", lambda m, n, theta, phi: special.sph_harm_y(n, m, phi, theta), raising=False
    )
