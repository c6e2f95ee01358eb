"""Folds by person: stratified, seeded, and the same whatever the order of the rows."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from radgen_assets.contracts.errors import UsedWrongly


def person_folds(
    persons: ArrayLike, strata: ArrayLike, n_folds: int, *, seed: int | tuple[int, ...], smallest: int = 1
) -> NDArray[np.int64]:
    """Deal persons into folds, each stratum evenly.

    Parameters
    ----------
    persons : (n,) labels
        All patients of a person come into one fold.
    strata : (n,) labels
        A person with patients in several strata counts for the last one in sorted order ("1" before "0").
    seed : int or tuple of int
        Equal seeds give equal folds; the order of the rows does not matter.
    smallest : int
        Persons of each stratum that every fold must hold.

    Returns
    -------
    (n,) int64 in 0 .. n_folds - 1

    Raises
    ------
    UsedWrongly
        When a stratum has fewer than `smallest * n_folds` persons; the text names the counts.
    """
    names, first, code = np.unique(np.asarray(persons).astype(str), return_index=True, return_inverse=True)
    del first
    labels, row_stratum = np.unique(np.asarray(strata).astype(str), return_inverse=True)
    stratum = np.zeros(len(names), dtype=np.int64)
    np.maximum.at(stratum, code, row_stratum)
    counts = np.bincount(stratum, minlength=len(labels))
    _refuse_too_few(labels, counts, n_folds, smallest)
    generator = np.random.default_rng(seed)
    fold = np.empty(len(names), dtype=np.int64)
    dealt = 0
    for each in range(len(labels)):
        members = generator.permutation(np.flatnonzero(stratum == each))
        fold[members] = (dealt + np.arange(len(members))) % n_folds
        dealt += len(members)
    return fold[code]


def _refuse_too_few(labels: NDArray[np.str_], counts: NDArray[np.int64], n_folds: int, smallest: int) -> None:
    short = np.flatnonzero(counts < smallest * n_folds)
    if len(short):
        stated = ", ".join(f"{count} with '{label}'" for label, count in zip(labels, counts, strict=True))
        raise UsedWrongly(
            f"folds: found {stated} among {counts.sum()} persons, expected at least {smallest * n_folds} of each: "
            f"{smallest} in each of {n_folds} folds. Use at most {counts.min() // smallest} folds, or add patients."
        )
