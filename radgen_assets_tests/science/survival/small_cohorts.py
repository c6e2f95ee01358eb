"""Small cohorts with tied times and tied risks, for what must hold in every cohort."""

import numpy as np

from radgen_assets.science.survival import Outcome


def tied_cohort(seed, n=60):
    """An outcome in whole months with censorings at the times of events, and a risk with ties that goes with it."""
    generator = np.random.default_rng(seed)
    risk = generator.normal(size=n).round(1)
    death = np.ceil(generator.exponential(8 * np.exp(-risk)))
    contact = np.ceil(generator.uniform(4, 30, size=n))
    return Outcome(np.minimum(death, contact), death <= contact), risk
