"""What the best possible model reaches on samples of the phantom's size: the yardstick of "recovered"."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import rankdata
from scipy.stats import t as student_t

from radgen_assets.contracts.errors import UsedWrongly
from radgen_assets.science.phantom.population import draw_population
from radgen_assets.science.phantom.settings import PhantomSettings
from radgen_assets.science.survival.discrimination.concordance import harrell_c
from radgen_assets.science.survival.outcome import Outcome


@dataclass(frozen=True, eq=False)
class OracleScores:
    """C-index and AUC of the true linear predictors, one value a seed.

    c_index_interval, auc_interval : where one further sample of n persons lies with 95 % probability (Student's
        prediction interval over the seeds; its width is the sampling error of n persons, not that of the mean)
    """

    n: int
    c_index: NDArray[np.float64]
    auc: NDArray[np.float64]
    c_index_interval: tuple[float, float]
    auc_interval: tuple[float, float]

    def recovers_c_index(self, estimate: float) -> bool:
        """Whether an estimate from n persons lies within the oracle's interval."""
        return self.c_index_interval[0] <= estimate <= self.c_index_interval[1]

    def recovers_auc(self, estimate: float) -> bool:
        """Whether an estimate from n persons lies within the oracle's interval."""
        return self.auc_interval[0] <= estimate <= self.auc_interval[1]


def oracle(
    settings: PhantomSettings, *, n: int | None = None, n_seeds: int = 20, cohort: str = "training_site"
) -> OracleScores:
    """Score the true linear predictors on `n_seeds` populations with the seeds that follow `settings.seed`.

    Parameters
    ----------
    n : int, optional
        Persons in each population; default: the size of `cohort`.

    Raises
    ------
    UsedWrongly
        For fewer than two seeds, and for populations too small to hold both IDH states.
    """
    if n_seeds < 2:
        raise UsedWrongly(f"oracle: found {n_seeds} seeds, expected two or more: one has no spread.")
    n = getattr(settings.patients, cohort) if n is None else n
    c_index, auc = np.empty(n_seeds), np.empty(n_seeds)
    for index in range(n_seeds):
        persons = draw_population(settings.model_copy(update={"seed": settings.seed + index}), cohort, n=n)
        outcome = Outcome(persons.clinical["time_months"], persons.clinical["event"])
        c_index[index] = harrell_c(outcome, persons.survival_score).value
        auc[index] = _auc((persons.clinical["idh_status"] == "wildtype").to_numpy(), persons.idh_score)
    return OracleScores(n, c_index, auc, _prediction_interval(c_index), _prediction_interval(auc))


def _auc(positive: NDArray[np.bool_], score: NDArray[np.float64]) -> float:
    """Mann-Whitney estimate of the area under the ROC curve."""
    n_positive, n_negative = int(positive.sum()), int((~positive).sum())
    if not n_positive or not n_negative:
        raise UsedWrongly(f"oracle: found {n_positive} wildtype and {n_negative} mutant persons, expected both.")
    rank_sum = rankdata(score)[positive].sum()
    return float((rank_sum - n_positive * (n_positive + 1) / 2) / (n_positive * n_negative))


def _prediction_interval(values: NDArray[np.float64]) -> tuple[float, float]:
    n = len(values)
    reach = student_t.ppf(0.975, n - 1) * values.std(ddof=1) * np.sqrt(1 + 1 / n)
    return max(0.0, float(values.mean() - reach)), min(1.0, float(values.mean() + reach))
