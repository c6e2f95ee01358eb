"""Optimism by bootstrap equals rms's within its spread over seeds, and is what it should be for known models."""

import numpy as np
import pytest

from radgen_assets.contracts.errors import UsedWrongly
from radgen_assets.science.survival import (
    Outcome,
    calibrate_by_bootstrap,
    calibration_slope,
    fit_cox,
    harrell_c,
    validate_by_bootstrap,
)
from radgen_assets_tests.science.agreements.row import agree
from radgen_assets_tests.science.survival.cox.test_nomogram import MODELS, rms_model


@pytest.mark.parametrize("name", MODELS)
def test_corrected_measures_lie_within_the_spread_of_rms(shared_reference, name):
    golden, _, terms, outcome, _ = rms_model(shared_reference, name)
    result = validate_by_bootstrap(outcome, terms.matrix, n_bootstraps=150, seed=1)
    mean, spread = golden["validate_B150"]["mean"], golden["validate_B150"]["sd_between_seeds"]
    c = golden["validate_B150"]["C_apparent"]
    agree("survival.validate_by_bootstrap", "apparent concordance", result.concordance.apparent, c)
    corrected = {
        "concordance": (2 * result.concordance.corrected - 1, "Dxy_corrected"),
        "slope": (result.slope.corrected, "slope_corrected"),
        "R2": (result.r_squared.corrected, "R2_corrected"),
    }
    for quantity, (found, of_rms) in corrected.items():
        away = (found - mean[of_rms]) / spread[of_rms]
        agree("survival.validate_by_bootstrap", f"corrected {quantity}", away, 0)
    assert result.n_bootstraps + result.n_failed == 150


@pytest.mark.parametrize("name", MODELS)
def test_corrected_calibration_lies_within_the_spread_of_rms(shared_reference, name):
    golden, _, terms, outcome, _ = rms_model(shared_reference, name)
    expected = golden["calibrate_KM_3y_m75_B100"]
    rows = np.array([[np.nan if x is None else x for x in row] for row in expected["mean_over_seeds"]])[::-1]
    spread = np.array([row[:6] for row in expected["sd_between_seeds"]])[::-1]
    column = {label: place for place, label in enumerate(expected["columns"])}
    groups = calibrate_by_bootstrap(outcome, terms.matrix, 3, n_groups=4, n_bootstraps=100, seed=1).groups
    alive = {field: [1 - getattr(group, field) for group in groups] for field in ("observed", "predicted")}
    agree("survival.calibrate_by_bootstrap", "Kaplan-Meier of each group", alive["observed"], rows[:, column["KM"]])
    predicted = rows[:, column["mean.predicted"]]
    agree("survival.calibrate_by_bootstrap", "mean prediction of each group", alive["predicted"], predicted)
    place = column["mean.optimism"]
    away = (np.array([-group.optimism for group in groups]) - rows[:, place]) / spread[:, place]
    agree("survival.calibrate_by_bootstrap", "optimism of each group", away, np.zeros(4))


def cohort(n=120, n_noise=8, seed=1):
    """One factor that matters and others that do not."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(n, 1 + n_noise))
    time = rng.exponential(20 * np.exp(-0.7 * x[:, 0]))
    censored = rng.uniform(5, 60, n)
    return Outcome(np.minimum(time, censored).round(2), time <= censored), x


def test_a_model_with_noise_is_corrected_to_what_new_patients_give():
    """20 cohorts of 120 patients, 8 idle factors; the truth is slope and C in 4,000 others.

    Measured over 100 cohorts: slope 0.758 against 0.766, C 0.657 against 0.662 (apparent 1 and 0.693).
    """
    new_patients, new_x = cohort(n=4000, seed=99)
    found, truth = [], []
    for seed in range(20):
        outcome, x = cohort(seed=seed)
        result = validate_by_bootstrap(outcome, x, n_bootstraps=30)
        assert result.slope.apparent == pytest.approx(1)
        assert result.concordance.optimism > 0
        assert result.r_squared.corrected < result.r_squared.apparent
        found.append((result.slope.corrected, result.concordance.corrected))
        score = fit_cox(outcome, x).linear_predictor(new_x)
        truth.append((calibration_slope(new_patients, score).value, harrell_c(new_patients, score).value))
    slope, concordance = np.mean(found, axis=0) - np.mean(truth, axis=0)
    assert abs(slope) < 0.1
    assert abs(concordance) < 0.02


def test_selection_inside_the_samples_costs_more_than_selection_before_them():
    """The one best of 40 factors that mean nothing: chosen anew in each sample, its concordance is near a half."""
    outcome, x = cohort(n_noise=40)
    noise = x[:, 1:]

    class Best:
        def __init__(self, outcome, matrix):
            fits = [fit_cox(outcome, matrix[:, [j]]) for j in range(matrix.shape[1])]
            self.place = int(np.argmax([abs(fit.z[0]) for fit in fits]))
            self.fit = fits[self.place]

        def linear_predictor(self, covariates):
            return self.fit.linear_predictor(covariates[:, [self.place]])

        def survival(self, covariates, times_months):
            return self.fit.survival(covariates[:, [self.place]], times_months)

    honest = validate_by_bootstrap(outcome, noise, build=Best, n_bootstraps=30)
    before = noise[:, [Best(outcome, noise).place]]
    naive = validate_by_bootstrap(outcome, before, n_bootstraps=30)
    assert honest.concordance.apparent == pytest.approx(naive.concordance.apparent)
    assert honest.concordance.corrected < naive.concordance.corrected - 0.02
    assert honest.slope.corrected < 0.7 < naive.slope.corrected


def test_the_seed_decides_and_persons_are_drawn_whole():
    outcome, x = cohort(n_noise=3)
    first, again, other = (validate_by_bootstrap(outcome, x, n_bootstraps=20, seed=seed) for seed in (5, 5, 6))
    assert first == again
    assert first != other
    twice = np.repeat(np.arange(outcome.n), 2)
    known = validate_by_bootstrap(outcome.of(twice), x[twice], persons=twice, n_bootstraps=60)
    blind = validate_by_bootstrap(outcome.of(twice), x[twice], n_bootstraps=60)
    assert known.slope.optimism > 1.3 * blind.slope.optimism


def test_the_corrected_curve_is_flatter_than_what_the_model_claims():
    outcome, x = cohort()
    result = calibrate_by_bootstrap(outcome, x, 12, n_groups=3, n_bootstraps=60)
    assert [group.n for group in result.groups] == [40, 40, 40]
    assert result.groups[-1].corrected < result.groups[-1].observed
    assert result.groups[0].corrected > result.groups[0].observed
    assert np.interp(0.85, result.predicted, result.corrected) < np.interp(0.85, result.predicted, result.observed)
    assert result.ici > 0
    assert result.n_bootstraps + result.n_failed == 60


def test_samples_that_cannot_be_fitted_are_counted_and_too_many_are_refused():
    outcome, x = cohort(n=60, n_noise=1)
    rare = np.zeros(60)
    dead = np.flatnonzero(outcome.event)[:2]
    rare[dead] = 1
    result = validate_by_bootstrap(outcome, np.column_stack([x, rare]), n_bootstraps=50)
    assert 0 < result.n_failed < 25

    def never(outcome, matrix):
        if len(np.unique(matrix[:, 0])) < 60:
            raise UsedWrongly("Cox: no maximum.")
        return fit_cox(outcome, matrix)

    with pytest.raises(UsedWrongly, match="could not be fitted to 10 of 10 samples; the last time: Cox: no maximum"):
        validate_by_bootstrap(outcome, x, build=never, n_bootstraps=10)


def test_what_cannot_be_validated_is_refused():
    outcome, x = cohort(n=40, n_noise=1)
    with pytest.raises(UsedWrongly, match="found 0 samples, expected at least 1"):
        validate_by_bootstrap(outcome, x, n_bootstraps=0)
    with pytest.raises(UsedWrongly, match=r"covariates of shape \(40,\), expected \(40, p\)"):
        validate_by_bootstrap(outcome, x[:, 0])
    with pytest.raises(UsedWrongly, match="found no event"):
        validate_by_bootstrap(Outcome(outcome.time_months, np.zeros(40)), x)
    with pytest.raises(UsedWrongly, match="found 0 groups"):
        calibrate_by_bootstrap(outcome, x, 12, n_groups=0)
    with pytest.raises(UsedWrongly, match="at most the last follow-up"):
        calibrate_by_bootstrap(outcome, x, 700)
