"""A result that science/learning made is a result that a report can tell."""

from __future__ import annotations

import numpy as np
import pandas as pd

from radgen_assets.contracts.study import FitDeclaration
from radgen_assets.reporting.page import report_page
from radgen_assets.science.learning import fit_study_classification, fit_study_survival
from radgen_assets_tests.reporting.synthetic import report

N = 60


def declaration(kind):
    return FitDeclaration(
        name=f"a_{kind}", kind=kind, outcome="idh_status" if kind == "classification" else "overall_survival",
        positive="mutant" if kind == "classification" else None, blocks=("clinical", "radiomics"),
        outer_folds=3, inner_folds=2, bootstraps=50,
    )  # fmt: skip


def patients():
    generator = np.random.default_rng(4)
    index = [f"a.p{i:02d}" for i in range(N)]
    clinical = pd.DataFrame(
        {"age_years": generator.normal(50, 12, N), "sex": generator.choice(["f", "m"], N)}, index=index
    )
    radiomics = pd.DataFrame(generator.normal(size=(N, 6)), index=index, columns=[f"x{i}" for i in range(6)])
    risk = 0.05 * (clinical["age_years"] - 50) + radiomics["x0"]
    outcome = pd.Series(np.where(risk + generator.logistic(size=N) > 0, "mutant", "wild type"), index=index)
    death, censored = generator.exponential(40 * np.exp(-risk)), generator.uniform(5, 90, N)
    survival = pd.DataFrame({"time_months": np.minimum(death, censored), "event": (death <= censored).astype(int)})
    survival.index = pd.Index(index)
    return {"clinical": clinical, "radiomics": radiomics}, outcome, survival, pd.Series(index, index=index)


def test_fits_of_both_kinds_make_a_page():
    blocks, outcome, survival, persons = patients()
    kinds = {"clinical": "clinical", "radiomics": "radiomics"}
    centre = pd.Series(["one", "two"] * (N // 2), index=persons.index)
    fits = (
        fit_study_classification(blocks, kinds, outcome, persons, declaration("classification"), centre=centre),
        fit_study_survival(blocks, kinds, survival, persons, declaration("survival")),
    )
    page = report_page(report(fits=fits))
    for fit in fits:
        assert f'id="fit-{fit.fit}"' in page
        assert f"{fit.n_events} " in page
