"""The compiled pieces of the negative binomial equal the textbook's formulas."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.special import gammaln, polygamma
from scipy.stats import nbinom

from radgen_assets.science.expression.differential.cooks import _robust_dispersion
from radgen_assets.science.expression.differential.dispersion_search import log_posterior
from radgen_assets.science.expression.differential.dispersion_trend import fit_trend, parametric_trend
from radgen_assets.science.expression.differential.negative_binomial import log_likelihood, log_rising

Y = np.array([0.0, 1.0, 3.0, 15.0, 16.0, 40.0, 900.0, 12000.0])
FIRST = np.array([0, 4, 8])
ROWS = np.array([[1.0, 0.0], [1.0, 1.0]])
DEPTH = np.linspace(0.5, 2.0, 8)


def work():
    return np.empty((2, 2)), np.zeros((2, 2)), np.zeros((2, 2)), np.zeros(2)


@pytest.mark.parametrize("r", [1e-3, 0.4, 3.0, 15.9, 16.0, 250.0, 1e4])
def test_rising_factorials_equal_log_gammas(r):
    found = np.array([log_rising(y, r) for y in Y])
    np.testing.assert_allclose(found, gammaln(Y + r) - gammaln(r), rtol=1e-11, atol=1e-10)


@pytest.mark.parametrize("alpha", [5.0, 0.3, 0.05, 1e-3])
def test_the_log_likelihood_equals_scipy(alpha):
    levels = np.array([[3.0, 700.0]])
    mean = DEPTH * np.repeat(levels[0], 4)
    expected = nbinom.logpmf(Y, 1 / alpha, 1 / (1 + alpha * mean)).sum()
    found = log_likelihood(Y[None], DEPTH, FIRST, levels, np.array([alpha]))[0]
    assert found == pytest.approx(expected, rel=1e-10)


@pytest.mark.parametrize("alpha", [8.0, 0.9, 0.063, 0.062, 2e-3, 1e-6])
@pytest.mark.parametrize("prior", [np.inf, 0.7])
def test_the_posterior_is_the_published_formula_and_its_slope_the_derivative(alpha, prior):
    mean = DEPTH * np.repeat([3.0, 700.0], 4)
    at = np.log(alpha)

    def value(log_alpha):
        return log_posterior(Y, mean, FIRST, ROWS, log_alpha, -1.0, prior, work())

    r = 1 / alpha
    columns = np.repeat(ROWS, 4, axis=0)
    information = columns.T @ (columns / (1 / mean + alpha)[:, None])
    expected = (gammaln(Y + r) - gammaln(r) - Y * np.log(mean + r) - r * np.log1p(mean * alpha)).sum()
    expected -= 0.5 * np.linalg.slogdet(information)[1] + (0.5 * (at + 1) ** 2 / prior)
    found, slope = value(at)
    assert found == pytest.approx(expected, rel=1e-8)
    numeric = (value(at + 1e-4)[0] - value(at - 1e-4)[0]) / 2e-4
    assert slope == pytest.approx(numeric, rel=1e-5, abs=1e-6)


def test_no_step_is_lost_where_counts_are_nearly_poisson():
    """At r = 1e8 two log gammas cancel to noise; the difference from the Poisson limit must still be smooth."""
    mean = np.full(8, 50.0)
    y = np.array([45.0, 48, 50, 52, 55, 47, 53, 50])
    values = [log_posterior(y, mean, FIRST, ROWS, at, 0.0, np.inf, work())[0] for at in np.linspace(-18.5, -18.4, 20)]
    second = np.diff(values, 2)
    assert np.abs(second).max() < 1e-9


def test_the_robust_dispersion_ignores_one_outlier():
    rng = np.random.default_rng(0)
    normal = rng.normal(100, 30, 20)
    plain = _robust_dispersion(normal, np.array([0, 10, 20]), np.empty(20))
    normal[3] = 1e6
    assert _robust_dispersion(normal[:20], np.array([0, 10, 20]), np.empty(20)) <= 2 * plain


def test_a_trend_of_known_coefficients_is_found():
    rng = np.random.default_rng(2)
    mean = np.geomspace(1, 1e4, 4000)
    drawn = (0.1 + 3 / mean) * rng.gamma(5, 1 / 5, 4000)
    found = parametric_trend(mean, drawn)
    assert found is not None
    np.testing.assert_allclose(found, [0.1, 3.0], rtol=0.05)


@pytest.mark.parametrize("df", [1, 2, 3, 8])
def test_the_prior_variance_is_what_sampling_does_not_explain(df):
    """Scatter = log of chi-squared / df, plus normal noise of variance 1."""
    rng = np.random.default_rng(3)
    mean = np.geomspace(1, 1e4, 20000)
    scatter = rng.normal(0, 1, 20000) + np.log(rng.chisquare(df, 20000) / df)
    trend = fit_trend(mean, 0.1 * np.exp(scatter), df, "mean")
    assert trend.prior_variance == pytest.approx(1.0, abs=0.25)
    if df == 8:
        assert trend.log_spread - polygamma(1, 4) == pytest.approx(trend.prior_variance, abs=1e-12)
