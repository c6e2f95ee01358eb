"""What batch correction over all samples, with the label among its covariates, buys: measured on the phantom.

python -m radgen_assets_tests.science.expression.batch.optimism     prints the tables of docs/expression.md
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy.stats import rankdata, t, ttest_ind

from radgen_assets.contracts.expression import ExpressionMatrix
from radgen_assets.science.expression import CombatSettings, apply_combat, combat_as_published, fit_combat
from radgen_assets_tests.science.expression.batch.planted_sites import Sites, planted_sites

N_DRAWS = 50
N_FOLDS = 5
N_GENES = 50  # that the classifier takes
BALANCES = {"50, 50, 50 %": (0.5, 0.5, 0.5), "20, 50, 80 %": (0.2, 0.5, 0.8), "10, 50, 90 %": (0.1, 0.5, 0.9)}
AS_PUBLISHED = "ComBat as published: all patients at once, label as covariate"
WITHIN = "ComBat as published: apart in each class"
BLIND = "ComBat, all patients at once, label unknown"
IN_FOLDS = "`fit_combat` / `apply_combat` in the folds, label unknown"
WITH_LABEL = "the same, means only, labels of the training folds as covariate"
IN_DESIGN = "values as measured, site in the test's design"
NONE = "values as measured"
Trained = Callable[[np.ndarray], np.ndarray]


class Found(NamedTuple):
    """Means over the draws, of one way at one balance; NaN where a way has no such number.

    auc, auc_site : cross-validated, over all patients and within sites, permuted labels (0.5 is right)
    share : of genes with P < 0.05, permuted labels (0.05 is right)
    real, real_site, real_new : cross-validated, within sites, and in new patients, where labels are real
    """

    auc: float
    auc_site: float
    share: float
    real: float
    real_site: float
    real_new: float


def measure(n_draws: int = N_DRAWS, balances: tuple[str, ...] = tuple(BALANCES)) -> dict[tuple[str, str], Found]:
    """(balance, way) -> what it gives."""
    found = {}
    for balance in balances:
        shares = BALANCES[balance]
        null = [_of_draw(planted_sites(seed, shares, permuted=True), seed) for seed in range(n_draws)]
        real = [_of_draw(planted_sites(seed, shares, permuted=False), seed) for seed in range(n_draws)]
        for way in null[0]:
            nothing = np.mean([each[way] for each in null], axis=0)
            something = np.mean([each[way] for each in real], axis=0)
            found[balance, way] = Found(*nothing[:3], *something[[0, 1, 3]])
    return found


def _of_draw(sites: Sites, seed: int) -> dict[str, tuple[float, float, float, float]]:
    """way -> cross-validated AUC, the same within sites, share of genes with P < 0.05, AUC in new patients."""
    rng = np.random.default_rng([seed, 1])
    training, new = sites.part(sites.training), sites.part(~sites.training)
    case, site = sites.case[sites.training], sites.site[sites.training]
    fold = _folds(rng, site * 2 + case)
    found = {}

    def keep(way: str, score: np.ndarray, share: float, values: np.ndarray, values_new: np.ndarray) -> None:
        by_fold = [_auc(score[fold == number], case[fold == number]) for number in range(N_FOLDS)]
        at_new = _auc(_classifier(values, case)(values_new), sites.case[~sites.training])
        found[way] = (float(np.mean(by_fold)), _auc_within(score, case, site), share, at_new)

    blind = fit_combat(training, sites.batch)
    blind_new = apply_combat(blind, new, sites.batch).values  # who is new has no label
    together = {
        NONE: (training, new.values),
        AS_PUBLISHED: (combat_as_published(training, sites.batch, covariates=sites.label), blind_new),
        WITHIN: (combat_as_published(training, sites.batch, within=sites.label["label"]), blind_new),
        BLIND: (combat_as_published(training, sites.batch), blind_new),
    }
    for way, (matrix, values_new) in together.items():
        score = np.empty(len(case))
        for number in range(N_FOLDS):
            held = fold == number
            score[held] = _classifier(matrix.values[:, ~held], case[~held])(matrix.values[:, held])
        p = ttest_ind(matrix.values[:, case], matrix.values[:, ~case], axis=1).pvalue
        keep(way, score, float((p < 0.05).mean()), matrix.values, values_new)
    for way, label, settings in (
        (IN_FOLDS, None, CombatSettings()),
        (WITH_LABEL, sites.label, CombatSettings(mean_only=True)),
    ):
        score = np.empty(len(case))
        for number in range(N_FOLDS):
            held = fold == number
            score[held] = _score_in_fold(training, sites, case, held, label, settings)
        fit = fit_combat(training, sites.batch, covariates=label, settings=settings)
        values, values_new = (apply_combat(fit, each, sites.batch).values for each in (training, new))
        keep(way, score, np.nan, values, values_new)
    share = float((_p_beside_site(training.values, case, site) < 0.05).mean())
    found[IN_DESIGN] = (np.nan, np.nan, share, np.nan)
    return found


def _folds(rng: np.random.Generator, stratum: np.ndarray) -> np.ndarray:
    fold = np.empty(len(stratum), dtype=int)
    order = rng.permutation(len(stratum))
    fold[order[np.argsort(stratum[order], kind="stable")]] = np.arange(len(stratum)) % N_FOLDS
    return fold


def _classifier(values: np.ndarray, case: np.ndarray) -> Trained:
    """The genes of largest t, weighted as independent normal values would be (diagonal discriminant analysis)."""
    one, other = values[:, case], values[:, ~case]
    difference = one.mean(axis=1) - other.mean(axis=1)
    variances = one.var(axis=1, ddof=1), other.var(axis=1, ddof=1)
    statistic = difference / np.sqrt(variances[0] / case.sum() + variances[1] / (~case).sum())
    taken = np.argsort(-np.abs(statistic))[:N_GENES]
    weights = 2 * difference[taken] / (variances[0] + variances[1])[taken]
    return lambda measured: weights @ measured[taken]


def _score_in_fold(
    training: ExpressionMatrix,
    sites: Sites,
    case: np.ndarray,
    held: np.ndarray,
    label: pd.DataFrame | None,
    settings: CombatSettings,
) -> np.ndarray:
    """Scores of those held out, by batch effects and a classifier learnt from the other folds."""
    place = np.flatnonzero(sites.training)
    rest, those = sites.part(place[~held]), sites.part(place[held])
    fit = fit_combat(rest, sites.batch, covariates=label, settings=settings)
    score = _classifier(apply_combat(fit, rest, sites.batch).values, case[~held])
    return score(apply_combat(fit, those, sites.batch).values)


def _auc(score: np.ndarray, case: np.ndarray) -> float:
    n = int(case.sum())
    return float((rankdata(score)[case].sum() - n * (n + 1) / 2) / (n * (len(case) - n)))


def _auc_within(score: np.ndarray, case: np.ndarray, site: np.ndarray) -> float:
    """Only patients of one site are compared; a site counts by its pairs."""
    pairs = np.array([case[site == each].sum() * (~case[site == each]).sum() for each in range(3)])
    return float(pairs @ [_auc(score[site == each], case[site == each]) for each in range(3)] / pairs.sum())


def _p_beside_site(values: np.ndarray, case: np.ndarray, site: np.ndarray) -> np.ndarray:
    """Ordinary least squares on label and site."""
    design = np.column_stack([np.eye(3)[site], case])
    coefficients = np.linalg.pinv(design) @ values.T
    freedom = len(case) - 4
    variance = ((values.T - design @ coefficients) ** 2).sum(axis=0) / freedom
    std_err = np.sqrt(variance * np.linalg.inv(design.T @ design)[-1, -1])
    return np.asarray(2 * t.sf(np.abs(coefficients[-1]) / std_err, freedom))


def tables(found: dict[tuple[str, str], Found]) -> str:
    """One table a balance."""
    lines = []
    for balance in BALANCES:
        lines += [
            f"Cases at the three sites: **{balance}**",
            "",
            "| | permuted labels: AUC | within sites | genes with P < 0.05 | real labels: AUC | within sites "
            "| new patients |",
            "| --- | ---: | ---: | ---: | ---: | ---: | ---: |",
        ]
        for (of, way), row in found.items():
            if of == balance:
                forms = (".2f", ".2f", ".1%", ".2f", ".2f", ".2f")
                cells = [_printed(number, form) for number, form in zip(row, forms, strict=True)]
                lines.append(f"| {way} | {' | '.join(cells)} |")
        lines.append("")
    return "\n".join(lines).replace("%", " %").replace("  %", " %")


def _printed(number: float, form: str) -> str:
    return "" if np.isnan(number) else format(number, form)


if __name__ == "__main__":
    print(tables(measure()))
