"""The cases of benchmarks/statistics.py: the same work by radgen and by the package that a user would take instead.

A peer that would take hours does a share of the work, and its time is multiplied; the table says so.
"""

from __future__ import annotations

import argparse
import warnings
from typing import Any

import numpy as np
import pandas as pd

from measuring.alone import Measured, alone
from measuring.goals import Report, parser_of

TIME = 24.0  # months: where risks are predicted


def main(description: str | None) -> None:
    """Measure, print the table and the goals."""
    parser = parser_of(description)
    parser.add_argument("--genes", type=int)
    parser.add_argument("--patients", type=int)
    asked = parser.parse_args()
    n = asked.patients or (120 if asked.quick else 660)
    genes = asked.genes or (50 if asked.quick else 20_000)
    report = Report(f"Statistics: {n} patients with heavy ties, one core")
    univariate(report, n, genes, asked)
    penalised(report, n, 40 if asked.quick else 500)
    cut_point(report, n, 50 if asked.quick else 1000)
    bootstraps(report, n, 50 if asked.quick else 1000)
    nested(report, n, asked)
    report.finish(asked)


# -- data ---------------------------------------------------------------------------------------------------------


def cohort(n: int, p: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Whole months up to 60 (at least ten patients at each), 60 % events, (n, p) expression in log2 units."""
    random = np.random.default_rng(20261121)
    x = random.normal(8.0, 2.0, (n, p))
    hazard = np.exp(0.35 * (x[:, :5] - 8.0).sum(axis=1) / 2.0)
    death = random.exponential(30.0 / hazard)
    censored = random.uniform(5.0, 90.0, n)
    time = np.minimum(np.ceil(np.minimum(death, censored)), 60.0)
    return time, (death <= censored) & (death <= 60.0), x


# -- one gene at a time -------------------------------------------------------------------------------------------


def univariate(report: Report, n: int, genes: int, asked: argparse.Namespace) -> None:
    """Cox model of every gene; peers fit a few and their time a gene counts."""
    time, event, x = cohort(n, genes)
    few = 3 if asked.quick else 20
    ours = alone(cox_of_genes, time, event, x, rounds=3, warm_up=(time, event, x[:, :2]))
    report.figure(f"univariate Cox, {genes:,} genes: radgen", ours.seconds, "s")
    report.figure("  peak memory, univariate Cox", ours.peak_mb, "MB")
    ms = 1000 * ours.seconds / genes
    report.figure("  a gene", ms, "ms")
    peers: dict[str, Measured] = {}
    for name, work in (("statsmodels", by_statsmodels), ("scikit-survival", by_sksurv), ("lifelines", by_lifelines)):
        peers[name] = alone(work, time, event, x[:, :few], rounds=1, warm_up=(time, event, x[:, :1]))
        report.figure(f"  a gene by {name}, mean of {few}", 1000 * peers[name].seconds / few, "ms")
    fastest = min(each.seconds for each in peers.values()) / few * 1000
    report.figure("  times faster a gene than the fastest of them", fastest / ms, "")
    differences = {name: float(np.abs(each.result / ours.result[:few] - 1).max()) for name, each in peers.items()}
    for name, difference in differences.items():
        report.figure(f"  largest relative difference of a coefficient from {name}", difference, "")
    report.goal("univariate_cox_200_times_ours_by_fastest", 200 * ms / fastest, 1.0)
    report.goal("univariate_cox_difference_from_statsmodels", differences["statsmodels"], 1e-8)


def cox_of_genes(time: np.ndarray, event: np.ndarray, x: np.ndarray) -> np.ndarray:
    """Coefficients by radgen."""
    from radgen_assets.science.survival import Outcome, univariate_cox

    return univariate_cox(Outcome(time, event), x).coefficient


def by_statsmodels(time: np.ndarray, event: np.ndarray, x: np.ndarray) -> np.ndarray:
    """Coefficients by statsmodels, Efron."""
    from statsmodels.duration.hazard_regression import PHReg

    return np.array([PHReg(time, x[:, [j]], status=event, ties="efron").fit().params[0] for j in range(x.shape[1])])


def by_sksurv(time: np.ndarray, event: np.ndarray, x: np.ndarray) -> np.ndarray:
    """Coefficients by scikit-survival, Efron."""
    from sksurv.linear_model import CoxPHSurvivalAnalysis
    from sksurv.util import Surv

    y = Surv.from_arrays(event, time)
    return np.array([CoxPHSurvivalAnalysis(ties="efron").fit(x[:, [j]], y).coef_[0] for j in range(x.shape[1])])


def by_lifelines(time: np.ndarray, event: np.ndarray, x: np.ndarray) -> np.ndarray:
    """Coefficients by lifelines, as it comes."""
    from lifelines import CoxPHFitter

    fits = (
        CoxPHFitter().fit(pd.DataFrame({"time": time, "event": event, "gene": x[:, j]}), "time", "event")
        for j in range(x.shape[1])
    )
    return np.array([fit.params_.iloc[0] for fit in fits])


# -- a penalised path with its cross-validation -------------------------------------------------------------------


def penalised(report: Report, n: int, p: int) -> None:
    """60 penalties, 10 folds; the peer has no cross-validated deviance, so it fits the eleven paths alone."""
    time, event, x = cohort(n, p)
    folds = np.arange(n) % 10
    ours = alone(lasso, time, event, x, folds, rounds=2, warm_up=(time, event, x[:, :10], folds))
    report.figure(f"LASSO-Cox, {p} features, 60 penalties, 10 folds: radgen", ours.seconds, "s")
    report.figure("  peak memory, LASSO-Cox", ours.peak_mb, "MB")
    peer = alone(coxnet_paths, time, event, x, folds, ours.result)
    report.figure("  the eleven paths alone by scikit-survival's Coxnet", peer.seconds, "s")
    report.goal("lasso_cox_with_deviance_by_coxnet_paths", ours.seconds / peer.seconds, 1.0)


def lasso(time: np.ndarray, event: np.ndarray, x: np.ndarray, folds: np.ndarray) -> np.ndarray:
    """The path's penalties."""
    from radgen_assets.science.survival import Outcome, fit_lasso_cox

    return fit_lasso_cox(Outcome(time, event), x, folds=folds).lambdas


def coxnet_paths(time: np.ndarray, event: np.ndarray, x: np.ndarray, folds: np.ndarray, lambdas: np.ndarray) -> None:
    """The path on all patients and on each fold's."""
    from sksurv.linear_model import CoxnetSurvivalAnalysis
    from sksurv.util import Surv

    warnings.simplefilter("ignore")
    x = (x - x.mean(axis=0)) / x.std(axis=0)
    for fold in (-1, *np.unique(folds)):
        rows = folds != fold
        model = CoxnetSurvivalAnalysis(l1_ratio=1.0, alphas=lambdas)
        model.fit(x[rows], Surv.from_arrays(event[rows], time[rows]))


# -- a searched cut-point -----------------------------------------------------------------------------------------


def cut_point(report: Report, n: int, permutations: int) -> None:
    """Permutation P of the largest statistic; the peer's loop is timed for one permutation of ten cuts."""
    time, event, x = cohort(n, 5)
    marker = x.sum(axis=1)
    ours = alone(searched_cut, time, event, marker, permutations, rounds=3, warm_up=(time, event, marker, 2))
    report.figure(f"cut-point, {permutations:,} permutations: radgen", ours.seconds, "s")
    report.figure("  peak memory, cut-point", ours.peak_mb, "MB")
    peer = alone(logrank_at_cuts, time, event, marker, 10, warm_up=(time, event, marker, 1))
    loop = peer.seconds / 10 * 0.8 * n * permutations
    report.figure("  a loop of lifelines' log-rank over all cuts (extrapolated from 10)", loop, "s")
    report.goal("cut_point_permutation_seconds", ours.seconds, 1.0)


def searched_cut(time: np.ndarray, event: np.ndarray, marker: np.ndarray, permutations: int) -> float | None:
    """P by radgen."""
    from radgen_assets.science.survival import Outcome, maximally_selected_cutpoint

    return maximally_selected_cutpoint(Outcome(time, event), marker, n_permutations=permutations, seed=1).p_permutation


def logrank_at_cuts(time: np.ndarray, event: np.ndarray, marker: np.ndarray, cuts: int) -> float:
    """The largest of a few log-rank statistics."""
    from lifelines.statistics import logrank_test

    found = 0.0
    for cut in np.quantile(marker, np.linspace(0.1, 0.9, cuts)):
        high = marker > cut
        found = max(found, logrank_test(time[high], time[~high], event[high], event[~high]).test_statistic)
    return found


# -- bootstrap intervals ------------------------------------------------------------------------------------------


def bootstraps(report: Report, n: int, repeats: int) -> None:
    """Net reclassification, and the interval of a concordance."""
    time, event, x = cohort(n, 5)
    score = x.sum(axis=1) - 40.0
    old, new = (1 / (1 + np.exp(-(scale * score - 0.3))) for scale in (0.1, 0.25))
    ours = alone(reclassified, time, event, old, new, repeats, rounds=2, warm_up=(time, event, old, new, 2))
    report.figure(f"net reclassification, {repeats:,} bootstraps: radgen", ours.seconds, "s")
    report.figure("  peak memory, net reclassification", ours.peak_mb, "MB")
    ours = alone(concordances, time, event, score, repeats, rounds=2, warm_up=(time, event, score, 2))
    report.figure(f"concordance, {repeats:,} bootstraps: radgen", ours.seconds, "s")
    few = 20
    for name, work in (("scikit-survival", by_sksurv_concordance), ("lifelines", by_lifelines_concordance)):
        peer = alone(work, time, event, score, few, warm_up=(time, event, score, 1))
        report.figure(f"  by {name} (extrapolated from {few})", peer.seconds / few * repeats, "s")
        report.goal(
            f"bootstrap_concordance_by_{name.replace('-', '_')}", ours.seconds / peer.seconds * few / repeats, 1.0
        )


def reclassified(time: np.ndarray, event: np.ndarray, old: np.ndarray, new: np.ndarray, repeats: int) -> float:
    """Continuous NRI by radgen."""
    from radgen_assets.science.survival import Outcome, net_reclassification

    return net_reclassification(Outcome(time, event), old, new, TIME, n_bootstraps=repeats, seed=1).total.value


def _drawn(n: int, repeats: int) -> Any:
    random = np.random.default_rng(1)
    return (random.integers(n, size=n) for _ in range(repeats))


def concordances(time: np.ndarray, event: np.ndarray, score: np.ndarray, repeats: int) -> list[float]:
    """Harrell's C of bootstrap samples by radgen."""
    from radgen_assets.science.survival import Outcome, harrell_c

    outcome = Outcome(time, event)
    return [harrell_c(outcome.of(rows), score[rows]).value for rows in _drawn(len(time), repeats)]


def by_sksurv_concordance(time: np.ndarray, event: np.ndarray, score: np.ndarray, repeats: int) -> list[float]:
    """The same by scikit-survival."""
    from sksurv.metrics import concordance_index_censored

    return [concordance_index_censored(event[rows], time[rows], score[rows])[0] for rows in _drawn(len(time), repeats)]


def by_lifelines_concordance(time: np.ndarray, event: np.ndarray, score: np.ndarray, repeats: int) -> list[float]:
    """The same by lifelines."""
    from lifelines.utils import concordance_index

    return [concordance_index(time[rows], -score[rows], event[rows]) for rows in _drawn(len(time), repeats)]


# -- nested cross-validation --------------------------------------------------------------------------------------


def nested(report: Report, n: int, asked: argparse.Namespace) -> None:
    """Five outer, four inner folds; the peer is scikit-learn's grid search over the same penalties."""
    p = 30 if asked.quick else 500
    time, event, x = cohort(n, p)
    ours = alone(nested_cox, time, event, x, rounds=1, warm_up=(time, event, x[:, :10]))
    report.figure(
        f"nested cross-validation of an elastic-net Cox, {p} features, 5 x 4 folds: radgen", ours.seconds, "s"
    )
    report.figure("  peak memory, nested cross-validation", ours.peak_mb, "MB")
    report.figure("  concordance out of fold: radgen", ours.result, "")
    peer = alone(grid_searched, time, event, x, 3 if asked.quick else 20)
    report.figure("  by scikit-learn's grid search over Coxnet, 20 of the 60 penalties", peer.seconds, "s")
    report.figure("  concordance out of fold: grid search", peer.result, "")
    report.goal("nested_cross_validation_by_grid_search", ours.seconds / peer.seconds, 1.0)


def nested_cox(time: np.ndarray, event: np.ndarray, x: np.ndarray) -> float:
    """Harrell's C of the out-of-fold scores by radgen."""
    from radgen_assets.contracts.study import FitDeclaration
    from radgen_assets.science.learning import nested_cross_validation
    from radgen_assets.science.learning.nested.design_matrix import build_design
    from radgen_assets.science.learning.nested.learners import CoxLearner
    from radgen_assets.science.survival import Outcome, harrell_c

    patients = [f"P{number:04d}" for number in range(len(time))]
    frame = pd.DataFrame(x, index=patients, columns=[f"G{number}" for number in range(x.shape[1])])
    design = build_design({"genes": frame}, {"genes": "radiomics"}, patients)
    fit = FitDeclaration(
        name="nested", kind="survival", outcome="overall_survival", baseline="genes", blocks=("genes",),
        outer_folds=5, inner_folds=4, repeats=1, max_features=x.shape[1],
    )  # fmt: skip
    outcome = Outcome(time, event)
    found = nested_cross_validation(design, CoxLearner(outcome), patients, fit)
    return harrell_c(outcome, found.score[0]).value


def grid_searched(time: np.ndarray, event: np.ndarray, x: np.ndarray, penalties: int) -> float:
    """Harrell's C of the out-of-fold scores by scikit-learn and scikit-survival."""
    from sklearn.model_selection import GridSearchCV, StratifiedKFold
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler
    from sksurv.linear_model import CoxnetSurvivalAnalysis
    from sksurv.metrics import concordance_index_censored
    from sksurv.util import Surv

    warnings.simplefilter("ignore")
    y = Surv.from_arrays(event, time)
    standard = (x - x.mean(axis=0)) / x.std(axis=0)
    path = CoxnetSurvivalAnalysis(l1_ratio=0.5, n_alphas=60, alpha_min_ratio=0.05).fit(standard, y).alphas_
    grid = {
        "coxnetsurvivalanalysis__alphas": [[each] for each in path[np.linspace(0, len(path) - 1, penalties, dtype=int)]]
    }
    score = np.zeros(len(time))
    for train, test in StratifiedKFold(5, shuffle=True, random_state=1).split(x, event):
        inner = list(StratifiedKFold(4, shuffle=True, random_state=1).split(x[train], event[train]))
        model = make_pipeline(StandardScaler(), CoxnetSurvivalAnalysis(l1_ratio=0.5))
        search = GridSearchCV(model, grid, cv=inner).fit(x[train], y[train])
        score[test] = search.predict(x[test])
    return float(concordance_index_censored(event, time, score)[0])
