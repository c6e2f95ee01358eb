"""The pictures of the checks of samples, as PNG."""

from __future__ import annotations

from radgen_assets.science.expression.checks.duplicates import DuplicateSamples
from radgen_assets.science.expression.checks.outliers import ExpressionOutliers
from radgen_assets.science.expression.checks.sex import SexCheck
from radgen_assets.science.figures.inputs import SampleDistances, SampleLikeness, SampleSexes
from radgen_assets.science.figures.sample_distances import sample_distances_figure
from radgen_assets.science.figures.sample_likeness import sample_likeness_figure
from radgen_assets.science.figures.sample_sexes import sample_sexes_figure
from radgen_assets.science.figures.style import to_png


def sex_picture(check: SexCheck) -> bytes:
    """Every sample's score in the row of its recorded sex."""
    score = [float(each) for each in check.score]
    sexes = SampleSexes(check.samples, score, check.shown, check.recorded, check.limits)
    return to_png(sample_sexes_figure(sexes, x_label=check.score_label))


def outlier_picture(found: ExpressionOutliers) -> bytes:
    """The first two components, and the distances that decide."""
    distances = SampleDistances(
        samples=found.samples,
        first=found.scores[:, 0].tolist(),
        second=found.scores[:, 1].tolist(),
        shares=(float(found.variance[0]), float(found.variance[1])),
        apart=found.apart.tolist(),
        limit=found.robust_sds,
        n_genes=found.n_genes,
    )
    return to_png(sample_distances_figure(distances))


def duplicate_picture(found: DuplicateSamples) -> bytes:
    """The correlations of all pairs, and the pairs that are too alike."""
    pairs = [(pair.first, pair.second, pair.correlation, pair.one_person) for pair in found.pairs]
    likeness = SampleLikeness(found.correlations.tolist(), pairs, found.smallest_correlation, found.n_genes)
    return to_png(sample_likeness_figure(likeness))
