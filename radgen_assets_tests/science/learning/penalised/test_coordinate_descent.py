"""Coordinate descent at its edges; its values are held to R's glmnet in test_elastic_net_against_r.py."""

from __future__ import annotations

import numpy as np

from radgen_assets.science.learning.penalised.coordinate_descent import cox_descent, logistic_descent

LAMBDAS = np.array([0.1, 0.01])
NOTHING = np.empty((6, 0))
EVENT = np.array([1, 0, 1, 1, 0, 1], dtype=bool)


def test_cox_without_any_column_gives_no_coefficient():
    """An inner fold in which every patient is of one centre leaves the centre-only model without a column."""
    coefficients, converged = cox_descent(NOTHING, np.arange(1.0, 7.0), EVENT, LAMBDAS, 0.5, np.empty(0))
    assert coefficients.shape == (2, 0)
    assert converged.all()


def test_logistic_without_any_column_gives_the_share_of_positives():
    intercepts, coefficients, converged = logistic_descent(NOTHING, EVENT.astype(float), LAMBDAS, 0.5, np.empty(0))
    assert coefficients.shape == (2, 0)
    np.testing.assert_allclose(1 / (1 + np.exp(-intercepts)), 4 / 6)
    assert converged.all()


def test_separated_classes_without_a_penalty_did_not_converge():
    x = np.linspace(-1.7, 1.7, 40)[:, None]
    _, coefficients, converged = logistic_descent(x, (x[:, 0] > 0).astype(float), np.array([0.1, 0.0]), 1.0, np.ones(1))
    assert list(converged) == [True, False]
    assert np.isfinite(coefficients).all()


def test_deaths_in_the_order_of_a_column_without_a_penalty_did_not_converge():
    x = np.linspace(-1.7, 1.7, 40)[:, None]
    coefficients, converged = cox_descent(
        x, 3 - x[:, 0], np.ones(40, dtype=bool), np.array([0.1, 0.0]), 1.0, np.ones(1)
    )
    assert list(converged) == [True, False]
    assert np.isfinite(coefficients).all()


def test_a_wide_matrix_fits_the_deaths_and_stays_finite():
    generator = np.random.default_rng(0)
    x = generator.normal(size=(30, 60))
    time = generator.exponential(3, 30)
    coefficients, _ = cox_descent(x, time, np.ones(30, dtype=bool), np.array([0.1, 0.01, 0.0]), 1.0, np.ones(60))
    assert np.isfinite(coefficients).all()
