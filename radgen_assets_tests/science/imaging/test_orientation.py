"""Canonical orientation: axes are flipped and exchanged, nothing else."""

from __future__ import annotations

import numpy as np
import pytest

from radgen_assets.contracts.volumes import LabelConvention, LabelVolume, MakerKind, Sequence, Volume
from radgen_assets.science.imaging import labels_to_canonical, to_canonical

LPS = np.array([[-2.0, 0, 0, 90], [0, -2.0, 0, 100], [0, 0, 3.0, -40], [0, 0, 0, 1]])
SAGITTAL = np.array([[0, 0, 1.5, -60], [-1.0, 0, 0, 120], [0, -1.0, 0, 110], [0, 0, 0, 1]])


def volume(affine: np.ndarray) -> Volume:
    return Volume(np.arange(24, dtype=np.float32).reshape(2, 3, 4), affine, Sequence.t1w)


@pytest.mark.parametrize("affine", [LPS, SAGITTAL])
def test_every_voxel_keeps_its_place_in_millimetres(affine):
    """A mask drawn in one orientation must lie on the same anatomy in another."""
    given = volume(affine)
    canonical = to_canonical(given)
    for index in np.ndindex(given.data.shape):
        place = affine @ [*index, 1]
        found = np.rint(np.linalg.solve(canonical.affine, place))[:3].astype(int)
        assert canonical.data[tuple(found)] == given.data[index]


@pytest.mark.parametrize("affine", [LPS, SAGITTAL])
def test_axes_point_right_anterior_and_superior(affine):
    canonical = to_canonical(volume(affine))
    assert (np.diag(canonical.affine)[:3] > 0).all()


def test_an_oblique_volume_stays_oblique():
    """Making it straight would need interpolation."""
    tilt = np.eye(4)
    tilt[:3, :3] = [[1, 0, 0], [0, 0.9, -0.3], [0, 0.3, 0.9]]
    canonical = to_canonical(volume(tilt @ LPS))
    assert np.abs(canonical.affine[1, 2]) > 0.5
    assert sorted(canonical.data.ravel()) == list(range(24))


def test_a_canonical_volume_is_returned_as_it_is():
    given = volume(np.diag([1.0, 1, 2, 1]))
    assert to_canonical(given).data is given.data


def test_data_become_float32_in_one_block():
    canonical = to_canonical(Volume(np.ones((2, 3, 4), dtype=np.float64), LPS, Sequence.t2w))
    assert canonical.data.dtype == np.float32
    assert canonical.data.flags.c_contiguous


def test_labels_turn_with_their_image():
    drawn = np.zeros((2, 3, 4), dtype=np.uint8)
    drawn[0, 0, 0] = 4
    given = LabelVolume(drawn, LPS, "expert", MakerKind.reader, LabelConvention.brats_2017, Sequence.t1ce, True)
    turned = labels_to_canonical(given)
    assert turned.labels.dtype == np.uint8
    assert turned.labels[-1, -1, 0] == 4
    assert np.allclose(turned.affine @ [1, 2, 0, 1], LPS @ [0, 0, 0, 1])
