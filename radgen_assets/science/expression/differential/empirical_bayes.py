"""Moderated t tests: every gene's variance is shrunken towards what the genes show together."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtr, stdtrit

from radgen_assets.science.expression.differential.linear_models import LinearFits
from radgen_assets.science.expression.differential.settings import NormalisedTestSettings
from radgen_assets.science.expression.differential.variance_prior import VariancePrior, fit_variance_prior
from radgen_assets.science.expression.differential.variance_prior_robust import fit_variance_prior_robustly

Array = NDArray[np.float64]
SHARE_CHANGED = 0.01  # of the genes, assumed by the log odds
LIMITS_OF_CHANGE = (0.1, 4.0)  # standard deviation of log2 fold changes that are not zero


@dataclass(frozen=True, eq=False)
class ModeratedTests:
    """(g,) each: of the estimate, its standard error, t, its degrees of freedom, P, 95 % limits, log odds of change."""

    std_err: Array
    statistic: Array
    degrees_of_freedom: Array
    p: Array
    low: Array
    high: Array
    log_odds: Array
    prior: VariancePrior


def moderate(
    fits: LinearFits, estimate: Array, unscaled: Array, mean: Array, settings: NormalisedTestSettings
) -> ModeratedTests:
    """Test `estimate` = 0 for every gene.

    estimate, unscaled : (g,) and its standard error per unit of residual standard deviation, in the same unit
    mean : (g,) mean expression, for the trend

    Source: Smyth 2004; R limma eBayes(trend, robust) and topTable.
    """
    fit_prior = fit_variance_prior_robustly if settings.robust else fit_variance_prior
    variance = fits.residual_sd**2
    prior = fit_prior(variance, fits.degrees_of_freedom, mean if settings.trend else None)
    std_err = unscaled * np.sqrt(prior.posterior(variance, fits.degrees_of_freedom))
    statistic = estimate / std_err
    pooled = fits.degrees_of_freedom * len(variance)
    degrees = np.minimum(fits.degrees_of_freedom + prior.degrees_of_freedom, pooled)
    margin = std_err * stdtrit(degrees, 0.975)
    return ModeratedTests(
        std_err=std_err,
        statistic=statistic,
        degrees_of_freedom=degrees,
        p=2 * stdtr(degrees, -np.abs(statistic)),
        low=estimate - margin,
        high=estimate + margin,
        log_odds=_log_odds(statistic, unscaled, degrees, prior),
        prior=prior,
    )


def _log_odds(t: Array, unscaled: Array, degrees: Array, prior: VariancePrior) -> Array:
    """Of a change against none (limma's B), if one gene in a hundred changes."""
    limits = np.square(LIMITS_OF_CHANGE) / np.median(prior.variance)
    variance_of_change = _variance_of_change(np.abs(t), unscaled, degrees, limits)
    ratio = 1 + variance_of_change / unscaled**2
    gain = (1 + degrees) / 2 * np.log((t**2 + degrees) / (t**2 / ratio + degrees))
    normal = prior.degrees_of_freedom > 1e6
    gain[normal] = t[normal] ** 2 * (1 - 1 / ratio[normal]) / 2
    return np.log(SHARE_CHANGED / (1 - SHARE_CHANGED)) - np.log(ratio) / 2 + gain


def _variance_of_change(t: Array, unscaled: Array, degrees: Array, limits: Array) -> float:
    """Of the changes that are not zero, from how far the largest t lie beyond those of a t distribution.

    Source: Smyth 2004, section 6.3; R limma tmixture.vector.
    """
    g, most = len(t), degrees.max()
    n_top = int(np.ceil(SHARE_CHANGED / 2 * g))
    share = max(n_top / g, SHARE_CHANGED)
    fewer = degrees < most
    t = t.copy()
    t[fewer] = -stdtrit(most, stdtr(degrees[fewer], -t[fewer]))
    top = np.argsort(-t, kind="stable")[:n_top]
    null = 2 * stdtr(most, -t[top])
    target = ((np.arange(n_top) + 0.5) / g - (1 - share) * null) / share
    found = np.zeros(n_top)
    beyond = target > null
    expected = -stdtrit(most, target[beyond] / 2)
    found[beyond] = unscaled[top][beyond] ** 2 * ((t[top][beyond] / expected) ** 2 - 1)
    return float(np.clip(found, *limits).mean())
