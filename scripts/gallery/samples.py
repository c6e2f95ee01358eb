"""Figures that show whether a sample is what its name says: its sex, outliers, duplicates."""

from __future__ import annotations

import numpy as np
from matplotlib.figure import Figure

from radgen_assets.science import figures
from radgen_assets.science.figures.inputs import SampleDistances, SampleLikeness, SampleSexes
from scripts.gallery.example import Example
from scripts.made_up_cohort import SEED


def sample_sexes() -> Figure:
    """Expression of 120 patients, one of them another than the clinical table says."""
    generator = np.random.default_rng(SEED)
    recorded = ["female"] * 52 + ["male"] * 68
    score = np.concatenate([generator.normal(-9, 2.4, 52), generator.normal(11, 2.0, 68)])
    score[[7, 90]] = 10.2, 1.1
    shown = ["female" if each <= 0 else "male" if each >= 2 else "undecided" for each in score]
    names = [f"P{number:03d}" for number in range(1, 121)]
    return figures.sample_sexes_figure(
        SampleSexes(names, score, shown, recorded, (0.0, 2.0)), x_label="highest of 7 Y-linked genes less XIST (log₂)"
    )


def sample_distances() -> Figure:
    """Expression of 150 patients, two of them unlike the others."""
    generator = np.random.default_rng(SEED)
    first = np.concatenate([generator.normal(-14, 7, 100), generator.normal(26, 8, 50)])
    second, apart = generator.normal(0, 14, 150), generator.normal(0.2, 1.1, 150)
    second[40], apart[[40, 121]] = 92.0, (6.6, 7.4)
    names = [f"P{number:03d}" for number in range(1, 151)]
    return figures.sample_distances_figure(SampleDistances(names, first, second, (0.21, 0.12), apart, 5.0, 2000))


def sample_likeness() -> Figure:
    """120 patients, of whom two are one and one has two samples."""
    generator = np.random.default_rng(SEED)
    correlations = np.clip(generator.normal(0.02, 0.22, 7138), -0.6, 0.86)
    pairs = [("P017", "P101", 0.998, False), ("P044", "P045", 0.981, True)]
    return figures.sample_likeness_figure(SampleLikeness([*correlations, 0.998, 0.981], pairs, 0.97, 2000))


EXAMPLES = (
    Example(
        "sample_sexes",
        "Sex of samples",
        "sample_sexes_figure(SampleSexes(patients, score, shown, recorded, limits=(0, 2)))",
        "A row a recorded sex; the marker is the sex that XIST and the Y-linked genes show. Between the dashed "
        "lines nothing is decided.",
        sample_sexes,
    ),
    Example(
        "sample_distances",
        "Outliers",
        "sample_distances_figure(SampleDistances(patients, pc1, pc2, shares, apart, 5, 2000))",
        "Two subtypes spread the first component and are no outliers; what lies above the dashed line is.",
        sample_distances,
    ),
    Example(
        "sample_likeness",
        "Duplicates",
        "sample_likeness_figure(SampleLikeness(correlations, pairs, limit=0.97, n_genes=2000))",
        "All pairs of samples; those beyond the dashed line are most likely one sample.",
        sample_likeness,
    ),
)
