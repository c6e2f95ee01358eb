"""Whether a contrast asks about its groups or about where their samples come from: batches, cohorts, platforms."""

from __future__ import annotations

import pandas as pd

from radgen_assets.contracts.errors import Confounded, UsedWrongly
from radgen_assets.contracts.study import ContrastDeclaration
from radgen_assets.science.expression.batch.confounding import check_confounding, refuse_confounded

COHORT = "cohort"


def check_sources(
    contrast: ContrastDeclaration, people: pd.DataFrame, columns: pd.DataFrame, known: pd.DataFrame
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Refuse groups that cannot be told apart from a batch or a cohort, and cohorts that cannot be put together.

    Parameters
    ----------
    people : cohort, unit, platform of each patient that is compared
    columns : what is compared, held fixed, and batches
    known : further columns, named where cohorts are what is compared

    Returns
    -------
    What was asked of each source of batch, and what the reader must know.
    """
    group = columns[contrast.column]
    asked, notes = [], []
    cohorts = sorted(set(people["cohort"]))
    if len(cohorts) > 1:
        notes += _refuse_cohorts(contrast, people, group, known)
        _refuse_unlike(contrast, people)
        held = {contrast.column, *contrast.adjust_for, *contrast.batch}
        if COHORT not in held and not notes:
            raise UsedWrongly(
                f"Contrast {contrast.name}: found patients of {' and '.join(cohorts)}, whose samples were not "
                f'measured together, and nothing that holds the cohort fixed. Add batch = ["{COHORT}"].'
            )
    for name in contrast.batch:
        if columns[name].nunique() > 1:
            asked.append(refuse_confounded(columns[name], group).told())
    varying = [name for name in contrast.batch if columns[name].nunique() > 1]
    if len(varying) > 1:
        refuse_confounded(columns[varying[0]], group, more=columns[varying[1:]])
    return tuple(asked), tuple(notes)


def tied_besides(others: pd.DataFrame, group: pd.Series) -> tuple[str, ...]:
    """Columns that were not named, and that the groups cannot be told apart from: the plate, say.

    Parameters
    ----------
    others : text by patient; missing where unknown
        A column that says something else of nearly every patient (an id) is passed over.
    """
    told = []
    for name in others:
        known = others[name].dropna().astype(str)
        here = group.loc[known.index]
        if here.nunique() < 2 or known.nunique() < 2 or 2 * known.nunique() > len(known):
            continue
        found = check_confounding(known, here)
        if found.confounded:
            told.append(f"{found.told()} It cannot be held fixed: what differs may be its doing.")
    return tuple(told)


def _refuse_cohorts(
    contrast: ContrastDeclaration, people: pd.DataFrame, group: pd.Series, known: pd.DataFrame
) -> list[str]:
    """What must be known of groups that are cohorts; raises Confounded unless the study says that it knows."""
    if contrast.column != COHORT and not check_confounding(people[COHORT], group).confounded:
        return []
    of = {level: " and ".join(sorted(set(people.loc[group == level, COHORT]))) for level in _levels(contrast)}
    told = ", ".join(f"'{level}' is {name}" for level, name in of.items() if level != name)
    beside = [each for name in known if (each := _differs(name, known[name], group, contrast))]
    beside += [each for name in ("platform", "unit") if (each := _differs(name, people[name], group, contrast))]
    also = f" Between them differ as well: {'; '.join(beside)}." if beside else ""
    what = f"the groups are cohorts{f' ({told})' if told else ''}, so that no gene's difference can be told from theirs"
    if contrast.allow_confounded_with_cohort:
        return [
            f"{what[:1].upper()}{what[1:]}: sampling, laboratory and processing are part of every fold change.{also}"
        ]
    raise Confounded(
        f"Contrast {contrast.name}: {_tied(contrast)}: {what}.{also} Compare within one cohort, add one that holds "
        "both groups, or set allow_confounded_with_cohort = true and say so."
    )


def _tied(contrast: ContrastDeclaration) -> str:
    if contrast.column == COHORT:
        return f"'{contrast.level}' is compared with '{contrast.reference}'"
    return f"'{contrast.column}' cannot be told apart from '{COHORT}'"


def _levels(contrast: ContrastDeclaration) -> tuple[str, str]:
    return contrast.level, contrast.reference


def _differs(name: str, column: pd.Series, group: pd.Series, contrast: ContrastDeclaration) -> str:
    """ "grade (4 against 2, 3)" where the groups share no value; empty where they do, or one has none."""
    if name == contrast.column:
        return ""
    values = [sorted({str(each) for each in column[group == level].dropna()}) for level in _levels(contrast)]
    if not all(values) or set(values[0]) & set(values[1]):
        return ""
    return f"{name} ({', '.join(values[0])} against {', '.join(values[1])})"


def _refuse_unlike(contrast: ContrastDeclaration, people: pd.DataFrame) -> None:
    """Values of two units or platforms are no values of one gene."""
    for name in ("unit", "platform"):
        of = people.groupby(name, sort=True)[COHORT].first()
        if len(of) > 1:
            found = " and ".join(f"{cohort} ({value})" for value, cohort in of.items())
            raise UsedWrongly(
                f"Contrast {contrast.name}: found cohorts of unlike {name}: {found}. Expected one {name}: compare "
                'within one cohort, with where = { cohort = ["..."] }.'
            )
