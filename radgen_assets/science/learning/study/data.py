"""The patients of a fit: who takes part, who is left out and why, what is missing, and the predictors as a matrix."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from radgen_assets.contracts.errors import BadInput, UsedWrongly
from radgen_assets.contracts.results import Missing
from radgen_assets.contracts.study import FitDeclaration
from radgen_assets.science.learning.nested.design_matrix import (
    CLINICAL,
    DesignMatrix,
    aligned,
    build_design,
    build_design_like,
    is_category,
)
from radgen_assets.science.survival.outcome import Outcome

CENTRE = "centre"
MANY_COLUMNS = 20  # a block with more incomplete columns than this is told in one row
MEDIAN, LEVEL, LEFT_OUT = "median of the training fold", "most frequent level of the training fold", "patient left out"


@dataclass(frozen=True, eq=False)
class ExternalData:
    """A cohort that the model is only tried on; frames and series are indexed by patient key.

    outcome : classification: a series as for training; survival: a frame with time_months and event
    """

    predictors: Mapping[str, pd.DataFrame]
    outcome: pd.Series | pd.DataFrame
    persons: pd.Series
    centre: pd.Series | None = None


@dataclass(frozen=True, eq=False)
class StudyData:
    """The patients that a model can be fitted or tried on, one row each.

    target : (n,) 0/1 for classification, else an Outcome
    design : all predictors; centre_design : one column a centre, when there are two or more
    clinical : the clinical columns as they came, for hazard and odds ratios
    """

    patients: tuple[str, ...]
    persons: NDArray[np.str_]
    target: NDArray[np.int64] | Outcome
    design: DesignMatrix
    centre: NDArray[np.str_] | None
    centre_design: DesignMatrix | None
    clinical: pd.DataFrame
    missing: tuple[Missing, ...]
    excluded: tuple[tuple[str, str], ...]
    warnings: tuple[str, ...]

    @property
    def n_events(self) -> int:
        """Events, or positives."""
        return self.target.n_events if isinstance(self.target, Outcome) else int(self.target.sum())


def gather(
    predictors: Mapping[str, pd.DataFrame],
    block_kinds: Mapping[str, str],
    outcome: pd.Series | pd.DataFrame,
    persons: pd.Series,
    fit: FitDeclaration,
    *,
    centre: pd.Series | None,
    like: StudyData | None = None,
) -> StudyData:
    """Select the patients and code their predictors; `like` = the training data whose columns to use.

    Patients are the index of `outcome`, sorted; those without an outcome, without a person, or without any value of
    a block are left out with the reason.

    Raises
    ------
    UsedWrongly
        A block is absent; the outcome stands among the predictors; no patient remains.
    BadInput
        A patient has two outcomes, or an outcome that cannot be.
    """
    frames = _blocks_of(predictors, block_kinds, fit)
    if not outcome.index.is_unique:
        twice = outcome.index[outcome.index.duplicated()][0]
        raise BadInput("outcome", f"patient {twice}", "two outcomes", "one", "Keep one row a patient.")
    candidates = sorted(str(patient) for patient in outcome.index)
    frames = {block: frame.set_axis(frame.index.map(str), axis=0) for block, frame in frames.items()}
    known = outcome.set_axis(outcome.index.map(str)).loc[candidates]
    who = persons.set_axis(persons.index.map(str)).reindex(candidates)
    reasons = _reasons(known, who, frames, block_kinds, fit)
    patients = [patient for patient in candidates if patient not in reasons]
    if not patients:
        common = max(set(reasons.values()), key=list(reasons.values()).count) if reasons else "there is no outcome"
        raise UsedWrongly(f"fit {fit.name}: none of {len(candidates)} patients remains; most often: {common}.")
    kinds = {block: block_kinds[block] for block in frames}
    design = build_design(frames, kinds, patients) if like is None else build_design_like(like.design, frames, patients)
    centres = _centres(centre, patients)
    target = (
        _survival_target(known.loc[patients]) if fit.kind == "survival" else _class_target(known.loc[patients], fit)
    )
    return StudyData(
        patients=tuple(patients),
        persons=who.loc[patients].astype(str).to_numpy(dtype=str),
        target=target,
        design=design,
        centre=centres,
        centre_design=_centre_design(centres, patients, like),
        clinical=_clinical(frames, kinds, patients),
        missing=_missing_report(known, frames, kinds, candidates, fit),
        excluded=tuple(sorted(reasons.items())),
        warnings=_infinite(design),
    )


def is_positive(values: pd.Series, positive: str) -> NDArray[np.bool_]:
    """Whether each value is the positive one: compared as text, as truth, or as a number ("1" is 1.0 is True)."""
    wanted = positive.strip().casefold()
    return np.array([_same(value, wanted) for value in values], dtype=bool)


def _same(value: object, wanted: str) -> bool:
    text = str(value).strip().casefold()
    if text == wanted:
        return True
    try:
        return float(value) == float(wanted)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        return False


def _blocks_of(
    predictors: Mapping[str, pd.DataFrame], block_kinds: Mapping[str, str], fit: FitDeclaration
) -> dict[str, pd.DataFrame]:
    for block in fit.blocks:
        if block not in predictors or block not in block_kinds:
            raise UsedWrongly(f"fit {fit.name}: block '{block}' has no table; found {', '.join(predictors) or 'none'}.")
        forbidden = {fit.outcome} if fit.kind == "classification" else {"time_months", "event", fit.outcome}
        inside = sorted(forbidden & {str(column) for column in predictors[block].columns})
        if inside:
            raise UsedWrongly(
                f"fit {fit.name}: the outcome '{inside[0]}' stands among the predictors of block '{block}'. Remove it."
            )
    return {block: predictors[block] for block in dict.fromkeys(fit.blocks)}


def _reasons(
    outcome: pd.Series | pd.DataFrame,
    persons: pd.Series,
    frames: Mapping[str, pd.DataFrame],
    kinds: Mapping[str, str],
    fit: FitDeclaration,
) -> dict[str, str]:
    """Why each left-out patient is left out; the first reason that holds."""
    tests: list[tuple[pd.Series, str]] = [(persons.isna(), "no person is declared")]
    if isinstance(outcome, pd.DataFrame):
        for column, what in (("time_months", "survival time"), ("event", "event")):
            tests.append((outcome[column].isna(), f"outcome {fit.outcome}: {what} missing"))
    else:
        tests.append((outcome.isna(), f"outcome {fit.outcome} missing"))
    for block, frame in frames.items():
        known = aligned(frame, list(outcome.index), block)
        if _complete_only(kinds[block], fit):
            tests += [(known[name].isna(), f"{name} missing") for name in frame.columns]
        else:
            tests.append((known.isna().all(axis=1), f"no value of block {block} ({kinds[block]})"))
    reasons: dict[str, str] = {}
    for without, reason in tests:
        for patient in outcome.index[without.to_numpy(dtype=bool)]:
            reasons.setdefault(str(patient), reason)
    return reasons


def _complete_only(kind: str, fit: FitDeclaration) -> bool:
    return kind == CLINICAL and fit.missing == "leave_out"


def _class_target(values: pd.Series | pd.DataFrame, fit: FitDeclaration) -> NDArray[np.int64]:
    if isinstance(values, pd.DataFrame):
        raise UsedWrongly(f"fit {fit.name}: found a table as outcome of a classification, expected one column.")
    target = is_positive(values, fit.positive or "").astype(np.int64)
    if not target.any():
        found = ", ".join(sorted({str(value) for value in values})[:8])
        raise UsedWrongly(f"fit {fit.name}: no patient has {fit.outcome} = '{fit.positive}'; found {found}.")
    return target


def _survival_target(values: pd.Series | pd.DataFrame) -> Outcome:
    if not isinstance(values, pd.DataFrame):
        raise UsedWrongly("survival: found a series as outcome, expected a table with time_months and event.")
    return Outcome(values["time_months"].to_numpy(dtype=float), values["event"].to_numpy(dtype=float))


def _centres(centre: pd.Series | None, patients: Sequence[str]) -> NDArray[np.str_] | None:
    if centre is None:
        return None
    values = centre.set_axis(centre.index.map(str)).reindex(list(patients))
    return values.astype(object).where(values.notna(), "unknown").astype(str).to_numpy(dtype=str)


def _centre_design(
    centres: NDArray[np.str_] | None, patients: Sequence[str], like: StudyData | None
) -> DesignMatrix | None:
    if centres is None:
        return None
    frame = {CENTRE: pd.DataFrame({CENTRE: pd.Categorical(centres)}, index=list(patients))}
    if like is None:
        return build_design(frame, {CENTRE: CLINICAL}, patients) if len(set(centres)) > 1 else None
    if like.centre_design is None or like.centre is None or not set(centres) <= set(like.centre):
        return None  # a centre that the model never saw
    return build_design_like(like.centre_design, frame, patients)


def _clinical(frames: Mapping[str, pd.DataFrame], kinds: Mapping[str, str], patients: Sequence[str]) -> pd.DataFrame:
    parts = [aligned(frame, patients, block) for block, frame in frames.items() if kinds[block] == CLINICAL]
    joined = pd.concat(parts, axis=1) if parts else pd.DataFrame(index=list(patients))
    return joined.loc[:, ~joined.columns.duplicated()]


def _missing_report(
    outcome: pd.Series | pd.DataFrame,
    frames: Mapping[str, pd.DataFrame],
    kinds: Mapping[str, str],
    candidates: Sequence[str],
    fit: FitDeclaration,
) -> tuple[Missing, ...]:
    """What each predictor and the outcome lacked among all candidates, before anything was done about it."""
    n = len(candidates)
    lacking = outcome.isna().any(axis=1) if isinstance(outcome, pd.DataFrame) else outcome.isna()
    rows = [Missing(fit.outcome, int(lacking.sum()), n, LEFT_OUT)]
    for block, frame in frames.items():
        whole = aligned(frame, candidates, block)
        empty = whole.isna().all(axis=1)
        if _complete_only(kinds[block], fit):
            rows += [Missing(str(name), int(whole[name].isna().sum()), n, LEFT_OUT) for name in whole.columns]
            continue
        if kinds[block] != CLINICAL or empty.any():
            rows.append(Missing(f"block {block}", int(empty.sum()), n, LEFT_OUT))
        rows += _missing_columns(whole[~empty], block, kinds[block], n)
    return tuple(rows)


def _missing_columns(frame: pd.DataFrame, block: str, kind: str, n: int) -> list[Missing]:
    counts = frame.isna().sum().to_numpy()
    told = np.arange(len(counts)) if kind == CLINICAL else np.flatnonzero(counts)
    if kind != CLINICAL and len(told) > MANY_COLUMNS:
        worst = int(counts.max())
        return [Missing(f"block {block}: {len(told)} of {len(counts)} columns, at most", worst, n, MEDIAN)]
    handled = [LEVEL if is_category(frame.iloc[:, int(j)]) else MEDIAN for j in told]
    return [
        Missing(str(frame.columns[j]), int(counts[j]), n, how) for j, how in zip(told.tolist(), handled, strict=True)
    ]


def _infinite(design: DesignMatrix) -> tuple[str, ...]:
    if not design.n_infinite:
        return ()
    return (f"{design.n_infinite} infinite predictor values were counted as missing.",)
