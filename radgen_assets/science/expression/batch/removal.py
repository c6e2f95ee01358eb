"""Batch effects taken out by a linear model, for pictures and distances."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from radgen_assets.contracts.errors import UsedWrongly
from radgen_assets.contracts.expression import ExpressionMatrix
from radgen_assets.contracts.units import ExpressionUnit, require_unit
from radgen_assets.science.expression.batch.labels import (
    BatchLabels,
    batch_labels,
    coded_covariates,
    refuse_tied,
)
from radgen_assets.science.expression.scales import DATA, refuse_missing
from radgen_assets.science.survival.terms import CodedTerms


def remove_batch_effect(
    matrix: ExpressionMatrix,
    batch: pd.Series,
    *,
    second: pd.Series | None = None,
    covariates: pd.DataFrame | None = None,
    design: pd.DataFrame | None = None,
) -> ExpressionMatrix:
    """Subtract what a linear model gives to batches, and to unwanted numbers, from every gene.

    For heat maps, principal components and distances. Not before a test: it would count the degrees of freedom of the
    batches as still there; and not before a model that is to be validated: all samples are used at once.

    Parameters
    ----------
    matrix : ExpressionMatrix, log2
    batch, second : Series, one label a sample
        Batches weigh alike, whatever their sizes: the mean over batches stays.
    covariates : data frame of numbers, one row a sample, optional
        Unwanted as well: slope times value is subtracted, as in limma, so that values are those at 0. Centre the
        numbers first where their level should stay.
    design : data frame, one row a sample, optional
        What is to stay: categories and numbers as in `fit_combat`.

    Raises
    ------
    UnitRefused
        For anything but log2 values.
    Confounded
        When what goes and what stays cannot be told apart; limma would leave the batch in without a word.
    UsedWrongly
        For a single batch, a covariate that is no number, or a sample without batch, covariate or design.

    Source: R limma::removeBatchEffect 3.54, agreement 1e-8.
    """
    require_unit(matrix.unit, (ExpressionUnit.log2,), "remove_batch_effect", DATA)
    refuse_missing(matrix)
    labels = [batch_labels(batch, matrix.samples)]
    if second is not None:
        labels.append(batch_labels(second, matrix.samples, "second batch"))
    for each in labels:
        if len(each.levels) < 2:
            raise UsedWrongly(
                f"remove_batch_effect: found one batch ('{each.levels[0]}') in '{each.name}', expected two."
            )
    unwanted, kept = _numbers(covariates, matrix.samples), coded_covariates(design, matrix.samples)
    refuse_tied(labels, _side_by_side(unwanted, kept))
    goes = np.hstack([*map(_sum_to_zero, labels), unwanted.matrix])
    stays = np.hstack([np.ones((len(matrix.samples), 1)), kept.matrix - kept.matrix.mean(axis=0)])
    size = np.maximum(np.abs(goes).max(axis=0), 1e-300)
    middle = np.concatenate([np.zeros(goes.shape[1] - unwanted.matrix.shape[1]), unwanted.matrix.mean(axis=0)])
    # centred and scaled for the solver only: a slope does not change
    coefficients = np.linalg.pinv(np.hstack([stays, (goes - middle) / size])) @ matrix.values.T
    values = matrix.values - (goes / size @ coefficients[stays.shape[1] :]).T
    removed = " and ".join(f"'{name}'" for name in [*(each.name for each in labels), *unwanted.terms])
    beside = f" beside {' and '.join(kept.terms)}" if kept.terms else ""
    note = f"Linear effects of {removed} removed{beside}, over all {len(matrix.samples)} samples: for pictures."
    return ExpressionMatrix(values, matrix.genes, matrix.samples, matrix.unit, (*matrix.notes, note))


def _numbers(covariates: pd.DataFrame | None, samples: tuple[str, ...]) -> CodedTerms:
    coded = coded_covariates(covariates, samples)
    if coded.levels:
        name = next(iter(coded.levels))
        raise UsedWrongly(f"remove_batch_effect: covariate '{name}' is no number. Give it as `second` batch.")
    return coded


def _side_by_side(one: CodedTerms, other: CodedTerms) -> CodedTerms:
    matrix = np.hstack([one.matrix, other.matrix])
    return CodedTerms(matrix, one.names + other.names, one.term + other.term, other.levels)


def _sum_to_zero(labels: BatchLabels) -> NDArray[np.float64]:
    """(n, batches - 1) contrasts of which the last batch is minus the sum."""
    columns = labels.columns
    return np.asarray(columns[:, :-1] - columns[:, -1:])
