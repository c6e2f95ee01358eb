"""Radiomic features that a fit may see: those whose value hardly depends on who drew the mask."""

from __future__ import annotations

import pandas as pd

from radgen_assets.contracts.errors import UsedWrongly
from radgen_assets.contracts.study import RadiomicsBlock


def leave_out_unstable(
    features: pd.DataFrame, block: RadiomicsBlock, stability: pd.DataFrame, learnt_from: tuple[str, ...]
) -> tuple[pd.DataFrame, str]:
    """The features whose intraclass correlation is `block.least_stability` or more, and a sentence about the others.

    Parameters
    ----------
    features : patients x features, columns named as in the mart feature_matrix
    stability : rows of the mart feature_stability
    learnt_from : cohorts in the roles that the fit learns from; used when the block names none

    Notes
    -----
    A feature must hold in every comparison of masks that tells its correlation, and in one at the least: what was not
    measured twice is not known to be stable. No outcome enters, so that the choice is the same in every fold.

    Raises
    ------
    UsedWrongly
        When no mask of these cohorts was compared, or no feature is left.
    """
    if block.least_stability is None:
        return features, ""
    cohorts = block.stability_of or learnt_from
    rows = stability[stability["cohort"].isin(cohorts)] if len(stability) else stability
    if not len(rows):
        raise UsedWrongly(
            f"least_stability = {block.least_stability:g}: found no stability of {' or '.join(cohorts)}. Name cohorts "
            "whose tumours were drawn twice in stability_of, or set perturbations = 5 under "
            "[settings.radiomics_of_other_masks]."
        )
    least = rows.dropna(subset=["icc"]).groupby("feature")["icc"].min().reindex(features.columns)
    kept = least.index[least >= block.least_stability]
    n_unknown, n_below = int(least.isna().sum()), int((least < block.least_stability).sum())
    told = ", ".join(sorted(set(rows["cohort"])))
    said = (
        f"{n_below + n_unknown} of {features.shape[1]} radiomic features are left out: stability between masks of "
        f"{told} below {block.least_stability:g} ({n_below}) or not known ({n_unknown})"
    )
    if not len(kept):
        raise UsedWrongly(f"{said}. None is left: lower least_stability.")
    return features[list(kept)], said
