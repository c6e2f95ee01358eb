"""What can change a batch-corrected value."""

from __future__ import annotations

from radgen_assets.contracts.settings import Settings


class CombatSettings(Settings):
    """ComBat's choices, with sva's defaults."""

    parametric: bool = True  # prior of the batch effects normal and inverse gamma; False: the other genes' effects
    mean_only: bool = False  # shift batches and leave their spread: for batches of few samples
