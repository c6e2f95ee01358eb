"""The cohort of r2_penalised with glmnet's paths, and how far coefficients are from the optimum."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from radgen_assets.science.survival import Outcome
from radgen_assets_tests.science.golden import numbers, read_json, read_table

SURE = 40  # penalties at which R's own path is good to 1e-5


@dataclass(frozen=True)
class Penalised:
    """table, its covariates, R's JSON for one family and alpha, and R's path (60, p) on the standardised scale."""

    table: pd.DataFrame
    matrix: pd.DataFrame
    golden: dict[str, Any]
    path: np.ndarray | None

    @property
    def outcome(self):
        return Outcome(self.table["time"], self.table["event"])

    @property
    def scale(self):
        return self.matrix.std(ddof=0).to_numpy()

    @property
    def standardised(self):
        return ((self.matrix - self.matrix.mean()) / self.scale).to_numpy()

    @property
    def lambdas(self):
        return numbers(self.golden["lambda"])

    def stored_rows(self):
        """R's coefficients (60, p), per unit, where the JSON holds the columns that entered."""
        full = np.zeros((len(self.golden["lambda"]), self.matrix.shape[1]))
        places = [self.matrix.columns.get_loc(name) for name in self.golden["features"]]
        full[:, places] = np.array(self.golden["coef_rows_are_features"]).T
        return full


def penalised(shared_reference, key):
    """`key` as in glmnet.json: "cox_alpha1_strict"."""
    table = read_table(shared_reference, "r2_penalised/data/penalised")
    matrix = table.filter(regex="^x")
    golden = read_json(shared_reference, "r2_penalised/expected/glmnet")[key]
    path = None
    if key.endswith("_strict"):
        stored = read_table(shared_reference, f"r2_penalised/expected/path_{key}").set_index("feature")
        path = stored.reindex(matrix.columns, fill_value=0.0).to_numpy().T * matrix.std(ddof=0).to_numpy()
    return Penalised(table, matrix, golden, path)


def worst_violation(pull, beta, lambda_, alpha):
    """Largest breach of the optimality conditions, of lambda; `pull` is minus the gradient of the loss (p,)."""
    rest = pull - lambda_ * (1 - alpha) * beta
    inside, outside = np.abs(rest - lambda_ * alpha * np.sign(beta)), np.maximum(np.abs(rest) - lambda_ * alpha, 0)
    return float(np.where(beta == 0, outside, inside).max() / lambda_)
