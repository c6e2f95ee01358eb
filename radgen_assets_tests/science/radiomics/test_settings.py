"""Settings of radiomics: each is pyradiomics' setting of that meaning, and what cannot be meant is refused."""

from __future__ import annotations

import numpy as np
import pytest
from pydantic import ValidationError

from radgen_assets.contracts.volumes import Region, Sequence
from radgen_assets.science.radiomics import RadiomicsSettings, extract_features
from radgen_assets.science.radiomics.feature_sets import FEATURE_SETS
from radgen_assets.science.radiomics.normalisation import normalised
from radgen_assets_tests.science.radiomics.plain_pyradiomics import DEFAULT_IMAGES, agree, of_pyradiomics
from radgen_assets_tests.science.radiomics.small_tumours import SHAPE, ball, masks, patient
from radgen_assets_tests.science.radiomics.test_extraction import values

BALL = ball((15, 17, 18), 6)
ORIGINAL = {"Original": {}}
ON_ORIGINAL = {"image_types": ("original",)}
CROPPED = {"resampledPixelSpacing": [1.5, 1.2, 0.8], "padDistance": 5}

CASES = {
    "bins are counted": ({"bin_count": 16}, {"binCount": 16}),
    "neighbours are further away": ({"distances": (1, 3)}, {"distances": [1, 3]}),
    "matrices are weighted": ({"weighting": "euclidean"}, {"weightingNorm": "euclidean"}),
    "matrices are summed": ({"weighting": "no_weighting"}, {"weightingNorm": "no_weighting"}),
    "slices are axial": ({"force_2d": True}, {"force2D": True, "force2Ddimension": 0}),
    "slices are sagittal": (
        {"force_2d": True, "force_2d_axis": "i"},
        {"force2D": True, "force2Ddimension": 2},
    ),
    "pairs count one way": ({"glcm_symmetric": False}, {"symmetricalGLCM": False}),
    "dependence is loose": ({"gldm_alpha": 2}, {"gldm_a": 2}),
    "energy is shifted": ({"energy_shift": 300.0}, {"voxelArrayShift": 300}),
    "bins are wide": ({"bin_width": 60.0}, {"binWidth": 60.0}),
}


@pytest.mark.parametrize("engine", ["fast", "pyradiomics"])
@pytest.mark.parametrize("case", CASES)
def test_a_setting_of_features_has_pyradiomics_values(case, engine):
    ours, theirs = CASES[case]
    volumes = patient(Sequence.t1ce)
    chosen = RadiomicsSettings(engine=engine, normalise=False, **ON_ORIGINAL, **ours)
    found = values(extract_features(volumes, masks({Region.whole_tumour: BALL}), chosen), "t1ce")
    agree(found, of_pyradiomics(volumes.by_sequence[Sequence.t1ce].data, BALL, images=ORIGINAL, **theirs))


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        ({"crop_margin_voxels": 5}, {"preCrop": True, "padDistance": 5}),
        ({"resampled_spacing_mm": (1.5, 1.2, 0.8), "crop_margin_voxels": 5}, CROPPED),
        ({"resampled_spacing_mm": (1.5, 1.2, 0.8)}, CROPPED | {"padDistance": 1000}),
        (
            {"resampled_spacing_mm": (0.0, 2.0, 0.0), "interpolator": "linear"},
            {"resampledPixelSpacing": [0, 2, 0], "interpolator": "sitkLinear", "padDistance": 1000},
        ),
        ({"resampled_spacing_mm": (1.0, 1.0, 1.0)}, {}),
    ],
    ids=["cropped", "resampled around the region", "resampled whole", "one axis resampled", "the spacing it has"],
)
def test_a_grid_has_pyradiomics_values(ours, theirs):
    """On original, wavelet and Laplacian images: cropping changes what filters see, and so must be the same."""
    volumes = patient(Sequence.t1ce)
    chosen = RadiomicsSettings(normalise=False, minimum_voxels=20, **ours)
    found = values(extract_features(volumes, masks({Region.whole_tumour: BALL}), chosen), "t1ce")
    agree(found, of_pyradiomics(volumes.by_sequence[Sequence.t1ce].data, BALL, images=DEFAULT_IMAGES, **theirs))


def test_resampled_regions_of_one_patient_have_the_values_they_have_alone():
    """Each has a grid of its own where a margin is cut, and one in common where not."""
    volumes = patient(Sequence.t1ce)
    both = {Region.whole_tumour: BALL, Region.tumour_core: ball((14, 16, 19), 4)}
    for margin in (None, 4):
        chosen = RadiomicsSettings(resampled_spacing_mm=(1.3, 1.3, 1.3), crop_margin_voxels=margin, **ON_ORIGINAL)
        together = extract_features(volumes, masks(both), chosen)
        for region, drawn in both.items():
            alone = extract_features(volumes, masks({region: drawn}), chosen)
            assert values(together, "t1ce", region.value) == values(alone, "t1ce", region.value)


def test_a_region_of_one_slice_keeps_its_spacing_there():
    """pyradiomics does not invent slices; its area stays an area."""
    slice_alone = np.zeros(SHAPE, dtype=bool)
    slice_alone[8:24, 8:26, 18] = True
    volumes = patient(Sequence.t1ce)
    chosen = RadiomicsSettings(
        normalise=False, resampled_spacing_mm=(2.0, 2.0, 2.0), crop_margin_voxels=5, **ON_ORIGINAL
    )
    found = values(extract_features(volumes, masks({Region.whole_tumour: slice_alone}), chosen), "t1ce")
    expected = of_pyradiomics(
        volumes.by_sequence[Sequence.t1ce].data,
        slice_alone,
        images=ORIGINAL,
        resampledPixelSpacing=[2, 2, 2],
        padDistance=5,
    )
    agree(found, expected)


def test_normalised_over_the_volume_is_pyradiomics_own():
    """SimpleITK gives float64, and so all images have that precision."""
    volumes = patient(Sequence.t1ce)
    chosen = RadiomicsSettings(normalise_over="volume", remove_outliers=1.2)
    found = values(extract_features(volumes, masks({Region.whole_tumour: BALL}), chosen), "t1ce")
    image = volumes.by_sequence[Sequence.t1ce].data
    agree(found, of_pyradiomics(image, BALL, normalize=True, normalizeScale=100, removeOutliers=1.2))


def test_pointwise_images_and_gradient_have_pyradiomics_values():
    """float64 images are binned in float64."""
    kinds = ("square", "squareroot", "logarithm", "exponential", "gradient")
    names = ("Square", "SquareRoot", "Logarithm", "Exponential", "Gradient")
    volumes = patient(Sequence.t1ce)
    chosen = RadiomicsSettings(image_types=kinds)
    found = values(extract_features(volumes, masks({Region.whole_tumour: BALL}), chosen), "t1ce")
    image = normalised(volumes.by_sequence[Sequence.t1ce].data, chosen)
    expected = of_pyradiomics(image, BALL, images={name: {} for name in names})
    agree(
        {name: value for name, value in found.items() if "_shape_" not in name},
        {name: value for name, value in expected.items() if "_shape_" not in name},
    )


@pytest.mark.parametrize("engine", ["fast", "pyradiomics"])
def test_the_set_of_788_has_788_values(engine):
    table = extract_features(
        patient(Sequence.t1ce),
        masks({Region.whole_tumour: BALL}),
        RadiomicsSettings(engine=engine, feature_set="paper_c_788"),
    )
    assert len(table.columns["value"]) == 788 == FEATURE_SETS["paper_c_788"].n_values
    assert not set(table.columns["feature"]) & {"MCC", "SumAverage"}


def test_the_default_set_is_what_the_defaults_give():
    default, settings = FEATURE_SETS["default"], RadiomicsSettings()
    assert default.n_values == 1130
    assert settings.image_types == default.image_types
    assert settings.feature_classes == default.feature_classes


def test_a_set_says_what_is_known_of_it():
    """Nobody shall cite a reconstruction as the paper's list."""
    assert str(FEATURE_SETS["paper_c_788"]).startswith("paper_c_788: 788 values of a region in a sequence\n788, recon")


def test_the_shape_of_one_slice_is_pyradiomics_shape_2d():
    slice_alone = np.zeros(SHAPE, dtype=bool)
    slice_alone[8:24, 8:26, 18] = True
    volumes = patient(Sequence.t1ce)
    found = {}
    for engine in ("fast", "pyradiomics"):
        chosen = RadiomicsSettings(engine=engine, feature_classes=("shape2D",), force_2d=True)
        found[engine] = values(extract_features(volumes, masks({Region.whole_tumour: slice_alone}), chosen), "t1ce")
    assert len(found["fast"]) == 9
    agree(found["fast"], found["pyradiomics"])


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"bin_width": 25.0, "bin_count": 32}, "give exactly one"),
        ({"bin_width": None}, "give exactly one"),
        ({"feature_set": "paper_c_788", "image_types": ("original",)}, "sets image_types; leave that key away"),
        ({"distances": (0,)}, "at least 1"),
        ({"log_sigmas_mm": ()}, "at least one, all above 0"),
        ({"log_sigmas_mm": (-1.0,)}, "at least one, all above 0"),
        ({"feature_classes": ("shape2D",)}, "set force_2d = true"),
        ({"resampled_spacing_mm": (1.0, -1.0, 1.0)}, "expected 0 or more"),
        ({"normalise": False, "remove_outliers": 3.0}, "set normalise = true"),
    ],
)
def test_what_cannot_be_meant_is_refused(given, told):
    with pytest.raises(ValidationError, match=told):
        RadiomicsSettings(**given)


@pytest.mark.parametrize("given", [{}, {"bin_count": 32}, {"feature_set": "paper_c_788"}])
def test_settings_come_back_from_their_json(given):
    """They are stored with the recipe."""
    chosen = RadiomicsSettings(**given)
    assert RadiomicsSettings.model_validate_json(chosen.model_dump_json()) == chosen
