"""The prior of the variances, and the smooth curves that it and the weights of counts stand on."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import polygamma
from statsmodels.nonparametric.smoothers_lowess import lowess

from radgen_assets.science.expression.differential.local_regression import local_curve, local_regression
from radgen_assets.science.expression.differential.variance_prior import (
    fit_variance_prior,
    inverse_trigamma,
    natural_spline,
)
from radgen_assets.science.expression.differential.variance_prior_robust import fit_variance_prior_robustly


def drawn(n_genes, df, prior_df, *, seed=0, scale=0.25):
    rng = np.random.default_rng(seed)
    return scale * prior_df / rng.chisquare(prior_df, n_genes) * rng.chisquare(df, n_genes) / df


@given(st.floats(1e-8, 1e9))
@settings(max_examples=40, deadline=None, derandomize=True)
def test_trigamma_of_its_inverse_is_the_value(value):
    assert float(polygamma(1, inverse_trigamma(value))) == pytest.approx(value, rel=1e-3)  # the ends by their limits
    if 1e-6 < value < 1e7:
        assert float(polygamma(1, inverse_trigamma(value))) == pytest.approx(value, rel=1e-10)


@pytest.mark.parametrize("fit", [fit_variance_prior, fit_variance_prior_robustly])
def test_the_prior_that_variances_were_drawn_from_is_found(fit):
    prior = fit(drawn(20000, 10, 6.0), 10)
    assert prior.common_degrees == pytest.approx(6.0, rel=0.1)
    np.testing.assert_allclose(prior.variance, 0.25, rtol=0.05)


def test_a_few_wild_variances_do_not_move_the_robust_prior():
    variance = drawn(5000, 10, 30.0, seed=1)
    variance[:100] *= 200
    plain, robust = fit_variance_prior(variance, 10), fit_variance_prior_robustly(variance, 10)
    assert plain.common_degrees < 5
    assert 20 < robust.common_degrees < 50
    assert robust.degrees_of_freedom[:100].max() < 2
    assert np.median(robust.degrees_of_freedom[100:]) == robust.common_degrees


def test_wild_variances_beside_otherwise_equal_ones_have_few_degrees():
    """The rest differs by less than sampling gives: an infinite prior for it, a finite one for the outlier."""
    variance = np.linspace(0.2, 0.3, 400)
    variance[0] = 50.0
    robust = fit_variance_prior_robustly(variance, 8)
    plain = fit_variance_prior(variance, 8)
    assert np.isinf(robust.common_degrees)
    assert np.isinf(robust.degrees_of_freedom[1:]).all()
    assert robust.degrees_of_freedom[0] < 1e-6
    posterior = robust.posterior(variance, 8)
    np.testing.assert_allclose(posterior[1:], robust.variance[1:])
    assert posterior[0] == pytest.approx(50.0, rel=1e-3)
    assert np.isinf(plain.common_degrees)


def test_variances_of_zero_are_lifted_before_logarithms():
    variance = drawn(300, 8, 10.0)
    variance[:3] = 0.0
    for fit in (fit_variance_prior, fit_variance_prior_robustly):
        prior = fit(variance, 8)
        assert np.isfinite(prior.variance).all()
        assert (prior.posterior(variance, 8) > 0).all()
    assert (fit_variance_prior(np.zeros(5), 3).variance > 0).all()


def test_below_ten_genes_nothing_can_be_drawn_in():
    variance = drawn(9, 8, 10.0)
    np.testing.assert_array_equal(
        fit_variance_prior_robustly(variance, 8).variance, fit_variance_prior(variance, 8).variance
    )


@pytest.mark.parametrize(("n_genes", "n_distinct"), [(2, 2), (4, 4), (20, 20), (50, 3), (50, 1)])
def test_short_trends_have_fewer_knots(n_genes, n_distinct):
    mean = np.resize(np.linspace(4, 9, n_distinct), n_genes)
    prior = fit_variance_prior(drawn(n_genes, 6, 8.0), 6, mean)
    assert np.isfinite(prior.variance).all()


@given(st.integers(0, 1000))
@settings(max_examples=40, deadline=None, derandomize=True)
def test_a_natural_spline_holds_straight_lines(seed):
    rng = np.random.default_rng(seed)
    x = np.sort(rng.gamma(2, 3, 200))
    basis = natural_spline(x, 4)
    assert np.linalg.matrix_rank(basis) == 4
    line = 3 - 0.7 * x
    np.testing.assert_allclose(basis @ np.linalg.lstsq(basis, line, rcond=None)[0], line, atol=1e-8)


@pytest.mark.parametrize("delta", [0.0, 0.3])
@pytest.mark.parametrize("n_robust", [0, 3])
def test_local_regression_equals_statsmodels(delta, n_robust):
    rng = np.random.default_rng(0)
    x = np.sort(rng.gamma(3, 1, 300))
    y = np.sin(x) + rng.standard_t(2, 300) / 5
    expected = lowess(y, x, frac=0.4, it=n_robust, delta=delta, is_sorted=True, return_sorted=False)
    np.testing.assert_allclose(local_regression(x, y, 0.4, n_robust, delta=delta), expected, atol=2e-3)


def test_a_curve_far_apart_has_few_points_and_keeps_the_ends():
    x = np.linspace(0, 10, 5001)
    at, height = local_curve(x, x**2, 0.2, delta=0.1)
    assert (at[0], at[-1]) == (0.0, 10.0)
    assert 95 < len(at) < 110
    np.testing.assert_allclose(np.interp(5.0, at, height), 25.0, atol=0.5)


def test_tied_values_share_their_smooth():
    x = np.repeat(np.arange(10.0), 5)
    smooth = local_regression(x, np.random.default_rng(0).normal(size=50), 0.3).reshape(10, 5)
    assert (smooth == smooth[:, :1]).all()
    assert np.isfinite(local_regression(np.zeros(6), np.arange(6.0), 0.5)).all()
