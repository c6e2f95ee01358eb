"""How dispersion falls with the mean over all genes, and how far genes scatter around that trend."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy.special import chdtri, ndtr, polygamma

SMALLEST = 1e-8  # a dispersion is no less
OUTLIER_SD = 2.0  # a gene so many standard deviations above the trend keeps its own estimate
LEAST_PRIOR_VARIANCE = 0.25
MAD_SCALE = 1.4826
TRIM_OF_MEAN = 0.001
GLM_STEPS, GLM_TOLERANCE = 25, 1e-8
TREND_ROUNDS, TREND_TOLERANCE = 11, 1e-6
BREAKS = np.arange(-20, 21) / 2
Kind = Literal["parametric", "mean", "none"]
Asked = Literal["parametric", "mean"]


@dataclass(frozen=True)
class DispersionTrend:
    """Dispersion at a mean: asymptotic + extra / mean ("mean": a constant; "none": every gene by itself).

    log_spread : variance of log(gene-wise estimate / trend), by the median absolute deviation
    prior_variance : of the log dispersions themselves: what the sampling of the estimates does not explain
    note : why the trend is not parametric; else empty
    """

    kind: Kind
    asymptotic: float
    extra: float
    log_spread: float
    prior_variance: float
    note: str = ""

    def at(self, mean: NDArray[np.float64]) -> NDArray[np.float64]:
        """Dispersion expected at a mean normalised count > 0."""
        return self.asymptotic + self.extra / mean if self.extra else np.full(len(mean), self.asymptotic)


def fit_trend(
    mean: NDArray[np.float64], gene_wise: NDArray[np.float64], residual_df: int, kind: Asked
) -> DispersionTrend:
    """Trend and prior from the genes whose own estimate is clear of its lower bound.

    A parametric trend that does not converge to positive coefficients is replaced by the mean (R falls back to a
    local regression), and the note says so.
    Source: Love et al. 2014, equations 6 to 9; R DESeq2 estimateDispersionsFit, estimateDispersionsPriorVar.
    """
    clear = gene_wise > 100 * SMALLEST
    if not clear.any():
        note = "No gene varies more than a Poisson count: no trend, every dispersion is the gene's own."
        return DispersionTrend("none", 10 * SMALLEST, 0.0, 0.0, LEAST_PRIOR_VARIANCE, note)
    note = ""
    found = parametric_trend(mean[clear], gene_wise[clear]) if kind == "parametric" else None
    if kind == "parametric" and found is None:
        note = "The parametric trend of dispersions did not converge: their trimmed mean stands for it."
    used: Kind = "parametric" if found else "mean"
    asymptotic, extra = found or (_trimmed_mean(gene_wise[gene_wise > 10 * SMALLEST]), 0.0)
    plain = DispersionTrend(used, asymptotic, extra, 0.0, 0.0)
    scatter = (np.log(gene_wise) - np.log(plain.at(mean)))[gene_wise >= 100 * SMALLEST]
    spread = float((MAD_SCALE * np.median(np.abs(scatter - np.median(scatter)))) ** 2)
    return DispersionTrend(used, asymptotic, extra, spread, _prior_variance(scatter, spread, residual_df), note)


def parametric_trend(mean: NDArray[np.float64], dispersion: NDArray[np.float64]) -> tuple[float, float] | None:
    """(asymptotic, extra) of a gamma regression on 1 / mean, repeated without outliers; None when there is none."""
    coefficients = np.array([0.1, 1.0])
    columns = np.column_stack([np.ones(len(mean)), 1 / mean])
    for _ in range(TREND_ROUNDS):
        ratio = dispersion / (columns @ coefficients)
        good = (ratio > 1e-4) & (ratio < 15)
        if not good.any():
            return None
        fitted = _gamma_regression(columns[good], dispersion[good], coefficients)
        if fitted is None or not (fitted[0] > 0).all():
            return None
        before, (coefficients, converged) = coefficients, fitted
        if (np.log(coefficients / before) ** 2).sum() < TREND_TOLERANCE and converged:
            return float(coefficients[0]), float(coefficients[1])
    return None


def _gamma_regression(
    x: NDArray[np.float64], y: NDArray[np.float64], start: NDArray[np.float64]
) -> tuple[NDArray[np.float64], bool] | None:
    """Gamma regression with identity link by reweighted least squares, and whether it converged (as R glm.fit)."""
    coefficients, mean = start, x @ start
    deviance = _gamma_deviance(y, mean)
    for _ in range(GLM_STEPS):
        weighted = x / mean[:, None]
        proposal = np.asarray(np.linalg.lstsq(weighted, y / mean, rcond=None)[0], dtype=np.float64)
        for _ in range(GLM_STEPS):
            if (x @ proposal > 0).all():
                break
            proposal = (proposal + coefficients) / 2
        else:
            return None
        coefficients, mean = proposal, x @ proposal
        reached = _gamma_deviance(y, mean)
        if abs(reached - deviance) / (abs(reached) + 0.1) < GLM_TOLERANCE:
            return coefficients, True
        deviance = reached
    return coefficients, False


def _gamma_deviance(y: NDArray[np.float64], mean: NDArray[np.float64]) -> float:
    return float(-2 * (np.log(y / mean) - (y - mean) / mean).sum())


def _trimmed_mean(values: NDArray[np.float64]) -> float:
    cut = int(len(values) * TRIM_OF_MEAN)
    return float(np.sort(values)[cut : len(values) - cut].mean())


def _prior_variance(scatter: NDArray[np.float64], spread: float, residual_df: int) -> float:
    if residual_df <= 3:
        return max(_closest_variance(scatter, residual_df), LEAST_PRIOR_VARIANCE)
    return max(spread - float(polygamma(1, residual_df / 2)), LEAST_PRIOR_VARIANCE)


def _closest_variance(scatter: NDArray[np.float64], residual_df: int) -> float:
    """Variance of normal noise that, added to log(chi-squared / df), is nearest to the scatter (Kullback-Leibler).

    With so few degrees of freedom the scatter is skewed, and its absolute deviation says little. R draws random
    numbers and smooths; here the probabilities of the bins are computed, so that the result has no noise.
    """
    inside = scatter[(scatter > BREAKS[0]) & (scatter < BREAKS[-1])]
    observed = np.histogram(inside, BREAKS)[0] / max(len(inside), 1) / np.diff(BREAKS)
    quantiles = chdtri(residual_df, (np.arange(4000) + 0.5) / 4000)
    centres = np.log(quantiles) - math.log(residual_df)
    best, variance = np.inf, 0.0
    for trial in np.linspace(0, 8, 200):
        below = ndtr((BREAKS[:, None] - centres) / math.sqrt(max(trial, 1e-6))).mean(axis=1)
        expected = np.diff(below) / (below[-1] - below[0]) / np.diff(BREAKS)
        both = np.concatenate([observed, expected])
        small = max(both[both > 0].min(), 1e-6)
        distance = float((observed * (np.log(observed + small) - np.log(expected + small))).sum())
        if distance < best:
            best, variance = distance, float(trial)
    return variance
