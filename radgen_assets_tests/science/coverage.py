"""Do the 95 % intervals cover the truth? 1,000 simulated cohorts for each interval, and the truth by another way.

python -m radgen_assets_tests.science.coverage     simulates (about a minute) and keeps what came out in coverage.json,
                                                   from which docs/methods.md is printed
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy.special import ndtr

from radgen_assets.science.learning import compare_auc, roc_auc
from radgen_assets.science.survival import (
    Outcome,
    compare_concordance,
    fit_cox,
    harrell_c,
    restricted_mean,
    time_dependent_auc,
    uno_c,
)

KEPT = Path(__file__).parent / "coverage.json"
N_COHORTS = 1000
N_PATIENTS = 200
N_TRUTH = 400_000  # patients of the one cohort that stands for the truth, where no formula gives it
LOG_HAZARD = np.array([0.8, 0.5])  # of the two standard normal factors
TAU, HORIZON = 36.0, 24.0  # months

Interval = tuple[float, float]


@dataclass(frozen=True)
class Coverage:
    """How often the intervals of one estimate held the truth, and how they missed it."""

    estimate: str
    truth: float
    n_cohorts: int
    covered: float
    below: float  # share of intervals that lay wholly below the truth
    above: float


def cohort(seed: int, n: int = N_PATIENTS) -> tuple[Outcome, np.ndarray]:
    """Exponential times that two factors drive, uniform and staggered censoring of about 40 %; (n, 2) factors."""
    random = np.random.default_rng([20261121, seed])
    factors = random.standard_normal((n, 2))
    death = random.exponential(30.0 / np.exp(factors @ LOG_HAZARD))
    censored = random.uniform(6.0, 90.0, n)
    return Outcome(np.minimum(death, censored), death <= censored), factors


def _uncensored(n: int) -> tuple[Outcome, np.ndarray]:
    random = np.random.default_rng([20261121, 10**9])
    factors = random.standard_normal((n, 2))
    return Outcome(random.exponential(30.0 / np.exp(factors @ LOG_HAZARD)), np.ones(n)), factors


def classes(seed: int) -> tuple[np.ndarray, np.ndarray]:
    """200 patients, a third of them positive; two scores, normal in each class, one sharper than the other."""
    random = np.random.default_rng([7, seed])
    positive = np.arange(N_PATIENTS) < N_PATIENTS // 3
    return positive, random.standard_normal((2, N_PATIENTS)) + np.outer([1.2, 0.8], positive)


def simulate() -> tuple[Coverage, ...]:
    """Every estimate in every cohort."""
    censored, factors = cohort(10**9, N_TRUTH)
    score = factors @ LOG_HAZARD
    whole, whole_factors = _uncensored(N_TRUTH)
    whole_score = whole_factors @ LOG_HAZARD
    late = whole.time_months > HORIZON
    binormal = ndtr(np.array([1.2, 0.8]) / np.sqrt(2))
    up_to = Outcome(np.minimum(whole.time_months, TAU), whole.time_months <= TAU)  # pairs whose first death is by tau
    truths = {
        "harrell_c": harrell_c(censored, score).value,  # what censoring makes of it is part of its meaning
        "uno_c": harrell_c(up_to, whole_score).value,
        "compare_concordance": harrell_c(censored, score).value - harrell_c(censored, factors[:, 1]).value,
        "time_dependent_auc": roc_auc(~late, whole_score).value,
        "restricted_mean": float(np.minimum(whole.time_months, TAU).mean()),
        "hazard_ratio": float(np.exp(LOG_HAZARD[0])),
        "roc_auc": float(binormal[0]),
        "compare_auc": float(binormal[0] - binormal[1]),
    }
    found: dict[str, list[Interval]] = {name: [] for name in truths}
    for seed in range(N_COHORTS):
        for name, interval in _intervals(seed):
            found[name].append(interval)
    return tuple(_coverage(name, truths[name], np.array(found[name])) for name in truths)


def _intervals(seed: int) -> Iterator[tuple[str, Interval]]:
    outcome, factors = cohort(seed)
    score = factors @ LOG_HAZARD
    positive, scores = classes(seed)
    over_time = time_dependent_auc(outcome, score, [HORIZON])
    cox = fit_cox(outcome, factors)
    estimates: dict[str, Callable[[], Interval]] = {
        "harrell_c": lambda: _limits(harrell_c(outcome, score)),
        "uno_c": lambda: _limits(uno_c(outcome, score, tau_months=TAU)),
        "compare_concordance": lambda: _limits(compare_concordance(outcome, score, factors[:, 1])),
        "time_dependent_auc": lambda: (float(over_time.low[0]), float(over_time.high[0])),
        "restricted_mean": lambda: _limits(restricted_mean(outcome, TAU)),
        "hazard_ratio": lambda: (float(cox.low[0]), float(cox.high[0])),
        "roc_auc": lambda: _limits(roc_auc(positive, scores[0])),
        "compare_auc": lambda: _limits(compare_auc(positive, scores[0], scores[1])),
    }
    for name, estimate in estimates.items():
        yield name, estimate()


def _limits(estimate: object) -> Interval:
    return float(estimate.low), float(estimate.high)  # type: ignore[attr-defined]


def _coverage(name: str, truth: float, limits: np.ndarray) -> Coverage:
    below, above = limits[:, 1] < truth, limits[:, 0] > truth
    shares = (float(each.mean()) for each in (~(below | above), below, above))
    return Coverage(name, round(float(truth), 4), len(limits), *shares)


def main() -> None:
    """Simulate, keep, print."""
    rows = [vars(each) for each in simulate()]
    KEPT.write_text(json.dumps(rows, indent=1) + "\n", encoding="utf-8")
    for row in rows:
        print(row)


if __name__ == "__main__":
    main()
