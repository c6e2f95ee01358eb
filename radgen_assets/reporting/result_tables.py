"""Tables of a fit's results: models beside one another, with what they were estimated by."""

from __future__ import annotations

from dataclasses import dataclass
from string import ascii_lowercase

from radgen_assets.contracts.results import Estimate, FitResult, Performance
from radgen_assets.reporting.wording import (
    capital,
    main_measure,
    model_name,
    performance_of,
    setting_name,
    settings_of,
    spaced,
    told_in_a_table,
)
from radgen_assets.science.figures.numbers import p_phrase, signed

ESTIMATE_NAMES = {  # in the order of the table; "auc_12" and its like stand behind "uno_c", by time
    "auc": "AUC",
    "balanced_accuracy": "Balanced accuracy",
    "sensitivity": "Sensitivity",
    "specificity": "Specificity",
    "mcc": "MCC",
    "brier": "Brier score",
    "concordance": "Concordance (Harrell)",
    "uno_c": "Concordance (Uno)",
    "auc_": "AUC at {} months",
    "integrated_brier": "Integrated Brier score",
    "integrated_brier_null": "The same of the Kaplan-Meier curve",
    "calibration_slope": "Calibration slope",
    "observed_over_expected": "Deaths observed over expected",
    "log_rank_p": "Log-rank test, high against low risk",
    "hazard_ratio_high_risk": "Hazard ratio, high against low risk",
    "net_reclassification": "Net reclassification (continuous)",
    "net_reclassification_events": "Net reclassification of deaths",
    "net_reclassification_non_events": "Net reclassification of survivors",
    "integrated_discrimination": "Integrated discrimination improvement",
    "optimism": "Optimism: apparent minus out of fold",
}
MODELS = ("full", "baseline", "centre_only")


@dataclass(frozen=True)
class ResultRow:
    """One estimate: a cell a model, the difference full minus baseline where it was tested, and the methods.

    mark : letter under which the method stands below the table
    """

    estimate: str
    cells: tuple[str, ...]
    difference: str
    method: str
    mark: str = ""


@dataclass(frozen=True)
class ResultTable:
    """All estimates of one setting. `models` heads the cells; `counts` says who stands behind them.

    methods : letter and method, in the order of their first row
    """

    setting: str
    counts: str
    models: tuple[str, ...]
    rows: tuple[ResultRow, ...]
    methods: tuple[tuple[str, str], ...] = ()


def result_tables(fit: FitResult) -> tuple[ResultTable, ...]:
    """One table a setting, cross-validation first; models in the order full, baseline, centre only, others."""
    return tuple(_table(fit, setting) for setting in settings_of(fit))


def _table(fit: FitResult, setting: str) -> ResultTable:
    here = [each for each in fit.performances if each.setting == setting]
    known = [model for model in MODELS if any(each.model == model for each in here)]
    models = [*known, *(each.model for each in here if each.model not in MODELS)]
    gains = dict(fit.differences.get(setting, {}))
    if setting in fit.comparison:
        gains[main_measure(fit)] = fit.comparison[setting]
    names = sorted({*(name for each in here for name in each.estimates), *gains}, key=_place)
    names.sort(key=lambda name: name != main_measure(fit))
    rows, marks = [], dict[str, str]()
    for name in names:
        found = [performance_of(fit, model, setting) for model in models]
        estimates = [each.estimates.get(name) if each else None for each in found]
        gain = gains.get(name)
        method = _methods([*estimates, gain])
        rows.append(
            ResultRow(
                estimate=_name(name),
                cells=tuple(told_in_a_table(name, each) if each else "" for each in estimates),
                difference=_difference(gain) if gain else "",
                method=method,
                mark=marks.setdefault(method, ascii_lowercase[len(marks) % 26]) if method else "",
            )
        )
    return ResultTable(
        setting_name(setting),
        _counts(fit, performance_of(fit, models[0], setting)),
        tuple(map(model_name, models)),
        tuple(rows),
        tuple((mark, method) for method, mark in marks.items()),
    )


def _place(name: str) -> tuple[int, float, str]:
    """Where a row stands: as named above, times in order, unknown names last."""
    stem, _, time = name.partition("_")
    if stem == "auc" and time:
        return (list(ESTIMATE_NAMES).index("auc_"), float(time), name)
    known = list(ESTIMATE_NAMES)
    return (known.index(name) if name in known else len(known), 0.0, name)


def _name(name: str) -> str:
    if name.startswith("auc_"):
        return ESTIMATE_NAMES["auc_"].format(name.removeprefix("auc_"))
    return ESTIMATE_NAMES.get(name, capital(spaced(name)))


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


def _counts(fit: FitResult, performance: Performance | None) -> str:
    first = performance.estimates.get(main_measure(fit)) if performance else None
    if first is None:
        return ""
    return f"{first.n} patients, {first.n_events} {fit.positive if fit.kind == 'classification' else 'deaths'}"
