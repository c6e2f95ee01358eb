"""Published values of IBSI chapter 1 against the engine's, and the rule by which they agree."""

from __future__ import annotations

import pytest

from radgen_assets.science.radiomics.ibsi.configurations import CONFIGURATIONS
from radgen_assets.science.radiomics.ibsi.conformance import agrees, check_digital_phantom
from radgen_assets.science.radiomics.ibsi.digital_phantom import SPACING_MM, digital_phantom, published_values
from radgen_assets.science.radiomics.ibsi.names import FEATURES
from radgen_assets_tests.science.radiomics.ibsi.phantoms import compared, phantom, published


def test_every_published_value_of_the_digital_phantom_is_met_where_no_reference_data_are():
    assert [each.reference.tag for each in check_digital_phantom() if not each.passes] == []
    assert len(check_digital_phantom()) == 482


@pytest.mark.parametrize(
    ("name", "n_published"), [("digital_phantom", 482), ("config_A", 406), ("config_C", 270), ("config_D", 270)]
)
def test_every_published_value_is_covered_and_met(ibsi_1, name, n_published):
    values = compared(ibsi_1, name)
    assert [(each.reference.tag, each.found, each.reference.value) for each in values if not each.passes] == []
    assert len(values) == n_published


@pytest.mark.parametrize("name", CONFIGURATIONS)
def test_only_features_without_a_published_value_are_left_out(ibsi_1, name):
    assert set(published(ibsi_1, name)[1]) == {
        "morph_vol_dens_ombb",
        "morph_area_dens_ombb",
        "morph_vol_dens_mvee",
        "morph_area_dens_mvee",
        "ivh_auc",
    }


def test_the_phantom_in_code_is_the_one_published(ibsi_1):
    given = phantom(ibsi_1, "digital_phantom")
    image, mask = digital_phantom()
    assert image.tolist() == given.image.tolist()
    assert mask.tolist() == given.mask.tolist()
    assert given.spacing_mm == SPACING_MM


def test_the_values_in_code_are_those_published(ibsi_1):
    in_file = {each.tag: (each.value, each.tolerance) for each in published(ibsi_1, "digital_phantom")[0]}
    assert {each.tag: (each.value, each.tolerance) for each in published_values()} == in_file


@pytest.mark.parametrize("name", CONFIGURATIONS)
def test_features_are_named_as_the_reference_files_name_them(ibsi_1, name):
    in_file = {
        each.tag: (each.family, each.feature)
        for each in published(ibsi_1, name)[0]
        if not each.family.startswith("Diagnostics")
    }
    assert {tag: (FEATURES[tag].title, FEATURES[tag].name) for tag in in_file} == in_file


@pytest.mark.parametrize(
    ("found", "printed", "tolerance", "agree"),
    [
        (2.604, "2.6", 0.0, True),  # printed in three digits, without the trailing zero
        (2.606, "2.6", 0.0, False),
        (2.606, "2.6", 0.006, True),
        (2.607, "2.6", 0.006, False),
        (-0.3546, "-0.355", 0.0, True),
        (125256.0, "125256", 0.0, True),
        (125257.0, "125256", 0.0, False),  # a count is compared in all its digits
        (0.0, "0", 0.0, True),
        (float("nan"), "0", 0.1, False),
    ],
)
def test_a_value_agrees_within_its_tolerance_and_without_one_as_printed(found, printed, tolerance, agree):
    assert agrees(found, printed, tolerance) is agree
