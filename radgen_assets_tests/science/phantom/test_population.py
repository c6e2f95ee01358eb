"""Persons: the same from the same seed, with outcomes that depend on what the variant says and nothing else."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from radgen_assets.science.phantom import PHANTOM_COHORTS, PhantomSettings, draw_population

SETTINGS = PhantomSettings.demo()


@pytest.fixture(scope="module")
def many():
    return draw_population(SETTINGS, "training_site", n=4000)


def test_more_persons_leave_the_first_ones_as_they_were():
    """One new patient in the folder must not change any other."""
    few, more = draw_population(SETTINGS, "training_site", n=5), draw_population(SETTINGS, "training_site", n=9)
    pd.testing.assert_frame_equal(few.clinical, more.clinical.iloc[:5])
    pd.testing.assert_frame_equal(few.latents, more.latents.iloc[:5])


def test_another_seed_gives_other_persons():
    other = draw_population(SETTINGS.model_copy(update={"seed": 1}), "training_site", n=5)
    assert not np.allclose(other.latents, draw_population(SETTINGS, "training_site", n=5).latents)


def test_cohorts_are_different_persons():
    first, second = (draw_population(SETTINGS, cohort, n=5).latents for cohort in ("training_site", "second_site"))
    assert not np.isclose(first, second).any()


def test_the_first_patients_of_two_expression_cohorts_are_one_person():
    one, other = (draw_population(SETTINGS, cohort, n=3) for cohort in ("array_expression", "sequencing_expression"))
    pd.testing.assert_frame_equal(one.clinical.iloc[:1], other.clinical.iloc[:1])
    assert not np.isclose(one.latents.iloc[1], other.latents.iloc[1]).any()


def test_image_and_expression_see_one_trait_with_correlation_one_half(many):
    correlation = many.latents.corr()
    assert correlation.loc["image_wildtype", "expression_wildtype"] == pytest.approx(0.5, abs=0.05)
    assert correlation.loc["image_wildtype", "image_aggressiveness"] == pytest.approx(0.0, abs=0.05)


def test_between_half_and_three_quarters_of_deaths_are_seen(many):
    assert 0.5 < many.clinical["event"].mean() < 0.75
    assert many.clinical["time_months"].between(0.03, 67).all()


def test_only_mutant_tumours_are_codeleted(many):
    codeleted = many.clinical["codeletion_1p19q"] == "codeleted"
    assert codeleted.any()
    assert (many.clinical.loc[codeleted, "idh_status"] == "mutant").all()


def test_the_sheet_holds_only_the_agreed_values(many):
    assert set(many.clinical["sex"]) == {"female", "male"}
    assert set(many.clinical["grade"]) == {2, 3, 4}
    assert set(many.clinical["kps"].dropna()) <= {40, 50, 60, 70, 80, 90, 100}
    assert set(many.clinical["mgmt_status"].dropna()) == {"methylated", "unmethylated"}
    assert many.clinical[["kps", "mgmt_status"]].isna().mean().between(0.04, 0.12).all()


def _scanner_difference(population) -> float:
    second = np.array(population.scanner) == "borealis_3t"
    wildtype = (population.clinical["idh_status"] == "wildtype").to_numpy()
    return float(wildtype[second].mean() - wildtype[~second].mean())


def test_the_scanner_tells_nothing_unless_confounded(many):
    assert abs(_scanner_difference(many)) < 0.05


def test_confounded_scanners_tell_the_outcome_at_the_training_site():
    """With eight of ten right, the scanner alone has an AUC of 0.80 for IDH status."""
    confounded = draw_population(PhantomSettings.demo("confounded"), "training_site", n=4000)
    assert _scanner_difference(confounded) == pytest.approx(0.6, abs=0.05)
    months = confounded.clinical["time_months"].groupby(np.array(confounded.scanner)).median()
    assert months["borealis_3t"] < 0.6 * months["aurora_3t"]


def test_normal_tissue_lies_below_every_tumour():
    normal = draw_population(SETTINGS, "normal_tissue", n=500).latents["expression_aggressiveness"]
    assert normal.mean() == pytest.approx(-2, abs=0.1)
    assert normal.std() < 0.5


@pytest.mark.parametrize("cohort", list(PHANTOM_COHORTS))
def test_every_cohort_has_as_many_persons_as_the_settings_say(cohort):
    population = draw_population(SETTINGS, cohort)
    assert population.n == getattr(SETTINGS.patients, cohort)
    assert len(set(PHANTOM_COHORTS[cohort].patient_ids(population.n))) == population.n
