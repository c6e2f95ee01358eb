"""Numbers of papers beside ours, with what their own intervals say of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from radgen_assets.contracts.results import Estimate, FitResult, HazardRow
from radgen_assets.contracts.study import PublishedNumber, Study
from radgen_assets.reporting.wording import factor_name, fit_title, performance_of
from radgen_assets.science.agreement import audit_auc, audit_hazard_ratio
from radgen_assets.science.figures.numbers import p_phrase, ratio_with_interval, with_interval

PASSES = "Value, interval and P can belong together."
PASSES_WITHOUT_P = "Value and interval can belong together."
NONE_OF_OURS = "–"


@dataclass(frozen=True)
class PublishedRow:
    """One published number: as printed, ours or why there is none, and the findings of its audit."""

    source: str
    what: str
    quantity: str
    told: str
    counts: str
    ours: str
    ours_of: str
    findings: tuple[str, ...]
    passes: bool


def published_rows(study: Study, fits: Sequence[FitResult]) -> tuple[PublishedRow, ...]:
    """A row for each `[[published]]` of the study."""
    return tuple(_row(each, fits) for each in study.published)


def _row(each: PublishedNumber, fits: Sequence[FitResult]) -> PublishedRow:
    findings, passes = _audited(each)
    ours, ours_of = _ours(each, fits)
    stated = f", P {each.p}" if isinstance(each.p, str) else f", P = {each.p:g}" if each.p is not None else ""
    is_ratio = each.quantity == "hazard_ratio"
    return PublishedRow(
        source=each.source,
        what=each.what,
        quantity="Hazard ratio" if is_ratio else "AUC",
        told=f"{each.value} ({each.low} to {each.high}){stated}",
        counts=f"n = {each.n}" if each.n else f"{each.n_positive} + {each.n_negative}" if each.n_positive else "",
        ours=ours,
        ours_of=ours_of,
        findings=findings,
        passes=passes,
    )


def _audited(each: PublishedNumber) -> tuple[tuple[str, ...], bool]:
    if each.quantity == "auc":
        assert each.n_positive is not None
        assert each.n_negative is not None
        audit = audit_auc(each.value, each.low, each.high, each.n_positive, each.n_negative)
        return audit.findings or (PASSES_WITHOUT_P,), audit.passes
    ratio = audit_hazard_ratio(each.value, each.low, each.high, each.p, each.n)
    return ratio.findings or (PASSES if each.p is not None else PASSES_WITHOUT_P,), ratio.passes


def _ours(each: PublishedNumber, fits: Sequence[FitResult]) -> tuple[str, str]:
    fit = next((fit for fit in fits if fit.fit == each.fit), None)
    if fit is None:
        return NONE_OF_OURS, ""
    if each.quantity == "auc":
        full = performance_of(fit, "full")
        estimate = full.estimates.get("auc") if full else None
        return (with_interval(estimate) if estimate else NONE_OF_OURS), f"{fit_title(fit)}, full model, out of fold"
    for rows, how in ((fit.adjusted, "adjusted"), (fit.unadjusted, "unadjusted")):
        for row in (*rows, *(_the_other_way_round(row) for row in rows)):
            if row.term == each.term and each.level in (None, row.level):
                return _told(row.ratio), f"{factor_name(row.term)} {row.level}, {how}"
    return NONE_OF_OURS, f"no {each.term} {each.level or ''}".strip()


def _the_other_way_round(row: HazardRow) -> HazardRow:
    """ "female against male" as "male against female": which level is the reference differs between papers."""
    level, against, reference = row.level.partition(" against ")
    old = row.ratio
    if not against or old.value is None:
        return row
    turned = replace(
        old,
        value=1 / old.value,
        low=1 / old.high if old.high is not None else None,
        high=1 / old.low if old.low is not None else None,
    )
    return HazardRow(row.term, f"{reference} against {level}", turned)


def _told(estimate: Estimate) -> str:
    if estimate.value is None:
        return estimate.note or NONE_OF_OURS
    test = f", {p_phrase(estimate.p)}" if estimate.p is not None else ""
    return f"{ratio_with_interval(estimate)}{test}"
