"""Small pieces of an algorithm's masks are left out where the settings ask for it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from radgen_assets.contracts.volumes import MakerKind, Region, Sequence, TumourMasks
from radgen_assets.science.radiomics import RadiomicsSettings, extract_features
from radgen_assets.science.radiomics.pieces import large_pieces
from radgen_assets_tests.science.radiomics.small_tumours import ball, masks, patient

TUMOUR, ISLAND = ball((17, 18, 20), 6.0), ball((17, 30, 20), 2.0)
SHAPE_ALONE = {"image_types": ("original",), "feature_classes": ("shape",)}


def diameter(drawn: TumourMasks, **settings: float) -> tuple[float, tuple[str, ...]]:
    found = extract_features(patient(Sequence.t1w), drawn, RadiomicsSettings(**SHAPE_ALONE, **settings))
    values = dict(zip(found.columns["feature"], found.columns["value"], strict=True))
    return float(values["Maximum3DDiameter"]), found.warnings


def drawn_by(kind: MakerKind) -> TumourMasks:
    given = masks({Region.whole_tumour: TUMOUR | ISLAND})
    return replace(given, masks=tuple(replace(mask, maker_kind=kind) for mask in given.masks))


def test_the_island_of_a_network_is_left_out_and_said_so():
    alone, _ = diameter(masks({Region.whole_tumour: TUMOUR}))
    found, warnings = diameter(drawn_by(MakerKind.algorithm), least_piece_of_algorithms=1.0)
    assert found == alone
    assert warnings[0].startswith("whole_tumour of expert: 1 pieces with 33 voxels in all are left out")


@pytest.mark.parametrize("kind", MakerKind)
def test_by_default_every_piece_counts(kind):
    alone, _ = diameter(masks({Region.whole_tumour: TUMOUR}))
    found, warnings = diameter(drawn_by(kind))
    assert found > alone + 2
    assert not warnings


def test_a_readers_island_stays():
    found, _ = diameter(drawn_by(MakerKind.reader), least_piece_of_algorithms=1.0)
    assert found == diameter(drawn_by(MakerKind.reader))[0]


@pytest.mark.parametrize(("share", "n_left_out"), [(0.0, 0), (33 / TUMOUR.sum() * 0.99, 0), (0.1, 1), (1.0, 1)])
def test_a_piece_stays_from_its_share_of_the_largest_on(share, n_left_out):
    found = large_pieces(TUMOUR | ISLAND, float(share))
    assert (found.n_left_out, found.n_voxels_left_out) == (n_left_out, 33 * n_left_out)
    assert np.array_equal(found.mask, TUMOUR if n_left_out else TUMOUR | ISLAND)


def test_pieces_as_large_as_the_largest_stay():
    two = np.zeros((3, 3, 9), dtype=bool)
    two[:, :, :3] = two[:, :, 6:] = True
    assert large_pieces(two, 1.0).mask.sum() == two.sum()
