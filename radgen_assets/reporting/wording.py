"""Sentences about a fit that say no more than its numbers do; every number in them comes from the FitResult.

The rules, in the order in which they are asked:

1. an estimate without a value is told with its reason;
2. an interval that includes 0.5 is "no better than chance cannot be excluded"; one below 0.5 is "the wrong way round";
3. the full model is "better" or "worse" than the baseline only if the interval of the paired difference excludes 0;
   otherwise "no gain is shown", with what the interval leaves room for;
4. a centre that predicts the outcome, or does as well as the full model, is named before the model is believed;
5. fewer than 100 persons on the rarer side are named (Vergouwe et al. 2005, J Clin Epidemiol 58:475).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from radgen_assets.contracts.results import Estimate, FitResult, Performance
from radgen_assets.science.figures.numbers import interval, p_phrase, plain, ratio_with_interval, signed, with_interval

CHANCE = 0.5
ENOUGH_EVENTS = 100
DOUBTFUL = 0.05  # P of a test of proportional hazards below which a hazard ratio is told as an average
HOME = "cross_validated"
CI_95 = "95\u00a0% CI"  # the number and its sign stay on one line

Tone = Literal["good", "neutral", "weak"]
ABBREVIATIONS = {"idh", "mgmt", "tert", "atrx", "tp53", "egfr", "cdkn2a", "kps", "auc", "mcc"}
NAMES = {"age_years": "age", "codeletion_1p19q": "1p/19q codeletion", "egfr_status": "EGFR amplification"}
MODEL_NAMES = {"full": "Full model", "baseline": "Clinical baseline", "centre_only": "Centre only"}


@dataclass(frozen=True)
class Statement:
    """A sentence or two, and whether they speak for the model, against it or neither."""

    text: str
    tone: Tone = "neutral"


def main_measure(fit: FitResult) -> str:
    """Name of the estimate that a fit is judged by."""
    return "auc" if fit.kind == "classification" else "concordance"


def measure_name(fit: FitResult) -> str:
    """The same, in words."""
    return "AUC" if fit.kind == "classification" else "concordance"


def spaced(name: str) -> str:
    """A column's or outcome's name in words: underscores become blanks, known abbreviations capitals."""
    if name in NAMES:
        return NAMES[name]
    words = name.replace("_", " ").split()
    return " ".join(word.upper() if word in ABBREVIATIONS else word for word in words)


def capital(text: str) -> str:
    """The text with its first letter as a capital."""
    return text[:1].upper() + text[1:]


UNITS = {"years": "years", "months": "months", "mm": "mm", "mm2": "mm²", "mm3": "mm³"}


def variable_name(column: str) -> str:
    """A column's name for a table: in words, with the unit that its last part states in brackets."""
    stem, _, last = column.rpartition("_")
    return f"{capital(spaced(stem))} ({UNITS[last]})" if stem and last in UNITS else capital(spaced(column))


def factor_name(column: str) -> str:
    """A clinical factor's name beside its level ("per 10 years", "male against female"): in words, without the unit."""
    stem, _, last = column.rpartition("_")
    return capital(spaced(stem if stem and last in UNITS else column))


def fit_title(fit: FitResult) -> str:
    """Heading of a fit: its outcome, what counts as positive, and its own name where that is another."""
    title = capital(spaced(fit.outcome)) + (f": {fit.positive} or not" if fit.positive else "")
    return title if fit.fit == fit.outcome else f"{title} ({spaced(fit.fit)})"


def setting_name(setting: str) -> str:
    """Heading of a setting: where the patients come from, in relation to the model."""
    if setting == HOME:
        return "Cross-validated in the training cohorts"
    role, _, cohort = setting.partition(": ")
    return f"{capital(spaced(role))} cohort {cohort}" if cohort else capital(spaced(setting))


def model_name(model: str) -> str:
    """A model's name in words."""
    return MODEL_NAMES.get(model, capital(spaced(model)))


def performance_of(fit: FitResult, model: str, setting: str = HOME) -> Performance | None:
    """One model's performance in one setting; None where there is none."""
    return next((each for each in fit.performances if each.model == model and each.setting == setting), None)


def settings_of(fit: FitResult) -> tuple[str, ...]:
    """Settings in the order in which they were recorded, cross-validation first."""
    found = dict.fromkeys(each.setting for each in fit.performances)
    return tuple(sorted(found, key=lambda name: name != HOME))


def verdict(fit: FitResult) -> Statement:
    """Two to eight words about the full model in cross-validation, for the top of the page."""
    full = performance_of(fit, "full")
    estimate = full.estimates.get(main_measure(fit)) if full else None
    if estimate is None or estimate.value is None:
        return Statement("Not estimated", "weak")
    if estimate.low is None or estimate.high is None:
        return Statement(
            "Not told apart from chance" if estimate.value <= CHANCE else "Known without an interval", "weak"
        )
    if estimate.high < CHANCE:
        return Statement("Orders patients the wrong way round", "weak")
    if estimate.low <= CHANCE:
        return Statement("Not told apart from chance", "weak")
    gain = fit.comparison.get(HOME)
    if gain is None or gain.low is None or gain.high is None:
        return Statement("Better than chance; not compared with the clinical baseline", "neutral")
    if gain.low > 0:
        held = _held_outside(fit)
        if held is False:
            return Statement("Better than the clinical baseline at home, not shown elsewhere", "neutral")
        return Statement("Better than the clinical baseline", "good")
    if gain.high < 0:
        return Statement("Worse than the clinical baseline", "weak")
    return Statement("No gain over the clinical baseline shown", "weak")


def _held_outside(fit: FitResult) -> bool | None:
    """Whether the gain over the baseline is shown in every other setting; None without another setting."""
    others = [each for setting, each in fit.comparison.items() if setting != HOME]
    return all(each.low is not None and each.low > 0 for each in others) if others else None


def paragraphs(fit: FitResult) -> tuple[tuple[Statement, ...], ...]:
    """All that the summary says about a fit, in reading order: one paragraph a setting, then what bears on all."""
    said: list[tuple[Statement | None, ...]] = [
        (discrimination(fit, setting), comparison(fit, setting)) for setting in settings_of(fit)
    ]
    said += [(centre(fit), usefulness(fit), events(fit))]
    kept = [tuple(each for each in paragraph if each is not None) for paragraph in said]
    return tuple(paragraph for paragraph in kept if paragraph)


def discrimination(fit: FitResult, setting: str = HOME) -> Statement | None:
    """How well the full model orders patients it has not seen."""
    full = performance_of(fit, "full", setting)
    if full is None:
        return None
    estimate = full.estimates.get(main_measure(fit))
    where = (
        "in patients it had not seen (cross-validation)" if setting == HOME else f"in the {_low(setting_name(setting))}"
    )
    if estimate is None or estimate.value is None:
        reason = f": {estimate.note}" if estimate and estimate.note else ""
        return Statement(f"The full model's {measure_name(fit)} could not be estimated {where}{reason}.", "weak")
    told = (
        f"The full model reaches {_article(fit)} {measure_name(fit)} of {_estimate(estimate)} {where}; "
        f"{_counts(fit, estimate)}."
    )
    if estimate.low is None or estimate.high is None:
        return Statement(told, "weak")
    if estimate.high < CHANCE:
        return Statement(
            f"{told} The whole interval lies below 0.5: it orders these patients the wrong way round.", "weak"
        )
    if estimate.low <= CHANCE:
        return Statement(
            f"{told} The interval includes 0.5: that it is no better than chance cannot be excluded.", "weak"
        )
    return Statement(told)


def comparison(fit: FitResult, setting: str = HOME) -> Statement | None:
    """The full model against the clinical baseline, on the same patients."""
    baseline = performance_of(fit, "baseline", setting)
    gain = fit.comparison.get(setting)
    if baseline is None or gain is None:
        return None
    base = baseline.estimates.get(main_measure(fit))
    beside = "the clinical baseline alone"
    if base is not None and base.value is not None:
        beside = f"{beside} ({_estimate(base, mark=', ')})"
    if gain.value is None:
        reason = f": {gain.note}" if gain.note else ""
        return Statement(f"It could not be compared with {beside}{reason}.", "weak")
    test = f"; {p_phrase(gain.p)}" if p_phrase(gain.p) else ""
    difference = f"difference {signed(gain.value, 3)} ({CI_95} {_signed_interval(gain)}{test})"
    if gain.low is None or gain.high is None:
        reason = f": {gain.note}" if gain.note else ""
        return Statement(f"It differs from {beside} by {signed(gain.value, 3)}, without an interval{reason}.", "weak")
    if gain.low > 0:
        return Statement(f"It is better than {beside}: {difference}.", "good")
    if gain.high < 0:
        return Statement(f"It is worse than {beside}: {difference}.", "weak")
    return Statement(f"No gain over {beside} is shown: {difference}, {_room(gain)}.", "weak")


def centre(fit: FitResult) -> Statement | None:
    """What the centre alone would tell, where it was asked."""
    alone = performance_of(fit, "centre_only")
    full = performance_of(fit, "full")
    if alone is None:
        return None
    measure = main_measure(fit)
    estimate = alone.estimates.get(measure)
    if estimate is None or estimate.value is None:
        return None
    told = f"A model that knows only the centre reaches {_estimate(estimate)}"
    best = full.estimates.get(measure) if full else None
    if best is not None and best.value is not None and estimate.value >= best.value:
        return Statement(f"{told}, no less than the full model: what the full model tells may be the centre.", "weak")
    if estimate.low is not None and estimate.low > CHANCE:
        tied = "centre and outcome are tied, and part of what the full model tells may be the centre"
        return Statement(f"{told}, better than chance: {tied}.", "weak")
    return Statement(f"{told}: the centre alone is not shown to tell the outcome.")


def usefulness(fit: FitResult) -> Statement | None:
    """Whether predicted probabilities are closer to the truth than the prevalence, given to everyone, would be."""
    full = performance_of(fit, "full")
    if full is not None and fit.kind == "survival":
        return _usefulness_over_time(full)
    if full is None or not full.predictions.outcome:
        return None
    brier = full.estimates.get("brier")
    if brier is None or brier.value is None:
        return None
    prevalence = sum(full.predictions.outcome) / len(full.predictions.outcome)
    constant = prevalence * (1 - prevalence)
    beside = f"{plain(constant, 3)} for giving everyone the prevalence of {plain(prevalence)}"
    told = (
        f"The full model's probabilities have a Brier score of {_estimate(brier, 3)}, beside {beside} (lower is better)"
    )
    if brier.value >= constant:
        return Statement(f"{told}: they are no closer to the truth.", "weak")
    if brier.high is not None and brier.high < constant:
        return Statement(f"{told}: they are closer to the truth.", "good")
    return Statement(f"{told}; the interval includes that value.")


def _usefulness_over_time(full: Performance) -> Statement | None:
    score, null = full.estimates.get("integrated_brier"), full.estimates.get("integrated_brier_null")
    if score is None or null is None or score.value is None or null.value is None:
        return None
    told = (
        f"The full model's survival curves have an integrated Brier score of {_estimate(score, 3)}, beside "
        f"{plain(null.value, 3)} for giving everyone the same Kaplan-Meier curve (lower is better)"
    )
    if score.value >= null.value:
        return Statement(f"{told}: they are no closer to the truth.", "weak")
    if score.high is not None and score.high < null.value:
        return Statement(f"{told}: they are closer to the truth.", "good")
    return Statement(f"{told}; the interval includes that value.")


def how_measured(fit: FitResult) -> str:
    """What stands behind the numbers of the first setting."""
    folds, repeats = fit.settings.get("outer_folds"), fit.settings.get("repeats")
    if not folds:
        return "Every number of this part is from predictions of patients that the model had not seen."
    dealt = f", dealt {repeats} times; values are means over the deals" if repeats and repeats > 1 else ", dealt once"
    inside = "factors are" if fit.settings.get("model") == "cox" else "scaling, screening, imputation and penalty are"
    if fit.settings.get("model") == "cox" and fit.settings.get("selection", "none") == "none":
        inside = "the coefficients are"
    return (
        f"Every number and figure of this part is from out-of-fold predictions: nested cross-validation with {folds} "
        f"outer folds{dealt}. In every fold {inside} learnt anew from the other folds."
    )


def proportional_hazards(fit: FitResult) -> str:
    """What the test of proportional hazards means for the hazard ratios above it; empty without a test."""
    if not fit.proportional_hazards:
        return ""
    whole = next(row for row in fit.proportional_hazards if row.term == "GLOBAL")
    doubtful = [row for row in fit.proportional_hazards if row.p < DOUBTFUL and row.term != "GLOBAL"]
    if not doubtful and whole.p >= DOUBTFUL:
        return f"No change of the hazard ratios over time is shown (GLOBAL {p_phrase(whole.p)})."
    if not doubtful:
        return f"Together the factors' effects change over time (GLOBAL {p_phrase(whole.p)}), no single one clearly."
    named = ", ".join(f"{spaced(row.term.removesuffix('_years'))} ({p_phrase(row.p)})" for row in doubtful)
    return (
        f"The effect of {named} changes over time: read its hazard ratio as an average over the follow-up "
        f"(GLOBAL {p_phrase(whole.p)})."
    )


def events(fit: FitResult) -> Statement | None:
    """A warning where few persons stand behind the rarer outcome."""
    if fit.kind == "classification":
        rarer, what = min(fit.n_events, fit.n - fit.n_events), "patients with the rarer outcome"
    else:
        rarer, what = fit.n_events, "deaths"
    if rarer >= ENOUGH_EVENTS:
        return None
    unsteady = f"with fewer than {ENOUGH_EVENTS}, estimates and the choice of features are unsteady"
    return Statement(f"All of this rests on {rarer} {what}; {unsteady}.", "weak")


def completeness(fit: FitResult) -> str:
    """How many of the columns that a fit reads are complete."""
    if not fit.missing:
        return "Missing values were not recorded for this fit."
    complete = sum(row.n_missing == 0 for row in fit.missing)
    return f"{fit_title(fit)}: {complete} of {len(fit.missing)} columns complete."


def _counts(fit: FitResult, estimate: Estimate) -> str:
    what = str(fit.positive) if fit.kind == "classification" else "deaths"
    return f"{estimate.n} patients, {estimate.n_events} {what}"


def _article(fit: FitResult) -> str:
    return "an" if fit.kind == "classification" else "a"


def _low(text: str) -> str:
    return text[:1].lower() + text[1:]


def _estimate(estimate: Estimate, decimals: int = 2, mark: str = "") -> str:
    """A value and its interval; set off by `mark`, or by brackets."""
    bounds = estimate.low is not None and estimate.high is not None
    if any(end is not None and plain(end) == "0.50" for end in (estimate.low, estimate.high)):
        decimals = 3  # on which side of chance a limit lies must be seen
    told = f"{CI_95} {interval(estimate, decimals)}" if bounds else "no interval"
    return f"{plain(estimate.value, decimals)}" + (f"{mark}{told}" if mark else f" ({told})")


def _signed_interval(estimate: Estimate) -> str:
    return f"{signed(estimate.low, 3)} to {signed(estimate.high, 3)}"


def _room(gain: Estimate) -> str:
    loss, more = plain(abs(gain.low or 0), 3), plain(abs(gain.high or 0), 3)
    return f"which leaves room for anything from a loss of {loss} to a gain of {more}"


def told_in_a_table(name: str, estimate: Estimate) -> str:
    """An estimate as a table's cell: P values as such, three decimals for Brier, the reason where there is no value."""
    if estimate.value is None:
        return f"– ({estimate.note})" if estimate.note else "–"
    if name.endswith("_p"):
        return p_phrase(estimate.value)
    if name == "optimism":
        return signed(estimate.value, 3) + (f" ({estimate.note})" if estimate.note else "")
    if "ratio" in name.split("_"):
        return ratio_with_interval(estimate)
    decimals = 3 if "brier" in name.split("_") else 2
    if estimate.low is None and not estimate.note:
        return plain(estimate.value, decimals)
    return with_interval(estimate, decimals)
