"""The cohorts and covariates of the golden Cox fits."""

from __future__ import annotations

import numpy as np
import pandas as pd

from radgen_assets.science.survival import Outcome
from radgen_assets_tests.science.golden import read_table

LUNG = ("age", "sex", "ph.ecog")
PBC = ("age", "edema", "bili", "albumin", "protime")


def outcome_of(table):
    return Outcome(table["time"], table["event"])


def known_patients(reference, cohort):
    """The complete patients of a golden fit, with the logarithms that R's formulas take."""
    table = read_table(reference, f"r1_survival/data/{cohort}")
    if cohort == "lung":
        return table.dropna(subset=list(LUNG))
    if cohort == "pbc":
        return with_logs(table.dropna(subset=list(PBC)))
    return table


def with_logs(table):
    return table.assign(**{f"log({name})": np.log(table[name]) for name in ("bili", "albumin", "protime")})


def factors_of(cohort, table):
    """The factors of the golden fit, categories not yet coded."""
    return table[
        {
            "lung": list(LUNG),
            "veteran": ["trt", "karno", "celltype", "age", "prior"],
            "pbc": ["age", "edema", "log(bili)", "log(albumin)", "log(protime)"],
            "ties": ["x1", "x2", "x3", "grp"],
        }[cohort]
    ]


def new_patients(golden):
    """R's `newdata` as a frame; a column given once stands for all."""
    given = golden["predict"]["newdata"]
    rows = max(len(np.atleast_1d(v)) for v in given.values())
    frame = pd.DataFrame({k: np.broadcast_to(np.atleast_1d(np.array(v)), rows) for k, v in given.items()})
    return with_logs(frame) if "bili" in frame else frame
