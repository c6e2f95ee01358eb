"""Who is in a part of a study: the patients of its roles, those that fit its conditions, and each person once.

Frames in, frames out; every patient that is left out has a reason.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from radgen_assets.contracts.errors import UsedWrongly
from radgen_assets.contracts.study import Role, Study
from radgen_assets.contracts.tables.clinical import ORDERED_LEVELS

Reasons = list[tuple[str, str]]  # patient key, reason


@dataclass(frozen=True, eq=False)
class Marts:
    """The marts that studies read, as contracts/tables declares them."""

    patients: pd.DataFrame
    endpoints: pd.DataFrame
    feature_matrix: pd.DataFrame
    clinical_extra: pd.DataFrame
    cohort_flow: pd.DataFrame
    feature_stability: pd.DataFrame = field(default_factory=pd.DataFrame)


def patients_of_roles(study: Study, patients: pd.DataFrame, roles: Collection[Role]) -> tuple[pd.DataFrame, Reasons]:
    """Patients of the study in some of its roles: person, cohort, centre, role; refuses a person in two roles.

    Raises
    ------
    UsedWrongly
        When a person stands in two roles of the study (whatever roles are asked for), or a cohort is unknown.
    """
    role_of = {cohort: role for role, cohorts in study.roles.items() for cohort in cohorts}
    unknown = sorted(set(role_of) - set(patients["cohort"]))
    if unknown:
        raise UsedWrongly(
            f"Study {study.name} names cohort {unknown[0]}, of which no patient is known. "
            "Add the cohort (radgen cohort add), or run it first (radgen run)."
        )
    taken = patients[patients["cohort"].isin(list(role_of))].set_index("patient_key").sort_index()
    taken = taken.assign(role=[role_of[cohort].value for cohort in taken["cohort"]])
    out = [(str(key), f"excluded by the cohort: {reason}") for key, reason in taken["excluded_reason"].dropna().items()]
    taken = taken[taken["excluded_reason"].isna()]
    check_one_role(study, taken)
    taken = taken[taken["role"].isin([role.value for role in roles])]
    return taken[["person", "cohort", "centre", "role"]], out


def check_one_role(study: Study, people: pd.DataFrame) -> None:
    """Refuse a person who stands in two roles of one study (all roles, also those without fits)."""
    roles = people.groupby("person")["role"].nunique()
    twice = roles.index[roles > 1]
    if len(twice):
        keys = people.index[people["person"] == twice[0]]
        shown = ", ".join(f"{key} ({people.loc[key, 'role']})" for key in keys)
        raise UsedWrongly(
            f"Study {study.name}: {len(twice)} persons stand in two roles, for example {shown}. "
            "Exclude the patients in one cohort's TOML with a reason, or give both cohorts one role."
        )


def those_where(
    part: str, where: Mapping[str, tuple[str, ...]], marts: Marts, people: pd.DataFrame
) -> tuple[pd.DataFrame, Reasons]:
    """The patients whose columns have the values that a part of the study ("fit os", "contrast idh") asks for."""
    reasons: dict[str, str] = {}
    columns = columns_of(marts, people, tuple(where))
    taker = part.partition(" ")[0]
    for name, wanted in where.items():
        for key, value in columns[name].items():
            if value is None or pd.isna(value):
                reasons.setdefault(str(key), f"{name} is unknown (the {taker} takes {' or '.join(wanted)})")
            elif str(value) not in wanted:
                reasons.setdefault(str(key), f"{name} is {value} (the {taker} takes {' or '.join(wanted)})")
    if len(reasons) == len(people) and len(people):
        first = next(iter(reasons.values()))
        raise UsedWrongly(
            f"{part[:1].upper()}{part[1:]}: `where` leaves none of {len(people)} patients; the first: {first}."
        )
    return people.drop(index=list(reasons)), list(reasons.items())


def each_person_once(study: Study, people: pd.DataFrame) -> tuple[pd.DataFrame, Reasons]:
    """Of the patients that can be used, one a person: from the cohort that the study prefers.

    Asked last, so that a person whose preferred patient lacks images, say, is there with the other one.
    """
    cohorts = sorted({cohort for named in study.roles.values() for cohort in named})
    order = {cohort: place for place, cohort in enumerate(dict.fromkeys([*study.prefer, *cohorts]))}
    ranked = people.assign(rank=people["cohort"].map(order)).sort_values(["person", "rank"], kind="stable")
    first = ranked.drop_duplicates("person")
    kept_of = dict(zip(first["person"], first.index, strict=True))
    out = [
        (str(key), f"the same person as {kept_of[person]}, counted once")
        for key, person in ranked["person"].items()
        if kept_of[person] != key
    ]
    return people.loc[first.index.sort_values()], out


def columns_of(marts: Marts, people: pd.DataFrame, names: tuple[str, ...]) -> pd.DataFrame:
    """Clinical and molecular columns by name: shared ones from patients, others from clinical_extra.

    Raises UsedWrongly for a column that no cohort declares.
    """
    shared = marts.patients.set_index("patient_key").reindex(people.index)
    extra = marts.clinical_extra[marts.clinical_extra["patient_key"].isin(people.index)]
    data: dict[str, pd.Series] = {}
    for name in names:
        if name in ORDERED_LEVELS:
            data[name] = _levels(shared[name])
        elif name in shared.columns:
            data[name] = _plain(shared[name])
        elif name in set(extra["column_name"]):
            data[name] = _from_extra(extra[extra["column_name"] == name], people.index)
        else:
            known = sorted({*shared.columns, *extra["column_name"]})
            raise UsedWrongly(f"No cohort of the study declares the column '{name}'. Declared: {', '.join(known)}.")
    return pd.DataFrame(data, index=people.index)


def why_lacking(branch: str, flow: pd.DataFrame, key: str) -> str:
    """The first step of the cohort's flow at which the patient was left, on one branch ("imaging", "expression")."""
    rows = flow[(flow["patient_key"] == key) & flow["branch"].isin(["all", branch]) & ~flow["included"].astype(bool)]
    reasons = rows.sort_values("step_order")["reason"].dropna()
    return str(reasons.iloc[0]) if len(reasons) else "not made"


def _plain(values: pd.Series) -> pd.Series:
    """Numbers as float64 with NaN, everything else as object with None: what learning expects."""
    if pd.api.types.is_bool_dtype(values):
        return values.map(lambda each: None if pd.isna(each) else ("yes" if each else "no")).astype(object)
    if pd.api.types.is_numeric_dtype(values):
        return pd.Series(values.to_numpy(dtype=float, na_value=np.nan), index=values.index)
    return values.astype(object).where(values.notna(), None)


def _levels(values: pd.Series) -> pd.Series:
    """Numbers that name a level, as an ordered category of their text: "2" < "3" < "4"."""
    numbers = pd.to_numeric(values).astype("Int64")
    order = [str(level) for level in sorted(numbers.dropna().unique())]
    text = numbers.astype(object).map(str, na_action="ignore").where(numbers.notna(), None)
    return pd.Series(pd.Categorical(text, categories=order, ordered=True), index=values.index, name=values.name)


def _from_extra(rows: pd.DataFrame, index: pd.Index) -> pd.Series:
    values = rows.set_index("patient_key")["value"].reindex(index)
    if set(rows["kind"]) <= {"number", "integer", "time"}:
        return pd.to_numeric(values)
    return values.astype(object).where(values.notna(), None)
