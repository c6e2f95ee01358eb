"""The slopes give the oracle the C-index and AUC that were asked for."""

from __future__ import annotations

import numpy as np
import pytest

from radgen_assets.science.phantom import PhantomSettings, oracle
from radgen_assets.science.phantom.effects import (
    IDH_WEIGHTS,
    SURVIVAL_WEIGHTS,
    expected_auc,
    expected_concordance,
    idh_slope,
    latent_covariance,
    linear_predictor,
    survival_slope,
)


def test_no_effect_is_a_coin():
    assert expected_concordance(0.0) == pytest.approx(0.5)
    assert expected_auc(0.0) == pytest.approx(0.5)


@pytest.mark.parametrize("target", [0.6, 0.75, 0.9])
def test_slopes_invert_the_expected_scores(target: float):
    assert expected_concordance(survival_slope(target)) == pytest.approx(target, abs=1e-5)
    assert expected_auc(idh_slope(target)) == pytest.approx(target, abs=1e-5)


def test_both_linear_predictors_have_variance_one():
    """Slopes are calibrated for a standard normal predictor, whatever its weights."""
    rng = np.random.default_rng(1)
    latents = rng.standard_normal((100_000, 5)) @ np.linalg.cholesky(latent_covariance()).T
    for weights in (SURVIVAL_WEIGHTS, IDH_WEIGHTS):
        assert linear_predictor(latents, weights).std() == pytest.approx(1, abs=0.01)


def test_in_large_samples_the_oracle_has_c_index_075_and_auc_080():
    """Found by integration, checked by simulation: 4 x 6,000 persons; standard errors are near 0.003."""
    scores = oracle(PhantomSettings.demo(), n=6000, n_seeds=4)
    assert scores.c_index.mean() == pytest.approx(0.75, abs=0.01)
    assert scores.auc.mean() == pytest.approx(0.80, abs=0.01)


def test_other_targets_are_met_as_well():
    scores = oracle(PhantomSettings(concordance=0.65, auc=0.9), n=6000, n_seeds=2)
    assert scores.c_index.mean() == pytest.approx(0.65, abs=0.015)
    assert scores.auc.mean() == pytest.approx(0.90, abs=0.015)
