"""Names and codes of the manual."""

from __future__ import annotations

from collections import defaultdict

from radgen_assets.science.radiomics.ibsi.names import FEATURES, of_pyradiomics, stems


def test_a_code_stands_for_one_feature():
    """Two volumes and two intensities share theirs: they are one feature at two fractions."""
    names = defaultdict(set)
    for feature in FEATURES.values():
        names[feature.code].add(feature.name)
    assert {code for code, found in names.items() if len(found) > 1} == {"BC2M", "GBPN"}
    assert all(len(code) == 4 for code in names)


def test_an_aggregation_has_its_own_code():
    found = {feature.aggregation: feature.aggregation_code for feature in FEATURES.values()}
    assert found["3D, averaged"] == "ITBB"
    assert len(set(found.values())) == len(found) == 10


def test_pyradiomics_features_are_found_by_their_name():
    (contrast,) = of_pyradiomics("glcm", "Contrast")
    assert (contrast.tag, contrast.code, contrast.aggregation_code) == ("cm_contrast_3D_avg", "ACUI", "ITBB")


def test_one_feature_of_pyradiomics_can_be_two_of_the_manual():
    assert [each.code for each in of_pyradiomics("glcm", "ClusterTendency")] == ["OEEB", "DG8W"]


def test_what_the_manual_does_not_have_has_no_name():
    assert of_pyradiomics("glcm", "MCC") == ()
    assert of_pyradiomics("firstorder", "TotalEnergy") == ()


def test_a_family_lists_its_features_in_the_manuals_order():
    assert stems("ngt") == ("ngt_coarseness", "ngt_contrast", "ngt_busyness", "ngt_complexity", "ngt_strength")
