"""Tables of a fit's results: models beside one another, with what they were estimated by."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from radgen_assets.contracts.results import Estimate, FitResult
from radgen_assets.reporting.wording import (
    capital,
    model_name,
    performance_of,
    setting_name,
    settings_of,
    spaced,
    told_in_a_table,
)
from radgen_assets.science.figures.numbers import p_phrase, signed

ESTIMATE_NAMES = {
    "auc": "AUC",
    "balanced_accuracy": "Balanced accuracy",
    "mcc": "MCC",
    "brier": "Brier score",
    "concordance": "Concordance",
    "log_rank_p": "Log-rank test, high against low risk",
    "hazard_ratio_high_risk": "Hazard ratio, high against low risk",
}
MODELS = ("full", "baseline", "centre_only")


@dataclass(frozen=True)
class ResultRow:
    """One estimate: a cell a model, the difference full minus baseline where it was tested, and the methods."""

    estimate: str
    cells: tuple[str, ...]
    difference: str
    method: str


@dataclass(frozen=True)
class ResultTable:
    """All estimates of one setting. `models` heads the cells; `counts` says who stands behind them."""

    setting: str
    counts: str
    models: tuple[str, ...]
    rows: tuple[ResultRow, ...]


def result_tables(fit: FitResult) -> tuple[ResultTable, ...]:
    """One table a setting, cross-validation first; models in the order full, baseline, centre only, others."""
    return tuple(_table(fit, setting) for setting in settings_of(fit))


def _table(fit: FitResult, setting: str) -> ResultTable:
    here = [each for each in fit.performances if each.setting == setting]
    known = [model for model in MODELS if any(each.model == model for each in here)]
    models = [*known, *(each.model for each in here if each.model not in MODELS)]
    names = list(dict.fromkeys(name for each in here for name in each.estimates))
    rows = []
    for index, name in enumerate(names):
        found = [performance_of(fit, model, setting) for model in models]
        estimates = [each.estimates.get(name) if each else None for each in found]
        gain = fit.comparison.get(setting) if index == 0 else None
        rows.append(
            ResultRow(
                estimate=ESTIMATE_NAMES.get(name, capital(spaced(name))),
                cells=tuple(told_in_a_table(name, each) if each else "" for each in estimates),
                difference=_difference(gain) if gain else "",
                method=_methods([*estimates, gain]),
            )
        )
    return ResultTable(
        setting_name(setting), _counts(fit, here[0].estimates), tuple(map(model_name, models)), tuple(rows)
    )


def _difference(gain: Estimate) -> str:
    if gain.value is None:
        return gain.note or "–"
    bounds = (
        f" ({signed(gain.low, 3)} to {signed(gain.high, 3)})" if gain.low is not None and gain.high is not None else ""
    )
    test = f", {p_phrase(gain.p)}" if p_phrase(gain.p) else ""
    return f"{signed(gain.value, 3)}{bounds}{test}"


def _methods(estimates: list[Estimate | None]) -> str:
    return "; ".join(dict.fromkeys(each.method for each in estimates if each and each.method))


def _counts(fit: FitResult, estimates: Mapping[str, Estimate]) -> str:
    first = next(iter(estimates.values()), None)
    if first is None:
        return ""
    return f"{first.n} patients, {first.n_events} {fit.positive if fit.kind == 'classification' else 'deaths'}"
