"""The test of proportional hazards finds a hazard ratio that fades, and refuses what it cannot test."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from radgen_assets.contracts.errors import UsedWrongly
from radgen_assets.science.survival import Outcome, code_terms, fit_cox, proportional_hazards_test


def cohort(seed=0, n=120):
    generator = np.random.default_rng(seed)
    x = generator.normal(size=(n, 2))
    time = np.ceil(generator.exponential(20 * np.exp(-0.7 * x[:, 0])))
    return Outcome(time, generator.random(n) < 0.8), x


def fading_cohort(n=600):
    """The treated die faster in the first ten months and slower after."""
    generator = np.random.default_rng(1)
    treated = np.arange(n) % 2
    early, late = generator.exponential(np.where(treated, 8.0, 25.0)), generator.exponential(np.where(treated, 60, 20))
    return Outcome(np.where(early < 10, early, 10 + late), np.ones(n)), treated.astype(float)


def test_a_hazard_ratio_that_turns_is_found():
    outcome, treated = fading_cohort()
    result = proportional_hazards_test(outcome, treated)
    assert result.p[0] < 1e-6
    late = result.time_months > 10
    assert result.residuals[~late, 0].mean() > 0 > result.residuals[late, 0].mean()


def test_under_proportional_hazards_small_p_values_are_rare():
    p = [proportional_hazards_test(*cohort(seed)).global_p for seed in range(200)]
    assert 0.01 <= np.mean(np.array(p) < 0.05) <= 0.10


@settings(deadline=None, derandomize=True, max_examples=15)
@given(seed=st.integers(0, 200), scale=st.floats(0.01, 100), transform=st.sampled_from(["km", "identity", "rank"]))
def test_order_of_patients_units_of_time_and_of_covariates_do_not_matter(seed, scale, transform):
    outcome, x = cohort(seed)
    order = np.random.default_rng(seed).permutation(outcome.n)
    plain = proportional_hazards_test(outcome, x, transform=transform)
    mixed = Outcome(outcome.time_months[order] * scale, outcome.event[order])
    moved = proportional_hazards_test(mixed, x[order] * [scale, 1] + [5, 0], transform=transform)
    assert moved.statistic == pytest.approx(plain.statistic, rel=1e-6, abs=1e-9)
    assert moved.global_p == pytest.approx(plain.global_p, rel=1e-6)


def test_a_category_is_one_test_by_term_and_several_by_coefficient():
    outcome, x = cohort()
    coded = code_terms(pd.DataFrame({"age": x[:, 0], "grade": np.array(["2", "3", "4"])[np.arange(120) % 3]}))
    by_term = proportional_hazards_test(outcome, coded)
    by_coefficient = proportional_hazards_test(outcome, coded.matrix, names=coded.names)
    assert (by_term.names, list(by_term.degrees_of_freedom)) == (("age", "grade"), [1, 2])
    assert by_coefficient.names == ("age", "grade: 3", "grade: 4")
    assert by_term.global_statistic == pytest.approx(by_coefficient.global_statistic, rel=1e-12)
    assert list(by_term.to_frame()["name"]) == ["age", "grade", "GLOBAL"]


def test_scaled_residuals_average_to_the_coefficient():
    outcome, x = cohort(3)
    result = proportional_hazards_test(outcome, x)
    assert result.residuals.mean(axis=0) == pytest.approx(fit_cox(outcome, x).coefficients, abs=1e-8)


def test_deaths_at_a_single_time_cannot_show_a_change():
    outcome = Outcome([2, 2, 2, 3, 3, 3], [1, 1, 1, 0, 0, 0])
    with pytest.raises(UsedWrongly, match="all deaths share one time"):
        proportional_hazards_test(outcome, [0.0, 1, 2, 1, 0, 2])


def test_a_single_event_cannot_show_a_change():
    with pytest.raises(UsedWrongly, match="all deaths share one time"):
        proportional_hazards_test(Outcome([1, 2, 2], [1, 0, 0]), [1.0, 0, 3])


def test_what_cannot_be_fitted_cannot_be_tested():
    with pytest.raises(UsedWrongly, match="found no event"):
        proportional_hazards_test(Outcome([1, 2, 3], [0, 0, 0]), [1.0, 0, 3])
    with pytest.raises(UsedWrongly, match="is constant"):
        proportional_hazards_test(Outcome([1, 2, 3], [1, 1, 0]), [1.0, 1, 1])


def test_a_death_at_time_zero_has_no_logarithm_and_unknown_scales_are_named():
    outcome, x = cohort()
    at_zero = Outcome(np.where(np.arange(120) == np.argmax(outcome.event), 0.0, outcome.time_months), outcome.event)
    with pytest.raises(UsedWrongly, match="found a death at time 0"):
        proportional_hazards_test(at_zero, x, transform="log")
    with pytest.raises(UsedWrongly, match="found the transform 'sqrt', expected km, identity, log or rank"):
        proportional_hazards_test(outcome, x, transform="sqrt")


@settings(deadline=None, derandomize=True, max_examples=80)
@given(seed=st.integers(0, 10_000), n=st.integers(2, 9))
def test_in_tiny_cohorts_it_has_a_number_or_says_why_not(seed, n):
    generator = np.random.default_rng(seed)
    outcome = Outcome(generator.integers(1, 6, n), generator.random(n) < 0.8)
    try:
        result = proportional_hazards_test(outcome, generator.integers(-1, 2, (n, 1 + seed % 2)).astype(float))
    except UsedWrongly:
        return
    assert np.isfinite(result.residuals).all()
    assert ((result.p >= 0) & (result.p <= 1)).all()
    assert 0 <= result.global_p <= 1


def test_too_few_deaths_for_a_trend_are_named():
    """Three deaths at two times; at the second everybody at risk is alike, so nothing can have changed there."""
    outcome = Outcome([1, 1, 2, 3, 3], [1, 1, 1, 0, 0])
    with pytest.raises(UsedWrongly, match="too few deaths among patients who differ in 'marker'"):
        proportional_hazards_test(outcome, [0.0, 1, 1, 1, 1], names=["marker"])
