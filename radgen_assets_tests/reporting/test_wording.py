"""Sentences about a fit say no more than its numbers do."""

from __future__ import annotations

from dataclasses import replace

import pytest

from radgen_assets.contracts.results import Estimate
from radgen_assets.reporting import wording
from radgen_assets_tests.reporting.synthetic import idh_fit, survival_fit


def with_main(fit, model, setting="cross_validated", **changes):
    """The fit with another main estimate of one model."""
    measure = wording.main_measure(fit)
    performances = tuple(
        replace(each, estimates={**each.estimates, measure: replace(each.estimates[measure], **changes)})
        if (each.model, each.setting) == (model, setting)
        else each
        for each in fit.performances
    )
    return replace(fit, performances=performances)


def with_gain(fit, value, low, high, p=None, note=""):
    """The fit with another difference to its baseline, at home only."""
    return replace(fit, comparison={"cross_validated": Estimate(value, low, high, 107, 83, "DeLong", p, note)})


def all_text(fit):
    return " ".join(each.text for paragraph in wording.paragraphs(fit) for each in paragraph).replace("\u00a0", " ")


def test_an_interval_that_includes_one_half_is_not_told_apart_from_chance():
    fit = with_main(idh_fit(), "full", value=0.58, low=0.49, high=0.67)
    assert wording.verdict(fit).text == "Not told apart from chance"
    said = wording.discrimination(fit)
    assert "The interval includes 0.5: that it is no better than chance cannot be excluded." in said.text
    assert said.tone == "weak"


def test_an_interval_that_touches_one_half_includes_it():
    assert wording.verdict(with_main(idh_fit(), "full", low=0.5)).text == "Not told apart from chance"


def test_an_interval_below_one_half_is_the_wrong_way_round():
    fit = with_main(survival_fit(), "full", value=0.4, low=0.32, high=0.48)
    assert wording.verdict(fit).text == "Orders patients the wrong way round"
    assert "The whole interval lies below 0.5" in wording.discrimination(fit).text


def test_a_model_that_gives_all_the_same_score_is_not_told_apart_from_chance():
    fit = with_main(idh_fit(), "full", value=0.5, low=None, high=None, note="no spread")
    assert wording.verdict(fit) == wording.Statement("Not told apart from chance", "weak")
    assert "0.50 (no interval)" in wording.discrimination(fit).text


def test_better_needs_a_difference_whose_interval_lies_above_0():
    fit = with_gain(idh_fit(), 0.16, 0.03, 0.29, 0.015)
    assert wording.verdict(fit) == wording.Statement("Better than the clinical baseline", "good")
    assert "difference +0.160 (95 % CI +0.030 to +0.290; P = 0.015)" in all_text(fit)


@pytest.mark.parametrize(("low", "high"), [(-0.01, 0.2), (0.0, 0.2), (-0.2, 0.0)])
def test_a_difference_whose_interval_includes_0_is_no_gain_shown(low, high):
    fit = with_gain(idh_fit(), (low + high) / 2, low, high)
    assert wording.verdict(fit).text == "No gain over the clinical baseline shown"
    said = wording.comparison(fit).text
    assert said.startswith("No gain over the clinical baseline alone (0.66")
    assert "better" not in said
    assert f"a loss of {abs(low):.3f} to a gain of {high:.3f}" in said


def test_a_difference_below_0_is_worse():
    fit = with_gain(idh_fit(), -0.1, -0.18, -0.02)
    assert wording.verdict(fit).text == "Worse than the clinical baseline"
    assert wording.comparison(fit).tone == "weak"


def test_a_gain_at_home_that_is_not_shown_elsewhere_is_said_in_the_verdict():
    assert wording.verdict(idh_fit()).text == "Better than the clinical baseline at home, not shown elsewhere"
    assert wording.verdict(idh_fit()).tone == "neutral"


def test_a_difference_without_an_interval_is_told_as_such():
    fit = with_gain(idh_fit(), 0.0, None, None, note="the two models give equal scores")
    assert wording.comparison(fit).text.endswith("by 0.000, without an interval: the two models give equal scores.")


def test_what_could_not_be_estimated_is_told_with_its_reason():
    fit = with_main(
        idh_fit(), "full", "external: public_images", value=None, low=None, high=None, note="one class only"
    )
    said = wording.discrimination(fit, "external: public_images")
    assert (
        said.text == "The full model's AUC could not be estimated in the external cohort public_images: one class only."
    )


def test_every_setting_has_a_paragraph_cross_validation_first():
    paragraphs = wording.paragraphs(idh_fit())
    assert "cross-validation" in paragraphs[0][0].text
    assert "external cohort public_images" in paragraphs[1][0].text


def test_a_centre_that_tells_the_outcome_is_named():
    fit = with_main(idh_fit(), "centre_only", value=0.7, low=0.6, high=0.8)
    assert "centre and outcome are tied" in wording.centre(fit).text


def test_a_centre_that_does_as_well_as_the_full_model_puts_it_in_doubt():
    fit = with_main(idh_fit(), "centre_only", value=0.83, low=0.75, high=0.9)
    assert "no less than the full model" in wording.centre(fit).text


def test_without_a_centre_only_model_nothing_is_said_about_centres():
    assert wording.centre(survival_fit()) is None


def test_a_brier_score_no_better_than_the_prevalence_is_said_to_be_so():
    fit = idh_fit()
    full, *others = fit.performances
    full = replace(full, estimates={**full.estimates, "brier": Estimate(0.19, 0.16, 0.22, 107, 83, "bootstrap")})
    said = wording.usefulness(replace(fit, performances=(full, *others)))
    assert said.text.endswith(
        "beside 0.174 for giving everyone the prevalence of 0.78 (lower is better): they are no closer to the truth."
    )


def test_few_events_are_said_and_many_are_not():
    assert "rests on 24 patients with the rarer outcome" in wording.events(idh_fit()).text
    assert wording.events(replace(idh_fit(), n=400, n_events=200)) is None
    assert "deaths" in wording.events(survival_fit()).text


def test_a_limit_next_to_chance_is_told_so_that_its_side_is_seen():
    assert "(95 % CI 0.502 to 0.780)" in all_text(with_main(idh_fit(), "full", value=0.65, low=0.502, high=0.78))


def test_every_number_in_the_text_comes_from_the_fit():
    """Another AUC changes the sentence; nothing is a fixed phrase."""
    assert "0.91 (95 % CI 0.85 to 0.97)" in all_text(with_main(idh_fit(), "full", value=0.91, low=0.85, high=0.97))


@pytest.mark.parametrize(
    ("column", "name"),
    [
        ("age_years", "Age (years)"),
        ("volume_mm3", "Volume (mm³)"),
        ("idh_status", "IDH status"),
        ("sex", "Sex"),
        ("years", "Years"),
    ],
)
def test_a_columns_unit_stands_in_brackets(column, name):
    assert wording.variable_name(column) == name


@pytest.mark.parametrize(
    ("column", "name"), [("age_years", "Age"), ("kps", "KPS"), ("extent_of_resection", "Extent of resection")]
)
def test_a_factor_beside_its_level_needs_no_unit(column, name):
    assert wording.factor_name(column) == name


def test_an_absent_value_in_a_table_gives_its_reason():
    assert (
        wording.told_in_a_table("auc", Estimate(None, None, None, 3, 3, "DeLong", note="one class")) == "– (one class)"
    )
    assert wording.told_in_a_table("log_rank_p", Estimate(0.0004, None, None, 3, 3, "log-rank")) == "P < 0.001"
    assert (
        wording.told_in_a_table("hazard_ratio_high_risk", Estimate(12.3, 2, 80, 9, 3, "Wald")) == "12.3 (2.00 to 80.0)"
    )
