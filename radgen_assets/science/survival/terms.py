"""Clinical factors as the columns of a regression: numbers (also as splines), categories against a reference."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from radgen_assets.contracts.errors import UsedWrongly
from radgen_assets.science.survival.spline import knots_at_quantiles, restricted_cubic_spline


@dataclass(frozen=True, eq=False)
class CodedTerms:
    """A coded frame.

    matrix : (n, p) float64
    names : (p,) "age_years" for a number, "grade: 3" for a level against its reference
    term : (p,) the column of the frame that each coded column belongs to
    levels : category -> its levels, the reference first
    knots : number that entered as a restricted cubic spline -> its knots; its columns are "age", "age'", "age''"
    """

    matrix: NDArray[np.float64]
    names: tuple[str, ...]
    term: tuple[str, ...]
    levels: Mapping[str, tuple[str, ...]]
    knots: Mapping[str, tuple[float, ...]] = field(default_factory=dict)

    @property
    def terms(self) -> tuple[str, ...]:
        """The factors, each once, in order."""
        return tuple(dict.fromkeys(self.term))

    def columns_of(self, term: str) -> NDArray[np.int64]:
        """Places of the coded columns of a factor."""
        return np.flatnonzero(np.array(self.term) == term)


def code_terms(
    frame: pd.DataFrame,
    *,
    levels: Mapping[str, tuple[str, ...]] | None = None,
    splines: Mapping[str, int | tuple[float, ...]] | None = None,
) -> CodedTerms:
    """Code a complete frame for a regression (treatment contrasts, as R).

    Parameters
    ----------
    frame : one row a patient, one column a factor
        Numeric and boolean columns are taken as numbers; text and categorical columns as categories.
    levels : category -> levels, reference first, optional
        Default: the order of a pandas categorical (levels that no row has are left out), else sorted labels. Give the
        `levels` of a fit to code new patients alike.
    splines : number -> how many knots, or the knots themselves, optional
        Numbers that enter as restricted cubic splines. Give the `knots` of a fit to code new patients alike.

    Raises
    ------
    UsedWrongly
        For a missing value, a level that `levels` does not hold, a category with a single level, and a spline of
        what is no number.
    """
    given = dict(levels or {})
    bent = dict(splines or {})
    if unknown := sorted(set(bent) - {str(name) for name in frame if pd.api.types.is_numeric_dtype(frame[name].dtype)}):
        raise UsedWrongly(f"terms: found a spline for '{unknown[0]}', which is no number of the frame.")
    columns: list[NDArray[np.float64]] = []
    names: list[str] = []
    terms: list[str] = []
    used: dict[str, tuple[str, ...]] = {}
    knots: dict[str, tuple[float, ...]] = {}
    for name in map(str, frame.columns):
        column = frame[name]
        if column.isna().any():
            raise UsedWrongly(
                f"terms: '{name}' lacks {int(column.isna().sum())} of {len(column)} values, expected none. "
                "Leave these patients out or impute first."
            )
        if name not in given and pd.api.types.is_numeric_dtype(column.dtype):
            for place, values in enumerate(_numbers(name, column.to_numpy(dtype=np.float64), bent, knots)):
                columns.append(values)
                names.append(name + "'" * place)
                terms.append(name)
            continue
        used[name] = given.get(name) or _levels_of(column)
        for level in _others(name, column, used[name], given=name in given):
            columns.append((column.astype(str) == level).to_numpy(dtype=np.float64))
            names.append(f"{name}: {level}")
            terms.append(name)
    matrix = np.column_stack(columns) if columns else np.empty((len(frame), 0))
    return CodedTerms(matrix, tuple(names), tuple(terms), used, knots)


def _numbers(
    name: str,
    values: NDArray[np.float64],
    splines: Mapping[str, int | tuple[float, ...]],
    knots: dict[str, tuple[float, ...]],
) -> NDArray[np.float64]:
    """Rows that stand for a number: itself, or the columns of its spline, whose knots are noted."""
    if name not in splines:
        return values[None, :]
    asked = splines[name]
    knots[name] = knots_at_quantiles(values, asked) if isinstance(asked, int) else tuple(asked)
    return restricted_cubic_spline(values, knots[name]).T


def _levels_of(column: pd.Series) -> tuple[str, ...]:
    present = set(column.astype(str))
    if isinstance(column.dtype, pd.CategoricalDtype):
        return tuple(str(level) for level in column.cat.categories if str(level) in present)
    return tuple(sorted(present))


def _others(name: str, column: pd.Series, levels: tuple[str, ...], *, given: bool) -> tuple[str, ...]:
    unknown = sorted(set(column.astype(str)) - set(levels))
    if unknown:
        raise UsedWrongly(f"terms: '{name}': found the level '{unknown[0]}', expected one of {', '.join(levels)}.")
    if len(levels) < 2 and not given:
        raise UsedWrongly(
            f"terms: '{name}' has a single level ('{levels[0]}'), so it cannot be a factor. Leave it out."
        )
    return levels[1:]
