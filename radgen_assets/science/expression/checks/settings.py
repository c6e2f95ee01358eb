"""What can change the verdict of a check of samples."""

from __future__ import annotations

from pydantic import Field

from radgen_assets.contracts.settings import Settings


class SexCheckSettings(Settings):
    """Where a sample counts as a woman's or a man's.

    The first two are differences of the highest Y-linked gene and XIST in log2 units. In 753 tumours of four public
    cohorts (counts and arrays) all but two of the women lie below 0 and all but one of the men above 2.
    """

    female_at_most: float = 0.0
    male_at_least: float = 2.0
    smallest_share_explained: float = Field(default=0.8, gt=0, lt=1)  # one bell-shaped heap cut in two reaches 0.64
    middle_share: float = Field(default=0.2, ge=0, lt=1)  # of the way between two groups: undecided


class ComparedGenes(Settings):
    """Which genes samples are compared on: first the best expressed, of these the most variable.

    Genes that are hardly expressed vary most on a log scale, and what varies is chance: with them two measurements of
    one sample correlate at 0.91, without at 0.998, while the most alike two persons stay at 0.95 (529 tumours).
    """

    n_best_expressed: int = Field(default=5000, ge=2)  # by median; of z-scores, which have lost their level, all
    n_most_variable: int = Field(default=2000, ge=2)  # by median absolute deviation, which no single sample moves
    fewest_samples: int = Field(default=10, ge=4)  # fewer do not show what is usual


class OutlierSettings(ComparedGenes):
    """How far from the others is too far.

    In 927 tumours of five cohorts the usual spread of the logarithm is 0.12 to 0.21, and three lie beyond five of it.
    """

    robust_sds: float = Field(default=5.0, gt=0)  # 1.4826 median absolute deviations are one
    smallest_spread: float = Field(default=0.1, gt=0)  # of the distances' logarithm: a unit is a tenth at the least
    neighbours: int = Field(default=5, ge=1)  # a group of more samples than these is a subtype


class DuplicateSettings(ComparedGenes):
    """How alike is too alike for two persons."""

    smallest_correlation: float = Field(default=0.97, gt=0, lt=1)
