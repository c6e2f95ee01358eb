"""ComBat: batch effects learnt from training samples, and taken away from samples of the same batches."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from radgen_assets.contracts.errors import BadInput, UsedWrongly
from radgen_assets.contracts.expression import ExpressionMatrix
from radgen_assets.contracts.units import ExpressionUnit, require_unit
from radgen_assets.science.expression.batch.combat_prior import (
    BatchMoments,
    mean_effects,
    mean_nonparametric_effects,
    nonparametric_effects,
    parametric_effects,
)
from radgen_assets.science.expression.batch.labels import BatchLabels, batch_labels, coded_covariates, refuse_tied
from radgen_assets.science.expression.batch.settings import CombatSettings
from radgen_assets.science.expression.gene_sets.varying import take_genes
from radgen_assets.science.expression.scales import DATA, refuse_missing
from radgen_assets.science.survival.terms import CodedTerms

SMALLEST_SHARE = 1e-20  # of a gene's mean square: below it the residual variance is rounding


@dataclass(frozen=True, eq=False)
class CombatFit:
    """What ComBat learnt; `apply_combat` reads nothing else.

    genes, corrected : all genes of the training matrix, and which of them are corrected; one without variance in a
        batch is returned as it came, as in sva
    centre : (corrected genes,) mean over samples of their batches' means, or that of the reference batch, where
        covariates are 0 or at their first level
    coefficients : (covariate columns, corrected genes)
    spread : (corrected genes,) pooled standard deviation (divisor n)
    shifts, variances : (batches, corrected genes) in pooled standard deviations and their squares
    sizes : (batches,) training samples of each
    levels : category among the covariates -> its levels
    samples : training samples, for the ledger
    """

    genes: tuple[str, ...]
    corrected: NDArray[np.bool_]
    batch: str
    batches: tuple[str, ...]
    sizes: NDArray[np.int64]
    reference: str | None
    centre: NDArray[np.float64]
    coefficients: NDArray[np.float64]
    spread: NDArray[np.float64]
    shifts: NDArray[np.float64]
    variances: NDArray[np.float64]
    covariates: tuple[str, ...]
    levels: Mapping[str, tuple[str, ...]]
    samples: tuple[str, ...]
    parametric: bool
    mean_only: bool
    notes: tuple[str, ...]

    @property
    def unchanged(self) -> tuple[str, ...]:
        """Genes that are returned as they came."""
        return tuple(gene for gene, kept in zip(self.genes, self.corrected, strict=True) if not kept)


def fit_combat(
    matrix: ExpressionMatrix,
    batch: pd.Series,
    *,
    covariates: pd.DataFrame | None = None,
    reference: str | None = None,
    settings: CombatSettings | None = None,
) -> CombatFit:
    """Learn each batch's shift and spread of each gene from training samples.

    Parameters
    ----------
    matrix : ExpressionMatrix, log2
    batch : Series, one label a sample of the matrix
    covariates : data frame, one row a sample, optional
        Biology that differs between the batches and is to stay. `apply_combat` needs them of every new patient (but
        with `mean_only`, where they cancel). An outcome is none: a model then reads the batch as the outcome, also
        when labels of training folds alone are used (docs/expression.md).
    reference : a batch, optional
        It is left as it is and the others are brought to it. A model trained on it then need not be trained again.

    Raises
    ------
    UnitRefused
        For anything but log2 values.
    Confounded
        When a batch and a covariate cannot be told apart; both are named.
    UsedWrongly
        For a sample without batch or covariate, fewer than two batches, an unknown reference.
    BadInput
        For missing values, and for fewer than two genes that vary in every batch.

    A batch of one sample makes all batches be corrected by their means only, as in sva; the fit's notes say so.

    Source: Johnson, Li & Rabinovic 2007; R sva::ComBat 3.46, agreement 1e-8.
    """
    settings = settings or CombatSettings()
    require_unit(matrix.unit, (ExpressionUnit.log2,), "fit_combat", DATA)
    refuse_missing(matrix)
    labels = batch_labels(batch, matrix.samples)
    if len(labels.levels) < 2:
        raise UsedWrongly(
            f"fit_combat: found one batch ('{labels.levels[0]}') in '{labels.name}', expected at least two."
        )
    if reference is not None and reference not in labels.levels:
        raise UsedWrongly(f"fit_combat: found the reference '{reference}', expected one of {', '.join(labels.levels)}.")
    coded = coded_covariates(covariates, matrix.samples)
    refuse_tied((labels,), coded)
    return _fit(matrix, labels, coded, reference, settings)


def apply_combat(
    fit: CombatFit, matrix: ExpressionMatrix, batch: pd.Series, *, covariates: pd.DataFrame | None = None
) -> ExpressionMatrix:
    """Correct samples, known or new, of the batches that the fit saw; each depends on the fit and on itself alone.

    Parameters
    ----------
    matrix : ExpressionMatrix, log2
        Holds every gene of the fit; others are left out.
    batch : Series, one label a sample
    covariates : data frame
        The columns that the fit had; not needed when it corrected means only.

    Raises
    ------
    UsedWrongly
        For a batch that the fit did not see, or a covariate (or a level of one) that is missing or unknown.
    UnitRefused, BadInput
        As `fit_combat`; for genes of the fit that the matrix does not hold.
    """
    require_unit(matrix.unit, (ExpressionUnit.log2,), "apply_combat", DATA)
    refuse_missing(matrix)
    values = take_genes(matrix, fit.genes, "ComBat").copy()
    code = _known_batches(fit, batch, matrix.samples)
    centre = fit.centre[:, None]
    if fit.covariates and not (fit.mean_only and covariates is None):
        centre = centre + fit.coefficients.T @ _known_covariates(fit, covariates, matrix.samples).T
    corrected = _without_effects(fit, values[fit.corrected], code, centre)
    if fit.reference is not None:
        untouched = code == fit.batches.index(fit.reference)
        corrected[:, untouched] = values[np.ix_(fit.corrected, untouched)]
    values[fit.corrected] = corrected
    return ExpressionMatrix(values, fit.genes, matrix.samples, matrix.unit, (*matrix.notes, *fit.notes))


def _fit(
    matrix: ExpressionMatrix,
    labels: BatchLabels,
    coded: CodedTerms,
    reference: str | None,
    settings: CombatSettings,
) -> CombatFit:
    single = [labels.levels[place] for place in np.flatnonzero(labels.sizes == 1)]
    mean_only = settings.mean_only or bool(single)
    place = None if reference is None else labels.levels.index(reference)
    corrected = _varies_in_every_batch(matrix.values, labels)
    values = matrix.values[corrected]
    coefficients, residuals = _regressed(values, labels, coded)
    counted = np.ones(len(labels.code), dtype=bool) if place is None else labels.code == place
    variance = np.einsum("ij,ij->i", residuals[:, counted], residuals[:, counted]) / counted.sum()
    sound = variance > SMALLEST_SHARE * np.maximum((values**2).mean(axis=1), 1e-300)
    if not sound.all():
        corrected[np.flatnonzero(corrected)[~sound]] = False
        residuals, coefficients, variance = residuals[sound], coefficients[:, sound], variance[sound]
    if corrected.sum() < 2:
        found = f"{int(corrected.sum())} genes that vary in every batch"
        raise BadInput(DATA, "genes", found, "at least 2: ComBat learns from one gene about another", "Add genes.")
    own, shared = coefficients[: len(labels.levels)], coefficients[len(labels.levels) :]
    centre = own[place] if place is not None else labels.sizes / labels.sizes.sum() @ own
    spread = np.sqrt(variance)
    shifts, variances = np.zeros_like(own), np.ones_like(own)
    for level, size in enumerate(labels.sizes):
        if level == place:
            continue
        # what is left of a sample beside its batch's mean, so that nothing of the size of the matrix is made
        left = residuals[:, labels.code == level] / spread[:, None]
        shift = (own[level] - centre) / spread
        mean = left.mean(axis=1)
        moments = BatchMoments(shift, shift + mean, ((left - mean[:, None]) ** 2).sum(axis=1), int(size))
        shifts[level], variances[level] = _effects(moments, settings.parametric, mean_only)
    notes = _notes(labels, coded, reference, settings, single, corrected)
    return CombatFit(
        genes=matrix.genes,
        corrected=corrected,
        batch=labels.name,
        batches=labels.levels,
        sizes=labels.sizes,
        reference=reference,
        centre=centre,
        coefficients=shared,
        spread=spread,
        shifts=shifts,
        variances=variances,
        covariates=coded.terms,
        levels=coded.levels,
        samples=matrix.samples,
        parametric=settings.parametric,
        mean_only=mean_only,
        notes=notes,
    )


def _varies_in_every_batch(values: NDArray[np.float64], labels: BatchLabels) -> NDArray[np.bool_]:
    """(genes,) False where a batch of two samples or more holds one value."""
    varies = np.ones(len(values), dtype=bool)
    for level in np.flatnonzero(labels.sizes > 1):
        mine = values[:, labels.code == level]
        varies &= mine.max(axis=1) > mine.min(axis=1)
    return varies


def _regressed(
    values: NDArray[np.float64], labels: BatchLabels, coded: CodedTerms
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Least squares of every gene on batches and covariates: (columns, genes) and what is left, (genes, samples)."""
    means = coded.matrix.mean(axis=0)
    design = np.hstack([labels.columns, coded.matrix - means])
    coefficients = np.linalg.pinv(design) @ values.T
    residuals = values - (design @ coefficients).T
    coefficients[: len(labels.levels)] -= means @ coefficients[len(labels.levels) :]
    return coefficients, residuals


def _effects(
    batch: BatchMoments, parametric: bool, mean_only: bool
) -> tuple[NDArray[np.float64], NDArray[np.float64] | float]:
    if mean_only:
        return (mean_effects if parametric else mean_nonparametric_effects)(batch), 1.0
    return (parametric_effects if parametric else nonparametric_effects)(batch)


def _without_effects(
    fit: CombatFit, values: NDArray[np.float64], code: NDArray[np.int64], centre: NDArray[np.float64]
) -> NDArray[np.float64]:
    values = values - centre
    values -= (fit.shifts * fit.spread).T[:, code]
    if not fit.mean_only:
        values /= np.sqrt(fit.variances).T[:, code]
    values += centre
    return values


def _known_batches(fit: CombatFit, batch: pd.Series, samples: tuple[str, ...]) -> NDArray[np.int64]:
    labels = batch_labels(batch, samples)
    unknown = [level for level in labels.levels if level not in fit.batches]
    if unknown:
        raise UsedWrongly(
            f"apply_combat: '{labels.name}': found the batch '{unknown[0]}', expected one that the fit saw: "
            f"{', '.join(fit.batches)}. Its effect is unknown: fit again on training samples and samples of this "
            "batch, with the training batch as reference, whose values then stay."
        )
    place = np.array([fit.batches.index(level) for level in labels.levels])
    return place[labels.code]


def _known_covariates(fit: CombatFit, covariates: pd.DataFrame | None, samples: tuple[str, ...]) -> NDArray[np.float64]:
    given = [] if covariates is None else list(map(str, covariates.columns))
    absent = [name for name in fit.covariates if name not in given]
    if covariates is None or absent:
        raise UsedWrongly(
            f"apply_combat: found no covariate '{absent[0]}', which the fit had. Give it of every sample, or fit "
            "without it; an outcome, which a new patient does not have, is no covariate."
        )
    frame = covariates.rename(columns=str)[list(fit.covariates)]
    return coded_covariates(frame, samples, fit.levels).matrix


def _notes(
    labels: BatchLabels,
    coded: CodedTerms,
    reference: str | None,
    settings: CombatSettings,
    single: list[str],
    corrected: NDArray[np.bool_],
) -> tuple[str, ...]:
    prior = "parametric" if settings.parametric else "non-parametric"
    sizes = ", ".join(f"{level} {size}" for level, size in zip(labels.levels, labels.sizes, strict=True))
    kept = f" with {' and '.join(coded.terms)} as covariates" if coded.terms else ""
    to = f", brought to {reference}" if reference is not None else ""
    scale = ", means only" if settings.mean_only else ""
    notes = [f"ComBat ({prior} prior{scale}) over '{labels.name}' fitted on samples of {sizes}{kept}{to}."]
    if single and not settings.mean_only:
        notes.append(f"Batch {' and '.join(single)} has one sample: ComBat corrected the means only, as sva does.")
    if not corrected.all():
        notes.append(f"{int((~corrected).sum())} genes without variance in one of the batches are left as they were.")
    return tuple(notes)
