"""Survival made two classes at one time: dead before it or alive at it; who was censored before it is neither."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from radgen_assets.contracts.errors import UsedWrongly
from radgen_assets.science.survival.curves.kaplan_meier import kaplan_meier
from radgen_assets.science.survival.outcome import Outcome

DichotomyVariant = Literal["sound", "as_published"]


@dataclass(frozen=True, eq=False)
class DichotomisedSurvival:
    """Classes of n patients at `cut_months`.

    unfavourable : (n,) bool, dead before the cut; means nothing where not `determined`
    determined : (n,) bool, False for patients censored before the cut
    """

    unfavourable: NDArray[np.bool_]
    determined: NDArray[np.bool_]
    cut_months: float
    n_unfavourable: int
    n_favourable: int
    n_undetermined: int
    variant: DichotomyVariant


def dichotomise_survival(
    outcome: Outcome, *, cut_months: float | None = None, variant: DichotomyVariant = "sound"
) -> DichotomisedSurvival:
    """Classify survival at the median (paper C8), stating whom censoring leaves without a class.

    Parameters
    ----------
    cut_months : float, optional
        Another time, such as the training fold's median for the patients held out; by default the median of these
        patients: learn it inside the fold.
    variant : str
        "sound": Kaplan-Meier median; censored before the cut = undetermined. "as_published": median of the times as
        they stand, censored or not, and everyone below it is unfavourable; kept to show what that does.

    Raises
    ------
    UsedWrongly
        When the median is not reached, the cut is not above 0, or the variant is unknown.

    Notes
    -----
    "Before" is strict: a death at the cut itself, and a patient censored at it, are favourable (they lived until it).
    """
    if variant not in ("sound", "as_published"):
        raise UsedWrongly(f"dichotomised survival: found the variant '{variant}', expected sound or as_published.")
    cut = _median(outcome, variant) if cut_months is None else float(cut_months)
    if not (np.isfinite(cut) and cut > 0):
        raise UsedWrongly(f"dichotomised survival: found the cut {cut:g}, expected months above 0.")
    before = outcome.time_months < cut
    determined = np.ones(outcome.n, dtype=np.bool_) if variant == "as_published" else ~before | outcome.event
    unfavourable = before & determined
    return DichotomisedSurvival(
        unfavourable=unfavourable,
        determined=determined,
        cut_months=cut,
        n_unfavourable=int(unfavourable.sum()),
        n_favourable=int((~before).sum()),
        n_undetermined=int((~determined).sum()),
        variant=variant,
    )


def _median(outcome: Outcome, variant: DichotomyVariant) -> float:
    if variant == "as_published":
        return float(np.median(outcome.time_months))
    median = kaplan_meier(outcome).median[0]
    if median is None:
        raise UsedWrongly(
            f"dichotomised survival: the median is not reached ({outcome.n_events} deaths among {outcome.n} patients). "
            "State cut_months."
        )
    return median
