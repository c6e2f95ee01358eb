"""Uno's concordance: C that does not depend on how the patients were censored."""

from __future__ import annotations

from numpy.typing import ArrayLike

from radgen_assets.science.survival.discrimination.concordance import Concordance, weighted_concordance
from radgen_assets.science.survival.outcome import Outcome


def uno_c(
    outcome: Outcome, risk: ArrayLike, *, persons: ArrayLike | None = None, tau_months: float | None = None
) -> Concordance:
    """Uno's concordance: each pair counts for 1 / G(t-)^2, G the censoring curve and t the time of its event.

    Parameters
    ----------
    risk : (n,) float64
        Higher means earlier death; not a survival probability.
    persons : (n,) labels, optional
        Patients of one person are one unit of the standard error.
    tau_months : float, optional
        Events later than this form no pairs. Choose one where few are still observed: the last events can weigh so
        much that they carry the estimate. Without it every event counts, as in R.

    Raises
    ------
    UsedWrongly
        For NaN in `risk`, and when no pair can be ordered (all censored, or no event until `tau_months`).

    Notes
    -----
    G is that of the sample itself, with the events of a tied time leaving before its censorings; so it is never 0 at
    an event, and a value exists where scikit-survival refuses. scikit-survival also weights by G(t) where R and this
    take G(t-): up to 1e-4 apart. The standard error takes G as known (R); Uno's own resampling does not.
    Source: Uno et al. 2011, equation 6; R survival::concordance(timewt = "n/G2", reverse = TRUE).
    """
    return weighted_concordance(outcome, risk, weighting="n/G2", persons=persons, tau_months=tau_months)
