"""How strongly outcomes depend on the latent variables: slopes that give the oracle its C-index and AUC.

Both are found by numerical integration over a standard normal linear predictor, not by simulation, so that they are
exact and quick; the tests check them by simulation.
"""

from __future__ import annotations

from functools import lru_cache
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq
from scipy.special import expit
from scipy.stats import norm

LATENTS = ("image_aggressiveness", "expression_aggressiveness", "image_wildtype", "expression_wildtype", "age")
IMAGE_EXPRESSION_CORRELATION = 0.5  # of aggressiveness, and of wildtype, as seen in the image and in expression
SURVIVAL_WEIGHTS = MappingProxyType(dict(zip(LATENTS, (0.50, 0.50, 0.20, 0.20, 0.35), strict=True)))
IDH_WEIGHTS = MappingProxyType(dict(zip(LATENTS, (0.0, 0.0, 0.60, 0.60, 0.30), strict=True)))

WEIBULL_SHAPE = 1.2  # hazard rises a little with time
MEDIAN_MONTHS = 20.0  # survival at a linear predictor of 0
CENSORED_FROM_MONTHS, CENSORED_TO_MONTHS = 6.0, 66.0  # the last contact is uniform between them
CONFOUNDED_LOG_HAZARD = 0.9  # variant "confounded": of one scanner against the mean of both

_N_NODES = 101  # of the linear predictor, between -5 and 5 standard deviations
_N_TIMES = 240


def latent_covariance() -> NDArray[np.float64]:
    """(5, 5) covariance of `LATENTS`: unit variances; image and expression see the same trait with correlation 0.5."""
    covariance = np.eye(len(LATENTS))
    covariance[0, 1] = covariance[1, 0] = covariance[2, 3] = covariance[3, 2] = IMAGE_EXPRESSION_CORRELATION
    return covariance


def linear_predictor(latents: NDArray[np.float64], weights: MappingProxyType[str, float]) -> NDArray[np.float64]:
    """(n,) predictor with variance 1 in the population, from (n, 5) latents in the order of `LATENTS`."""
    coefficients = np.array([weights[name] for name in LATENTS])
    return latents @ coefficients / np.sqrt(coefficients @ latent_covariance() @ coefficients)


@lru_cache(maxsize=16)
def survival_slope(concordance: float) -> float:
    """Log hazard a unit of the linear predictor, such that its C-index (Harrell, with our censoring) is as asked."""
    return float(brentq(lambda slope: expected_concordance(slope) - concordance, 0.0, 6.0, xtol=1e-6))


@lru_cache(maxsize=16)
def idh_slope(auc: float) -> float:
    """Log odds of IDH wildtype a unit of the linear predictor, such that its AUC is as asked."""
    return float(brentq(lambda slope: expected_auc(slope) - auc, 0.0, 20.0, xtol=1e-6))


def expected_concordance(slope: float) -> float:
    """Harrell's C of a standard normal linear predictor in an infinite population.

    A pair counts where the earlier observed time is a death: for persons i, j with hazards l_i h0, l_j h0 and the
    share G(t) still in contact, person i dies first and seen with density l_i h0 exp(-(l_i + l_j) H0) G^2.
    """
    nodes, mass = _nodes()
    hazard = np.exp(slope * nodes)
    dies_first = hazard[:, None] * _share_before_censoring(hazard[:, None] + hazard[None, :])
    comparable = mass[:, None] * mass[None, :] * dies_first
    right_order = (nodes[:, None] > nodes[None, :]) + 0.5 * (nodes[:, None] == nodes[None, :])
    return float((comparable * right_order).sum() / comparable.sum())


def expected_auc(slope: float) -> float:
    """AUC of a standard normal linear predictor in an infinite population."""
    nodes, mass = _nodes()
    positive, negative = mass * expit(slope * nodes), mass * expit(-slope * nodes)
    right_order = (nodes[:, None] > nodes[None, :]) + 0.5 * (nodes[:, None] == nodes[None, :])
    return float((positive[:, None] * negative[None, :] * right_order).sum() / positive.sum() / negative.sum())


def survival_months(log_hazard: NDArray[np.float64], uniform: NDArray[np.float64]) -> NDArray[np.float64]:
    """(n,) Weibull times by inversion of the survival function at `uniform` (n,)."""
    cumulative = -np.log(uniform) / np.exp(log_hazard)
    return MEDIAN_MONTHS * (cumulative / np.log(2)) ** (1 / WEIBULL_SHAPE)


def _nodes() -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    nodes = np.linspace(-5, 5, _N_NODES)
    mass = norm.pdf(nodes)
    return nodes, mass / mass.sum()


def _share_before_censoring(total_hazard: NDArray[np.float64]) -> NDArray[np.float64]:
    """Integral of h0 exp(-total_hazard H0) G^2 over time, by the midpoint rule in s = H0^(1/3).

    The cube root spreads the nodes over early times, where large hazards spend themselves.
    """
    end = np.log(2) * (CENSORED_TO_MONTHS / MEDIAN_MONTHS) ** WEIBULL_SHAPE
    edges = np.linspace(0, end ** (1 / 3), _N_TIMES + 1)
    middle, width = (edges[1:] + edges[:-1]) / 2, edges[1] - edges[0]
    cumulative, step = middle**3, 3 * middle**2 * width
    months = MEDIAN_MONTHS * (cumulative / np.log(2)) ** (1 / WEIBULL_SHAPE)
    in_contact = np.clip((CENSORED_TO_MONTHS - months) / (CENSORED_TO_MONTHS - CENSORED_FROM_MONTHS), 0, 1)
    integral = np.zeros_like(total_hazard)
    for each, weight in zip(cumulative, step * in_contact**2, strict=True):
        integral += weight * np.exp(-total_hazard * each)
    return integral
