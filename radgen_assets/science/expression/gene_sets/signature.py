"""Gene signatures: a weighted sum of genes with the unit, the platform and the training samples it belongs to.

A score or a cut-point made in one unit or on one platform means nothing in another, so a signature carries both and
refuses others by name.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from radgen_assets.contracts.errors import BadInput, UnitRefused, UsedWrongly
from radgen_assets.contracts.expression import ExpressionMatrix
from radgen_assets.contracts.units import ExpressionUnit
from radgen_assets.science.expression.scales import DATA, refuse_missing

Scaling = Literal["as measured", "training", "cohort"]
SCALINGS = ("as measured", "training", "cohort")


@dataclass(frozen=True, eq=False)
class GeneSignature:
    """A weighted sum of genes.

    weights : (genes,) float64, of the scaled values; 1 / genes each for a mean
    unit, platform : of the training samples ("RNA-seq, STAR counts"; "Affymetrix HG-U133A")
    means, sds : (genes,) float64, of the training samples, n - 1
    scaling : what the weights apply to. "as measured"; "training": (value - mean) / sd with the training samples';
        "cohort": with those of the cohort that is scored, so that a score depends on who else is in it
    cut : scores of at least this are high; None: no cut
    """

    name: str
    genes: tuple[str, ...]
    weights: NDArray[np.float64]
    unit: ExpressionUnit
    platform: str
    means: NDArray[np.float64]
    sds: NDArray[np.float64]
    scaling: Scaling
    cut: float | None = None

    def with_cut(self, cut: float) -> GeneSignature:
        """The same signature with a cut-point, which was found on its own training scores."""
        return replace(self, cut=float(cut))


@dataclass(frozen=True, eq=False)
class SignatureScores:
    """Score of every sample.

    scores : series by sample
    high : series of bool, score >= cut; None without a cut
    n_genes, not_measured : genes of the signature, and those that stand at their training mean
    label : how the score was made, to be printed beside it
    """

    scores: pd.Series
    high: pd.Series | None
    n_genes: int
    not_measured: tuple[str, ...]
    label: str

    def to_frame(self) -> pd.DataFrame:
        """sample, score, is_high (where there is a cut), label."""
        frame = pd.DataFrame({"sample": self.scores.index, "score": self.scores.to_numpy()})
        if self.high is not None:
            frame["is_high"] = self.high.to_numpy()
        return frame.assign(label=self.label)


def fit_gene_signature(
    matrix: ExpressionMatrix,
    genes: Mapping[str, float] | Sequence[str],
    *,
    name: str,
    platform: str,
    scaling: Scaling = "training",
) -> GeneSignature:
    """A signature on its training samples.

    Parameters
    ----------
    matrix : ExpressionMatrix, at least 2 samples
        Training samples; means and standard deviations of the genes are taken from them.
    genes : mapping gene -> weight, or genes alone
        Genes alone: their mean (METHODS A17). A risk score: coefficients (D3), higher = earlier death.
    platform : str
        What measured the samples; scoring asks for it again.

    Raises
    ------
    UsedWrongly
        For an unknown scaling or no gene.
    BadInput
        For missing values, genes that the matrix does not hold, genes that do not vary (unless "as measured"), or
        fewer than 2 samples.
    """
    if scaling not in SCALINGS or not len(genes):
        found = f"scaling '{scaling}'" if scaling not in SCALINGS else "no gene"
        raise UsedWrongly(f"fit_gene_signature: found {found}, expected at least one gene and {', '.join(SCALINGS)}.")
    refuse_missing(matrix)
    if len(matrix.samples) < 2:
        found = f"{len(matrix.samples)} samples"
        raise BadInput(DATA, "samples", found, "at least 2 training samples", "Add training samples.")
    names = tuple(dict.fromkeys(genes))
    values, missing = _rows(matrix, names)
    if missing:
        remedy = "Map the ids, or leave these genes out of the signature."
        raise BadInput(DATA, "genes", _named(missing), f"all {len(names)} genes of {name}", remedy)
    means, sds = values.mean(axis=1), values.std(axis=1, ddof=1)
    if scaling != "as measured" and (sds == 0).any():
        gene = names[int(np.argmax(sds == 0))]
        raise BadInput(DATA, f"gene {gene}", "one value in all samples", "some spread", "Leave this gene out.")
    given = [float(genes[gene]) for gene in names] if isinstance(genes, Mapping) else [1 / len(names)] * len(names)
    return GeneSignature(name, names, np.array(given), matrix.unit, platform, means, sds, scaling)


def gene_signature_score(
    signature: GeneSignature, matrix: ExpressionMatrix, *, platform: str, smallest_share: float = 1.0
) -> SignatureScores:
    """Score the samples of a matrix, and group them where the signature has a cut.

    Parameters
    ----------
    platform : str
        What measured these samples.
    smallest_share : float
        Share of the signature's genes that must be measured; a gene that is not stands at its training mean.

    Raises
    ------
    UnitRefused
        For another unit or platform than the training samples', both named; a "cohort" signature without a cut may
        go anywhere, since only the order within the cohort is left in it.
    BadInput
        For too few genes, missing values, or (scaling "cohort") fewer than 2 samples or a gene without spread.
    """
    refuse_missing(matrix)
    _guard(signature, matrix.unit, platform)
    values, missing = _rows(matrix, signature.genes)
    n_found = len(signature.genes) - len(missing)
    if n_found < max(1.0, smallest_share * len(signature.genes)):
        expected = f"at least {smallest_share:.0%} of the {len(signature.genes)} genes of {signature.name}"
        raise BadInput(DATA, "genes", _named(missing), expected, "Map the ids, or allow a smaller share.")
    measured = ~np.isin(signature.genes, missing)
    scaled = np.zeros((len(signature.genes), len(matrix.samples)))
    if signature.scaling == "as measured":
        scaled[:] = signature.means[:, None]
        scaled[measured] = values
    elif signature.scaling == "training":
        scaled[measured] = (values - signature.means[measured, None]) / signature.sds[measured, None]
    else:
        scaled[measured] = _standardised(values, signature, measured)
    scores = pd.Series(signature.weights @ scaled, index=pd.Index(matrix.samples, name="sample"), name=signature.name)
    high = scores >= signature.cut if signature.cut is not None else None
    return SignatureScores(scores, high, len(signature.genes), missing, _label(signature, missing))


def _guard(signature: GeneSignature, unit: ExpressionUnit, platform: str) -> None:
    if signature.scaling == "cohort" and signature.cut is None:
        return
    if (unit, platform) != (signature.unit, signature.platform):
        what = "cut-point" if signature.cut is not None else "score"
        raise UnitRefused(
            f"signature {signature.name}",
            "unit and platform",
            f"{unit.value} on {platform}",
            f"{signature.unit.value} on {signature.platform}, which its {what} was made in",
            "Fit the signature with scaling 'cohort' and without a cut, and label it so, or bring the samples to it.",
        )


def _standardised(
    values: NDArray[np.float64], signature: GeneSignature, measured: NDArray[np.bool_]
) -> NDArray[np.float64]:
    if values.shape[1] < 2:
        found = f"{values.shape[1]} samples"
        raise BadInput(DATA, "samples", found, "at least 2 to standardise within the cohort", "Use scaling 'training'.")
    sds = values.std(axis=1, ddof=1)
    if (sds == 0).any():
        gene = np.array(signature.genes)[measured][int(np.argmax(sds == 0))]
        raise BadInput(DATA, f"gene {gene}", "one value in all samples", "some spread", "Leave this gene out.")
    return (values - values.mean(axis=1, keepdims=True)) / sds[:, None]


def _rows(matrix: ExpressionMatrix, genes: tuple[str, ...]) -> tuple[NDArray[np.float64], tuple[str, ...]]:
    place = {gene: row for row, gene in enumerate(matrix.genes)}
    missing = tuple(gene for gene in genes if gene not in place)
    return matrix.values[[place[gene] for gene in genes if gene in place]], missing


def _named(missing: tuple[str, ...]) -> str:
    return f"{len(missing)} not measured ({', '.join(missing[:5])}{', ...' if len(missing) > 5 else ''})"


def _label(signature: GeneSignature, missing: tuple[str, ...]) -> str:
    if signature.scaling == "cohort":
        how = "standardised within this cohort"
    elif signature.scaling == "training":
        how = "standardised by the training samples"
    else:
        how = f"as measured ({signature.unit.value}, {signature.platform})"
    if not missing:
        return how
    return f"{how}; {len(missing)} of {len(signature.genes)} genes at their training mean"
