"""Independent filtering, and the robust local regression that it reads its threshold from."""

from __future__ import annotations

import numpy as np
import pytest

from radgen_assets.science.agreement.adjustment import adjust_p_values
from radgen_assets.science.expression.differential.filtering import filter_independently, local_regression


def test_a_straight_line_is_smoothed_to_itself():
    x = np.linspace(0, 1, 50)
    np.testing.assert_allclose(local_regression(x, 3 - 2 * x, 0.2), 3 - 2 * x, atol=1e-12)


def test_an_outlier_hardly_moves_the_curve():
    x = np.linspace(0, 1, 50)
    y = 3 - 2 * x + np.random.default_rng(0).normal(0, 0.1, 50)
    plain = local_regression(x, y, 0.4)
    y[25] += 100
    assert np.abs(local_regression(x, y, 0.4) - plain).max() < 0.2
    assert np.abs(local_regression(x, y, 0.4, n_robust=0) - plain).max() > 5


def test_genes_of_low_mean_without_signal_leave_the_adjustment():
    rng = np.random.default_rng(0)
    mean = np.arange(1.0, 5001.0)
    p = rng.uniform(size=5000)
    p[4200:4600] = rng.uniform(0, 0.01, 400)
    found = filter_independently(p, mean, 0.1)
    assert found.threshold > 400
    assert np.isnan(found.p_adjusted[mean < found.threshold]).all()
    kept = mean >= found.threshold
    np.testing.assert_array_equal(found.p_adjusted[kept], adjust_p_values(p[kept]))
    assert (found.p_adjusted < 0.1).sum() > 1.1 * (adjust_p_values(p) < 0.1).sum()


@pytest.mark.parametrize("n_found", [0, 8])
def test_with_few_rejections_nothing_is_filtered(n_found):
    p = np.full(500, 0.9)
    p[:n_found] = 1e-8
    found = filter_independently(p, np.arange(1.0, 501.0), 0.1)
    assert not np.isnan(found.p_adjusted).any()


def test_genes_without_p_stay_without():
    p = np.linspace(0.001, 1, 100)
    p[::7] = np.nan
    found = filter_independently(p, np.arange(1.0, 101.0), 0.1)
    assert np.isnan(found.p_adjusted[::7]).all()
