"""What the elastic net minimises besides its penalty: the logistic, the Cox and the squared-error loss.

Each is minus a log likelihood divided by n, as a function of the linear predictor, with its derivatives.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

TINY = 1e-300


class Loss(Protocol):
    """A convex loss of the linear predictor eta (n,), one patient a row."""

    @property
    def largest_gain(self) -> float:
        """By how much the loss can fall from the model without covariates: half the null deviance divided by n."""

    def at(self, eta: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        """Value, and minus its derivative by eta (n,)."""

    def hessian(self, eta: NDArray[np.float64], x: NDArray[np.float64]) -> NDArray[np.float64]:
        """(a, a) second derivative by the coefficients of the columns x (n, a)."""


@dataclass(frozen=True, eq=False)
class LogisticLoss:
    """y : (n,) 0 or 1 as float64."""

    y: NDArray[np.float64]

    @property
    def largest_gain(self) -> float:
        """See Loss; the saturated model has loss 0."""
        rate = self.y.mean()
        return float(-(rate * np.log(rate) + (1 - rate) * np.log(1 - rate)))

    def at(self, eta: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        """See Loss."""
        value = float((np.logaddexp(0.0, eta) - self.y * eta).mean())
        return value, (self.y - _expit(eta)) / len(eta)

    def hessian(self, eta: NDArray[np.float64], x: NDArray[np.float64]) -> NDArray[np.float64]:
        """See Loss."""
        probability = _expit(eta)
        return _square(x * np.sqrt(probability * (1 - probability) / len(eta))[:, None])


@dataclass(frozen=True, eq=False)
class LinearLoss:
    """Half the mean squared error; y : (n,) centred."""

    y: NDArray[np.float64]

    @property
    def largest_gain(self) -> float:
        """See Loss."""
        return float((self.y**2).mean() / 2)

    def at(self, eta: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        """See Loss."""
        residual = self.y - eta
        return float((residual**2).mean() / 2), residual / len(eta)

    def hessian(self, eta: NDArray[np.float64], x: NDArray[np.float64]) -> NDArray[np.float64]:
        """See Loss; does not depend on eta."""
        return _square(x) / len(eta)


@dataclass(frozen=True, eq=False)
class CoxLoss:
    """Breslow's partial likelihood.

    time : (n,) in decreasing order; event : (n,) float64 0 or 1, in the same order
    """

    last: NDArray[np.int64]
    event: NDArray[np.float64]
    ends: NDArray[np.int64]  # last row of each distinct time with a death: the risk set is the rows up to it
    deaths: NDArray[np.float64]  # at those times

    @classmethod
    def of(cls, decreasing: NDArray[np.float64], event: NDArray[np.float64]) -> CoxLoss:
        """From times in decreasing order."""
        last = (np.searchsorted(-decreasing, -decreasing, side="right") - 1).astype(np.int64)
        deaths = np.bincount(last, weights=event, minlength=len(event))
        ends = np.flatnonzero(deaths > 0)
        return cls(last, event, ends, deaths[ends].astype(np.float64))

    @property
    def largest_gain(self) -> float:
        """See Loss; the saturated model has -sum d log d."""
        null = self.at(np.zeros(len(self.event)))[0]
        return null - float((self.deaths * np.log(self.deaths)).sum()) / len(self.event)

    def at(self, eta: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        """See Loss."""
        loglik, gradient, _ = self.derivatives(eta)
        return -loglik / len(eta), gradient / len(eta)

    def derivatives(self, eta: NDArray[np.float64]) -> tuple[float, NDArray[np.float64], NDArray[np.float64]]:
        """Log partial likelihood, its gradient by eta (n,) and the diagonal of minus its second derivative (n,)."""
        risk, total, shift = self._risk_sets(eta)
        loglik = float(self.event @ eta - self.deaths @ (np.log(total) + shift))
        hazard, squared = self._summed(self.deaths / total), self._summed(self.deaths / total**2)
        expected = risk * hazard
        return loglik, self.event - expected, np.maximum(expected - risk**2 * squared, 0.0)

    def hessian(self, eta: NDArray[np.float64], x: NDArray[np.float64]) -> NDArray[np.float64]:
        """See Loss; exact, not its diagonal in eta as glmnet takes it."""
        risk, total, _ = self._risk_sets(eta)
        mean = np.cumsum(risk[:, None] * x, axis=0)[self.ends] * (np.sqrt(self.deaths) / total)[:, None]
        hazard = self._summed(self.deaths / total)
        return (_square(x * np.sqrt(risk * hazard)[:, None]) - _square(mean)) / len(eta)

    def _risk_sets(self, eta: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64], float]:
        shift = float(eta.max())
        risk = np.exp(eta - shift)
        return risk, np.maximum(np.cumsum(risk)[self.ends], TINY), shift

    def _summed(self, jumps: NDArray[np.float64]) -> NDArray[np.float64]:
        """(n,) sum of the jumps that a patient was at risk for: those at its own time and before, at later rows."""
        at = np.zeros(len(self.event))
        at[self.ends] = jumps
        return np.cumsum(at[::-1])[::-1]


def _square(x: NDArray[np.float64]) -> NDArray[np.float64]:
    return x.T @ x  # one array twice: BLAS fills half the matrix only


def _expit(eta: NDArray[np.float64]) -> NDArray[np.float64]:
    return 0.5 * (1.0 + np.tanh(0.5 * eta))
