"""One contrast computed: every gene by every method, then the gene sets of the first method's genes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from radgen_assets.contracts.contrasts import GENE_COLUMNS, ContrastResult
from radgen_assets.contracts.expression import ExpressionMatrix, GeneSet
from radgen_assets.contracts.study import ContrastDeclaration
from radgen_assets.science import expression
from radgen_assets.science.expression.contrasts.frame import ContrastFrame
from radgen_assets.science.expression.contrasts.gene_sets import GeneSetAnswers, ask_gene_sets
from radgen_assets.science.expression.contrasts.methods import NAMES, SOURCE_OF

FEW = 10  # patients of a group below which a list of genes is unsteady
NORMAL_975 = 1.959963984540054
UP, DOWN = "up", "down"


def compare_groups(
    contrast: ContrastDeclaration,
    frame: ContrastFrame,
    matrices: Mapping[str, ExpressionMatrix],
    collections: Mapping[str, Sequence[GeneSet]],
) -> ContrastResult:
    """Test every gene and gene set of one contrast.

    Parameters
    ----------
    frame : who is compared, and the design
    matrices : "counts" and "log2", as far as the methods need them; samples are the patient keys of `frame`
    collections : name -> gene sets, as far as the contrast asks for them

    Raises
    ------
    UnitRefused
        When a method does not suit the unit of its matrix.
    UsedWrongly, BadInput
        As the methods do: a design that cannot be told apart, too few patients, a matrix without expressed genes.
    """
    notes: list[str] = []
    tables = []
    for method in contrast.methods:
        table, told = _tested(method, contrast, frame, matrices[SOURCE_OF[method]])
        tables.append(table)
        notes += [f"{NAMES[method]}: {note}" for note in told]
    genes = pd.concat(tables, ignore_index=True)[list(GENE_COLUMNS)]
    first = contrast.methods[0]
    answers = ask_gene_sets(contrast, genes[genes["method"] == first], collections, method=NAMES[first])
    return _result(contrast, frame, genes, answers, (*frame.notes, *notes))


def _tested(
    method: str, contrast: ContrastDeclaration, frame: ContrastFrame, matrix: ExpressionMatrix
) -> tuple[pd.DataFrame, tuple[str, ...]]:
    asked = (contrast.column, contrast.level, contrast.reference)
    if method == "deseq2":
        settings = expression.CountTestSettings(false_discovery_rate=contrast.false_discovery_rate)
        counted = expression.differential_counts(matrix, frame.design, asked, settings=settings)
        found, notes = counted.to_frame().rename(columns={"base_mean": "mean_expression"}), counted.notes
        half = NORMAL_975 * found["std_err"]  # Wald's, as the test
        found = found.assign(low=found["log2_fold_change"] - half, high=found["log2_fold_change"] + half)
    elif method == "limma_voom":
        weighed = expression.differential_voom(matrix, frame.design, asked)
        found, notes = weighed.to_frame(), weighed.notes
    else:
        trended = expression.NormalisedTestSettings(trend=True)
        moderated = expression.differential_normalised(matrix, frame.design, asked, settings=trended)
        found, notes = moderated.to_frame(), moderated.notes
    found = found.assign(method=method, found=_direction(found, contrast))
    return found, notes


def _direction(found: pd.DataFrame, contrast: ContrastDeclaration) -> pd.Series:
    """ "up" or "down" where both thresholds are met, else empty."""
    change = found["log2_fold_change"]
    with np.errstate(invalid="ignore"):
        counts = (found["p_adjusted"] < contrast.false_discovery_rate) & (
            change.abs() >= contrast.least_log2_fold_change
        )
    return pd.Series(np.where(counts & (change > 0), UP, np.where(counts & (change < 0), DOWN, "")), index=found.index)


def _result(
    contrast: ContrastDeclaration,
    frame: ContrastFrame,
    genes: pd.DataFrame,
    answers: GeneSetAnswers,
    notes: tuple[str, ...],
) -> ContrastResult:
    group = frame.design[contrast.column]
    cohorts = frame.people["cohort"]
    groups = tuple(
        (level, str(cohort), int(n))
        for level in (contrast.level, contrast.reference)
        for cohort, n in cohorts[group == level].value_counts(sort=False).sort_index().items()
    )
    held = frame.design.drop(columns=contrast.column)
    patients = pd.DataFrame(
        {
            "patient": frame.people.index.astype(str),
            "person": frame.people["person"].to_numpy(),
            "cohort": cohorts.to_numpy(),
            "group": group.to_numpy(),
            **{name: held[name].astype(object).to_numpy() for name in held},
        }
    )
    return ContrastResult(
        contrast=contrast.name,
        column=contrast.column,
        level=contrast.level,
        reference=contrast.reference,
        methods=contrast.methods,
        groups=groups,
        n=len(frame.people),
        n_persons=int(frame.people["person"].nunique()),
        genes=genes,
        over_representation=answers.over_representation,
        enrichment=answers.enrichment,
        patients=patients,
        sources=frame.sources,
        universe=answers.universe,
        warnings=(*frame.warnings, *_few(contrast, group), *answers.warnings),
        notes=notes,
        settings=contrast.model_dump(mode="json", exclude={"title"}),
    )


def _few(contrast: ContrastDeclaration, group: pd.Series) -> tuple[str, ...]:
    sizes = {level: int((group == level).sum()) for level in (contrast.level, contrast.reference)}
    level, n = min(sizes.items(), key=lambda item: item[1])
    if n >= FEW:
        return ()
    return (
        f"Only {n} patients are {contrast.column} = {level}: with fewer than {FEW} in a group, which genes are found "
        "depends on each single one.",
    )
