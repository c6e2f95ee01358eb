"""ComBat as papers run it: on all samples at once, the outcome among the covariates, or apart in each subclass."""

from __future__ import annotations

import numpy as np
import pandas as pd

from radgen_assets.contracts.errors import Confounded
from radgen_assets.contracts.expression import ExpressionMatrix
from radgen_assets.contracts.units import ExpressionUnit, require_unit
from radgen_assets.science.expression.batch.combat import apply_combat, fit_combat
from radgen_assets.science.expression.batch.labels import batch_labels, of_samples
from radgen_assets.science.expression.batch.settings import CombatSettings
from radgen_assets.science.expression.scales import DATA

LABEL = "As published: ComBat over all {n} samples at once, whatever their role; results on them are optimistic."


def combat_as_published(
    matrix: ExpressionMatrix,
    batch: pd.Series,
    *,
    covariates: pd.DataFrame | None = None,
    reference: str | None = None,
    within: pd.Series | None = None,
    allow_confounded: bool = False,
    settings: CombatSettings | None = None,
) -> ExpressionMatrix:
    """Correct all samples by batch effects learnt from the same samples; for showing what a paper's way gives.

    Training and validation are corrected together here, and with the outcome among the covariates chance differences
    between classes are put down to biology and kept: classes then separate where nothing separates them
    (docs/expression.md has how far). For a model use `fit_combat` and `apply_combat`; for a test keep the batch in its
    design.

    Parameters
    ----------
    covariates : data frame, one row a sample, optional
        As in `fit_combat`; papers put the outcome among them.
    within : Series, one label a sample, optional
        Correct each subclass by itself. Each is then brought to its own mixture of batches, so that batch effects
        come back as differences between subclasses. The sound way is one correction with the subclass as a covariate.
    allow_confounded : bool
        Let a subclass that lies in one batch pass uncorrected, with "confounded" in the notes.

    Raises
    ------
    Confounded
        For a subclass all of whose samples are of one batch, which is named, unless allowed.
    UnitRefused, UsedWrongly, BadInput
        As `fit_combat`.

    The matrix says in its notes what was done. Source: R sva::ComBat 3.46, agreement 1e-8; on what a covariate does:
    Nygaard, Rodland & Hovig 2016.
    """
    require_unit(matrix.unit, (ExpressionUnit.log2,), "combat_as_published", DATA)
    label = LABEL.format(n=len(matrix.samples))
    if within is None:
        fit = fit_combat(matrix, batch, covariates=covariates, reference=reference, settings=settings)
        found = apply_combat(fit, matrix, batch, covariates=covariates)
        return ExpressionMatrix(found.values, found.genes, found.samples, found.unit, (*found.notes, label))
    classes = batch_labels(within, matrix.samples, "within")
    values, notes = matrix.values.copy(), [label]
    for place, subclass in enumerate(classes.levels):
        mine = np.flatnonzero(classes.code == place)
        samples = tuple(matrix.samples[sample] for sample in mine)
        labels = batch_labels(batch, samples)
        if len(labels.levels) == 1:
            _refuse_or_tell(subclass, classes.name, labels.levels[0], labels.name, notes, allow=allow_confounded)
            continue
        part = ExpressionMatrix(matrix.values[:, mine], matrix.genes, samples, matrix.unit)
        rows = None if covariates is None else of_samples(covariates, samples, "covariates")
        own_reference = reference if reference in labels.levels else None
        if own_reference != reference:
            notes.append(f"{classes.name} {subclass}: no sample of {reference}; brought to the mean of its batches.")
        fit = fit_combat(part, batch, covariates=rows, reference=own_reference, settings=settings)
        values[:, mine] = apply_combat(fit, part, batch, covariates=rows).values
        notes += [f"{classes.name} {subclass}: {note}" for note in fit.notes]
    return ExpressionMatrix(values, matrix.genes, matrix.samples, matrix.unit, (*matrix.notes, *notes))


def _refuse_or_tell(subclass: str, within: str, level: str, batch: str, notes: list[str], *, allow: bool) -> None:
    found = f"'{within}' {subclass} lies in '{batch}' {level} alone"
    if not allow:
        raise Confounded(
            f"combat_as_published: {found}, so its batch effect cannot be told apart from what it is. Add samples of "
            "another batch, leave it out, or allow it, which labels the result confounded."
        )
    notes.append(f"Confounded: {found}; it was left as it was.")
