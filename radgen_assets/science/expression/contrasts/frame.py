"""From marts to what a contrast compares: who is in which group, by which design, and who is left out and why.

What can be seen of a patient here is all that the contrast depends on; whoever is left out changes nothing.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from radgen_assets.contracts.errors import UsedWrongly
from radgen_assets.contracts.study import ContrastDeclaration, Role, Study
from radgen_assets.science.expression.contrasts.cohorts import check_sources, tied_besides
from radgen_assets.science.expression.contrasts.methods import refuse_units
from radgen_assets.science.learning.study.patients import (
    Marts,
    columns_of,
    each_person_once,
    patients_of_roles,
    those_where,
    why_lacking,
)

CONTRASTED_ROLES = (Role.train, Role.tune, Role.normal)
FEWEST = 2  # patients a group: without replicates there is no spread to compare with


@dataclass(frozen=True)
class MeasuredCohort:
    """The expression of one cohort as far as it is known without opening it.

    samples : patient key -> fingerprint of the patient's values
    """

    unit: str
    platform: str
    samples: Mapping[str, str]


@dataclass(frozen=True, eq=False)
class ContrastFrame:
    """One contrast's data, indexed by patient key.

    people : person, cohort, role, unit, platform, sample (fingerprint of the expression values)
    design : the column that is compared, then what is held fixed: numbers and categories
    sources : what was asked of each source of batch, one sentence each
    notes : what was left out of the design
    excluded : patient key, reason
    warnings : what the reader must know
    """

    people: pd.DataFrame
    design: pd.DataFrame
    sources: tuple[str, ...]
    notes: tuple[str, ...]
    excluded: tuple[tuple[str, str], ...]
    warnings: tuple[str, ...] = ()

    def digest(self) -> str:
        """SHA-256 over everything that the contrast can see; who is left out is not part of it."""
        digest = hashlib.sha256()
        for frame in (self.people, self.design):
            text = frame.astype(object).where(frame.notna(), None)
            digest.update("|".join(map(str, frame.columns)).encode())
            digest.update(pd.util.hash_pandas_object(text, index=True).values)
        for column in self.design:  # the order of levels decides which one the others are held against
            if isinstance(self.design[column].dtype, pd.CategoricalDtype):
                digest.update(repr(list(self.design[column].cat.categories)).encode())
        # both are told with the result, and are of columns beside the design, too
        digest.update(repr((self.sources, self.warnings)).encode())
        return digest.hexdigest()


def assemble_contrast(
    study: Study, contrast: ContrastDeclaration, marts: Marts, measured: Mapping[str, MeasuredCohort]
) -> ContrastFrame:
    """Select patients, groups and design of one contrast.

    Parameters
    ----------
    measured : cohort -> its expression; cohorts without are absent

    Raises
    ------
    UsedWrongly
        When a person stands in two roles of the study, a column is not declared by any cohort or is a number where
        groups are asked for, a level has fewer than two patients, or cohorts of unlike units or platforms would be
        put together.
    Confounded
        When the groups cannot be told apart from a source of batch or from the cohort.
    """
    people, out = patients_of_roles(study, marts.patients, CONTRASTED_ROLES)
    asked = {cohort for role in CONTRASTED_ROLES for cohort in study.roles.get(role, ())}
    out = [(key, reason) for key, reason in out if key.partition(".")[0] in asked]
    people, elsewhere = those_where(f"contrast {contrast.name}", contrast.where, marts, people)
    out += elsewhere
    columns = _columns(contrast, marts, people, measured)
    reasons = _unusable(contrast, columns)
    for key in people.index:
        cohort = measured.get(str(people.at[key, "cohort"]))
        if cohort is None or key not in cohort.samples:
            reasons.setdefault(str(key), f"no expression: {why_lacking('expression', marts.cohort_flow, key)}")
    people, repeated = each_person_once(study, people.drop(index=list(reasons)))
    out += [*reasons.items(), *repeated]
    people = people[["person", "cohort", "role"]].assign(
        unit=[measured[cohort].unit for cohort in people["cohort"]],
        platform=[measured[cohort].platform for cohort in people["cohort"]],
        sample=[measured[cohort].samples[key] for key, cohort in people["cohort"].items()],
    )
    columns = columns.loc[people.index]
    _refuse_few(contrast, columns[contrast.column], out)
    known = columns_of(marts, people, tuple(name for name in NAMED_BESIDE if name in marts.patients.columns))
    design, constant = _design(contrast, columns)
    refuse_units(contrast, people["unit"], people["cohort"])
    sources, warnings = check_sources(contrast, people, columns, known)
    warnings += tied_besides(_further_texts(contrast, marts, people), columns[contrast.column])
    return ContrastFrame(people, design, sources, constant, tuple(sorted(out)), warnings)


# shared columns that are looked at when cohorts are compared, to say what else may be the difference
NAMED_BESIDE = ("grade", "idh_status", "codeletion_1p19q", "mgmt_status", "sex")


def _columns(
    contrast: ContrastDeclaration, marts: Marts, people: pd.DataFrame, measured: Mapping[str, MeasuredCohort]
) -> pd.DataFrame:
    """What is compared as text, what is held fixed as it is, sources of batch as text; None or NaN where unknown."""
    names = (contrast.column, *contrast.adjust_for, *contrast.batch)
    own = {"platform": people["cohort"].map({name: each.platform for name, each in measured.items()})}
    own |= {"role": people["role"]}
    found = columns_of(marts, people, tuple(name for name in names if name not in own))
    frame = pd.DataFrame({name: own[name] if name in own else found[name] for name in names}, index=people.index)
    if pd.api.types.is_numeric_dtype(frame[contrast.column].dtype):
        raise UsedWrongly(
            f"Contrast {contrast.name}: found numbers in '{contrast.column}', expected groups. Declare the column as "
            "text with a coding in the cohort's TOML, or hold it fixed with adjust_for."
        )
    for name in (contrast.column, *contrast.batch):
        frame[name] = frame[name].astype(object).where(frame[name].notna(), None).map(_text, na_action="ignore")
    return frame


def _further_texts(contrast: ContrastDeclaration, marts: Marts, people: pd.DataFrame) -> pd.DataFrame:
    """What the sheets hold in words beside the shared columns, as far as the contrast does not name it."""
    extra = marts.clinical_extra
    extra = extra[extra["patient_key"].isin(people.index) & (extra["kind"] == "text")]
    named = {contrast.column, *contrast.adjust_for, *contrast.batch}
    return columns_of(marts, people, tuple(sorted(set(extra["column_name"]) - named)))


def _text(value: object) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)


def _unusable(contrast: ContrastDeclaration, columns: pd.DataFrame) -> dict[str, str]:
    """Patients outside the two groups, or without a value of the design, with the reason."""
    reasons: dict[str, str] = {}
    groups = (contrast.level, contrast.reference)
    for key, value in columns[contrast.column].items():
        if value is None or pd.isna(value):
            reasons[str(key)] = f"{contrast.column} is unknown"
        elif value not in groups:
            reasons[str(key)] = f"{contrast.column} is {value} (compared are {' and '.join(groups)})"
    for name in columns.columns[1:]:
        for key in columns.index[columns[name].isna()]:
            reasons.setdefault(str(key), f"{name} is unknown")
    return reasons


def _refuse_few(contrast: ContrastDeclaration, group: pd.Series, out: list[tuple[str, str]]) -> None:
    for level in (contrast.level, contrast.reference):
        n = int((group == level).sum())
        if n < FEWEST:
            first = f" Left out, for example: {out[-1][0]}, {out[-1][1]}." if out else ""
            raise UsedWrongly(
                f"Contrast {contrast.name}: found {n} patients with {contrast.column} = '{level}', expected at least "
                f"{FEWEST} with expression and all values of the design.{first} Correct the level, or leave a column "
                "out of the design."
            )


def _design(contrast: ContrastDeclaration, columns: pd.DataFrame) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """The columns that vary; those with one value are left out by name."""
    constant = [name for name in columns if columns[name].nunique() < 2]
    notes = tuple(
        f"{name} is {columns[name].iloc[0]} in every patient, so there is nothing to hold fixed." for name in constant
    )
    design = columns.drop(columns=constant)
    for name in design:
        if isinstance(design[name].dtype, pd.CategoricalDtype):
            design[name] = design[name].cat.remove_unused_categories()
    return design, notes
