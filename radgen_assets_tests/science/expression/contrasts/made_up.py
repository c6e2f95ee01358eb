"""A made-up cohort of counts for contrasts: planted genes, marts as the house exports them, gene sets."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from radgen_assets.contracts.expression import ExpressionMatrix, GeneSet
from radgen_assets.contracts.study import ContrastDeclaration, Study
from radgen_assets.contracts.units import ExpressionUnit
from radgen_assets.science.expression.contrasts.frame import MeasuredCohort
from radgen_assets.science.learning.study.patients import Marts

N_GENES = 500
GENES = tuple(f"G{number:03d}" for number in range(N_GENES))
SETS = tuple(
    GeneSet(f"SET_{n}", "", GENES[20 * n : 20 * (n + 1)]) for n in range(25)
)  # the first rises, the second falls


def contrast(**changes: Any) -> ContrastDeclaration:
    """Mutant against wildtype by DESeq2."""
    given = {"name": "idh", "column": "idh_status", "level": "mutant", "reference": "wildtype", "methods": ("deseq2",)}
    return ContrastDeclaration.model_validate(given | changes)


def study(*contrasts: ContrastDeclaration, **changes: Any) -> Study:
    """A study of contrasts; trained on cohort a."""
    given = {"name": "s", "title": "s", "question": "?", "roles": {"train": ("a",)}}
    return Study.model_validate({**given, "contrasts": contrasts or (contrast(),), **changes})


def patient(cohort: str, number: int, **changes: Any) -> dict[str, Any]:
    """A row of the mart `patients`: every second one is mutant, grades alternate in pairs."""
    given = {
        "patient_key": f"{cohort}.{number:02d}",
        "cohort": cohort,
        "person": f"person of {cohort}.{number:02d}",
        "centre": cohort,
        "excluded_reason": None,
        "age_years": 40.0 + number,
        "sex": "female" if number % 3 else "male",
        "grade": 2 + number // 2 % 2,
        "idh_status": "mutant" if number % 2 == 0 else "wildtype",
    }
    return given | changes


def patients(cohort: str = "a", n: int = 16) -> list[dict[str, Any]]:
    """`n` patients of one cohort."""
    return [patient(cohort, number) for number in range(n)]


def marts(rows: list[dict[str, Any]], *, flow: list[dict[str, Any]] | None = None, **extra: dict[str, str]) -> Marts:
    """Marts of these patients; `extra`: column -> patient key -> value."""
    empty = pd.DataFrame()
    long = [
        {"patient_key": key, "column_name": name, "value": value, "kind": "text"}
        for name, values in extra.items()
        for key, value in values.items()
    ]
    flow_columns = ("patient_key", "branch", "step_order", "included", "reason")
    return Marts(
        patients=pd.DataFrame(rows),
        endpoints=empty,
        feature_matrix=empty,
        clinical_extra=pd.DataFrame(long, columns=["patient_key", "column_name", "value", "kind"]),
        cohort_flow=pd.DataFrame(flow or [], columns=list(flow_columns)),
    )


def measured(*cohorts: str, n: int = 16, unit: str = "counts", platform: str = "RNA-seq") -> dict[str, MeasuredCohort]:
    """Expression of the first `n` patients of each cohort."""
    return {
        cohort: MeasuredCohort(unit, platform, {f"{cohort}.{k:02d}": f"{cohort}{k}" for k in range(n)})
        for cohort in cohorts
    }


def counts(keys: list[str], mutant: np.ndarray, *, effect: float, seed: int = 1) -> ExpressionMatrix:
    """Negative binomial counts; in the mutant the first set is `effect` log2 units higher, the second lower."""
    rng = np.random.default_rng(seed)
    level = np.tile(rng.normal(8, 1.5, N_GENES)[:, None], len(keys)) + rng.normal(0, 0.25, (N_GENES, len(keys)))
    level[:20, mutant] += effect
    level[20:40, mutant] -= effect
    values = rng.poisson(2**level * rng.gamma(20, 1 / 20, level.shape)).astype(np.float64)
    return ExpressionMatrix(values, GENES, tuple(keys), ExpressionUnit.counts)
