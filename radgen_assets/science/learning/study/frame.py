"""From marts to what a fit learns from: who is in, in which role, predictors, outcome, and who is out and why.

Frames in, frames out; a person is counted once, and every patient that is left out has a reason.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field

import pandas as pd

from radgen_assets.contracts.errors import UsedWrongly
from radgen_assets.contracts.study import (
    Block,
    ClinicalBlock,
    DeepBlock,
    FitDeclaration,
    PathwayBlock,
    RadiomicsBlock,
    Role,
    Study,
)
from radgen_assets.science.learning.study.patients import (
    Marts,
    columns_of,
    each_person_once,
    patients_of_roles,
    those_where,
    why_lacking,
)
from radgen_assets.science.learning.study.stable_features import leave_out_unstable

FITTED_ROLES = (Role.train, Role.tune, Role.internal_validation, Role.external)


@dataclass(frozen=True, eq=False)
class StudyFrame:
    """One fit's data, indexed by patient key.

    people : person, cohort, centre, role
    predictors : block name -> numeric or categorical columns
    outcome : column `outcome` (its value as text), or `time_months` and `event`
    excluded : patient key, reason
    groups : columns by which survival is shown, as text or ordered categories
    notes : what was left out of the predictors, and why
    """

    people: pd.DataFrame
    predictors: Mapping[str, pd.DataFrame]
    outcome: pd.DataFrame
    excluded: tuple[tuple[str, str], ...]
    groups: pd.DataFrame = field(default_factory=pd.DataFrame)
    notes: tuple[str, ...] = ()

    def digest(self) -> str:
        """SHA-256 over everything that a fit can see."""
        digest = hashlib.sha256()
        for frame in (
            self.people,
            self.outcome,
            self.groups,
            *(self.predictors[name] for name in sorted(self.predictors)),
        ):
            digest.update("|".join(map(str, frame.columns)).encode())
            digest.update(
                pd.util.hash_pandas_object(frame.astype(object).where(frame.notna(), None), index=True).values
            )
        digest.update(repr(self.excluded).encode())
        return digest.hexdigest()

    def of_role(self, role: Role) -> pd.Index:
        """Patient keys in one role."""
        return self.people.index[self.people["role"] == role.value]


def assemble(study: Study, fit: FitDeclaration, marts: Marts, *, post_baseline: frozenset[str]) -> StudyFrame:
    """Select patients, roles, predictors and outcome of one fit.

    Parameters
    ----------
    post_baseline : columns that a cohort of the study declares as known only after time zero

    Raises
    ------
    UsedWrongly
        When a person stands in two roles of the study, a cohort is unknown to the marts, a column is not declared by
        any cohort, a block would use post-baseline columns unasked, or an endpoint is not usable at all.
    """
    for name in fit.blocks:
        _refuse_post_baseline(fit, name, study.blocks[name], post_baseline)
    _refuse_groups_known_later(fit, post_baseline)
    people, out = patients_of_roles(study, marts.patients, FITTED_ROLES)
    people, elsewhere = those_where(f"fit {fit.name}", fit.where, marts, people)
    out += elsewhere
    outcome, reasons = _outcome(fit, marts, people)
    out += [(key, reason) for key, reason in reasons.items()]
    people = people.drop(index=list(reasons))
    predictors: dict[str, pd.DataFrame] = {}
    notes: list[str] = []
    for name in fit.blocks:
        frame = _block(study.blocks[name], marts, people)
        block = study.blocks[name]
        if isinstance(block, RadiomicsBlock):
            frame, note = leave_out_unstable(frame, block, marts.feature_stability, _learnt_from(study))
            notes += [f"{name}: {note}"] if note else []
        if isinstance(block, PathwayBlock) and (n := _learnt_together(marts, frame.index)):
            notes.append(_told_or_refused(fit, name, block, n))
        lacking = [key for key in people.index if key not in frame.index]
        out += [
            (key, f"no {name}: {why_lacking(_branch(study.blocks[name]), marts.cohort_flow, key)}") for key in lacking
        ]
        people = people.drop(index=lacking)
        predictors[name] = frame
    people, repeated = each_person_once(study, people)
    out += repeated
    predictors = {name: frame.loc[people.index] for name, frame in predictors.items()}
    groups = columns_of(marts, people, fit.kaplan_meier_by)
    return StudyFrame(people, predictors, outcome.loc[people.index], tuple(sorted(out)), groups, tuple(notes))


def _learnt_together(marts: Marts, index: pd.Index) -> int:
    """How many patients' expression is part of every score of these patients; 0 where each was scored alone."""
    matrix = marts.feature_matrix
    rows = matrix[(matrix["block"] == "pathway_activity") & matrix["patient_key"].isin(index)]
    return int(rows["n_learnt_from"].max()) if len(rows) else 0


def _told_or_refused(fit: FitDeclaration, name: str, block: PathwayBlock, n: int) -> str:
    """What is learnt across persons belongs inside the folds; these scores were made before any fold was dealt."""
    what = f"pathway activity was learnt from {n} patients of the matrix together, the held-out ones among them"
    if block.allow_learnt_together:
        return f"{name}: {what}: performance out of fold may be too good, and a new patient's scores will differ."
    raise UsedWrongly(
        f"Fit {fit.name}: block {name}: {what}. Set settings.pathway_activity.method = 'ssgsea', which scores each "
        f"patient alone, or set blocks.{name}.allow_learnt_together = true and say so."
    )


def _learnt_from(study: Study) -> tuple[str, ...]:
    return (*study.roles[Role.train], *study.roles.get(Role.tune, ()))


def incomplete(study: Study, fit: FitDeclaration, frame: StudyFrame) -> dict[str, str]:
    """Patients that the fit itself will leave out for a missing clinical value, with the reason."""
    reasons: dict[str, str] = {}
    if fit.missing == "leave_out":
        for block in fit.blocks:
            if study.blocks[block].kind == "clinical":
                for name, column in frame.predictors[block].items():
                    for key in column.index[column.isna()]:
                        reasons.setdefault(str(key), f"{name} missing")
    return reasons


def _refuse_post_baseline(fit: FitDeclaration, name: str, block: Block, post_baseline: frozenset[str]) -> None:
    """What came after time zero (treatment) already knows who lived long enough to get it."""
    if not isinstance(block, ClinicalBlock) or block.allow_post_baseline:
        return
    later = [column for column in block.columns if column in post_baseline]
    if later:
        raise UsedWrongly(
            f"Fit {fit.name}: block {name} uses {', '.join(later)}, known only after time zero (post_baseline in the "
            f"cohort's TOML). Leave it out, or set blocks.{name}.allow_post_baseline = true and say so."
        )


def _refuse_groups_known_later(fit: FitDeclaration, post_baseline: frozenset[str]) -> None:
    """Groups that only time makes show how long their members lived until then, not what the group does."""
    for key, columns in (("kaplan_meier_by", fit.kaplan_meier_by), ("where", fit.where)):
        later = [column for column in columns if column in post_baseline]
        if later:
            raise UsedWrongly(
                f"Fit {fit.name}: {key} names {', '.join(later)}, known only after time zero (post_baseline in the "
                "cohort's TOML): whoever died before is in no group or in the worse one. Leave it out."
            )


def _outcome(fit: FitDeclaration, marts: Marts, people: pd.DataFrame) -> tuple[pd.DataFrame, dict[str, str]]:
    if fit.kind == "survival":
        rows = marts.endpoints[marts.endpoints["endpoint"] == fit.outcome].set_index("patient_key")
        rows = rows.reindex(people.index)
        reasons = {
            str(key): _text(row.reason, f"no {fit.outcome}")
            for key, row in zip(rows.index, rows.itertuples(), strict=True)
            if row.usable is not True and row.usable != True  # noqa: E712 - pandas' NA is neither
        }
        usable = rows.drop(index=list(reasons))
        if usable.empty:
            raise UsedWrongly(
                f"Fit {fit.name}: {fit.outcome} is usable for none of {len(people)} patients: "
                f"{next(iter(reasons.values()))}."
            )
        frame = pd.DataFrame(
            {"time_months": usable["time_months"].astype(float), "event": usable["event"].astype(bool)},
            index=usable.index,
        )
        return frame, reasons
    column = columns_of(marts, people, (fit.outcome,))[fit.outcome]
    reasons = {str(key): f"{fit.outcome} is unknown" for key in column.index[column.isna()]}
    known = column.dropna()
    if fit.positive not in set(known.astype(str)):
        raise UsedWrongly(
            f"Fit {fit.name}: no patient has {fit.outcome} = '{fit.positive}'; "
            f"found {', '.join(sorted(set(known.astype(str)))) or 'nothing'}. Correct `positive` in the study's TOML."
        )
    return pd.DataFrame({"outcome": known.astype(str)}, index=known.index), reasons


def _block(block: Block, marts: Marts, people: pd.DataFrame) -> pd.DataFrame:
    if isinstance(block, ClinicalBlock):
        return columns_of(marts, people, block.columns)
    return _features(block, marts.feature_matrix, people.index)


def _features(block: RadiomicsBlock | DeepBlock | PathwayBlock, matrix: pd.DataFrame, index: pd.Index) -> pd.DataFrame:
    rows = matrix[(matrix["block"] == block.kind) & matrix["patient_key"].isin(index)]
    if isinstance(block, RadiomicsBlock):
        parts = rows["feature"].str.split("__", expand=True) if len(rows) else pd.DataFrame(columns=range(5))
        keep = parts[1].isin([region.value for region in block.regions]) & parts[2].map(
            lambda image: any(str(image) == kind or str(image).startswith(f"{kind}-") for kind in block.image_types)
        ).astype(bool)
        if block.sequences:
            # shape features are of the mask, not of a sequence
            keep &= parts[0].isin([*(sequence.value for sequence in block.sequences), "mask", ""])
        rows = rows[keep]
    if isinstance(block, PathwayBlock) and block.sets:
        rows = rows[rows["feature"].isin(block.sets)]
    wide = rows.pivot(index="patient_key", columns="feature", values="value").astype(float)
    return wide.reindex(columns=sorted(wide.columns))


def _branch(block: Block) -> str:
    """On which branch of the cohort's flow a block is made."""
    return "expression" if isinstance(block, PathwayBlock) else "imaging"


def _text(value: object, otherwise: str) -> str:
    return otherwise if value is None or pd.isna(value) else str(value)
