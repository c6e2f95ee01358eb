"""Small cohorts with a planted signal for the tests of whole fits."""

from __future__ import annotations

import numpy as np
import pandas as pd

from radgen_assets.contracts.study import FitDeclaration

KINDS = {"clinical": "clinical", "radiomics": "radiomics"}


def declaration(kind="classification", **changes):
    common = {
        "name": "a_fit", "kind": kind, "blocks": ("clinical", "radiomics"), "outer_folds": 4, "inner_folds": 3,
        "bootstraps": 100, "repeats": 1, "outcome": "idh_status" if kind == "classification" else "overall_survival",
        "positive": "mutant" if kind == "classification" else None,
    }  # fmt: skip
    return FitDeclaration(**{**common, **changes})


def cohort(n=60, n_radiomics=40, seed=0, prefix="a", signal=1.5):
    """Predictors, classes, survival, persons, centres. Radiomic r0 carries the outcome, age a little of it."""
    generator = np.random.default_rng(seed)
    index = [f"{prefix}.p{i:03d}" for i in range(n)]
    age = generator.normal(55, 12, n)
    radiomics = pd.DataFrame(
        generator.normal(size=(n, n_radiomics)), index=index, columns=[f"r{j}" for j in range(n_radiomics)]
    )
    risk = signal * radiomics["r0"].to_numpy() + 0.03 * (age - 55)
    clinical = pd.DataFrame({"age_years": age, "sex": generator.choice(["female", "male"], n)}, index=index)
    classes = pd.Series(np.where(risk + generator.logistic(size=n) > 0, "mutant", "wildtype"), index=index)
    death, censoring = generator.exponential(20 * np.exp(-risk)), generator.uniform(5, 60, n)
    survival = pd.DataFrame(
        {"time_months": np.minimum(death, censoring), "event": (death <= censoring).astype(int)}, index=index
    )
    persons = pd.Series([f"person-{patient}" for patient in index], index=index)
    centre = pd.Series(generator.choice([f"{prefix}-one", f"{prefix}-two"], n), index=index)
    return {"clinical": clinical, "radiomics": radiomics}, classes, survival, persons, centre


def performance(result, model, setting="cross_validated"):
    return next(p for p in result.performances if (p.model, p.setting) == (model, setting))
