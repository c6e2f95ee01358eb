"""Models as plain numbers that go to JSON, and prediction from nothing but those numbers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from scipy.special import expit

from radgen_assets.contracts.errors import UsedWrongly
from radgen_assets.science.learning.nested.cross_validation import FittedModel
from radgen_assets.science.learning.nested.design_matrix import DesignMatrix, column_values
from radgen_assets.science.learning.nested.learners import hazard_at

FORMAT = 1


def store_model(model: FittedModel, design: DesignMatrix, l1_ratio: float) -> dict[str, Any]:
    """A fitted model as numbers and names: score = sum of coefficient * (value - mean) / scale, plus shift."""
    preparation, linear = model.preparation, model.linear
    terms = [
        {
            "block": design.columns[j].block,
            "column": design.columns[j].source,
            "level": design.columns[j].level,
            "fill": float(preparation.fill[k]),
            "mean": float(preparation.mean[k]),
            "scale": float(preparation.scale[k]),
            "coefficient": float(linear.coefficients[k]),
        }
        for k, j in enumerate(preparation.columns)
    ]
    stored: dict[str, Any] = {
        "format": FORMAT,
        "kind": "logistic" if linear.base_log_odds is not None else "cox",
        "terms": terms,
        "shift": linear.shift,
        "lambda": linear.lambda_,
        "l1_ratio": l1_ratio,
    }
    if linear.base_log_odds is not None:
        stored["base_log_odds"] = linear.base_log_odds
    if linear.hazard_times is not None and linear.cumulative_hazard is not None:
        stored["hazard_times_months"] = [float(t) for t in linear.hazard_times]
        stored["cumulative_hazard"] = [float(h) for h in linear.cumulative_hazard]
    return stored


def predict_from_model(
    model: Mapping[str, Any], predictors: Mapping[str, pd.DataFrame], *, horizon_months: float | None = None
) -> pd.DataFrame:
    """Score patients with a stored model.

    Parameters
    ----------
    model : an entry of FitResult.models
    predictors : block name -> data frame, one row a patient; patients are those that every used block holds
    horizon_months : survival only; asks for the probability of death by then

    Returns
    -------
    data frame by patient: score (0 = the training patients' middle), probability (NaN for survival without horizon)

    Raises
    ------
    UsedWrongly
        When a used block or column is absent, or the stored format is unknown.
    """
    if model.get("format") != FORMAT:
        raise UsedWrongly(f"stored model: found format {model.get('format')}, expected {FORMAT}.")
    used = [term for term in model["terms"] if term["coefficient"] != 0]
    patients = _patients(used, predictors)
    score = np.full(len(patients), float(model["shift"]))
    for term in model["terms"]:
        if term["coefficient"] != 0:
            values = _term_values(term, predictors, patients)
            score += (
                term["coefficient"] * (np.where(np.isnan(values), term["fill"], values) - term["mean"]) / term["scale"]
            )
    return pd.DataFrame({"score": score, "probability": _probability(model, score, horizon_months)}, index=patients)


def _patients(used: list[dict[str, Any]], predictors: Mapping[str, pd.DataFrame]) -> pd.Index:
    blocks = sorted({term["block"] for term in used}) or sorted(predictors)
    for block in blocks:
        if block not in predictors:
            raise UsedWrongly(f"stored model: block '{block}' is absent, expected it since the model uses it.")
    patients = predictors[blocks[0]].index
    for block in blocks[1:]:
        patients = patients[patients.isin(predictors[block].index)]
    return patients


def _term_values(term: Mapping[str, Any], predictors: Mapping[str, pd.DataFrame], patients: pd.Index) -> np.ndarray:
    frame = predictors[term["block"]]
    if term["column"] not in frame.columns:
        raise UsedWrongly(f"stored model: column '{term['column']}' of block '{term['block']}' is absent.")
    values = column_values(frame.loc[patients, term["column"]], term["level"], term["block"])
    return np.where(np.isinf(values), np.nan, values)


def _probability(model: Mapping[str, Any], score: np.ndarray, horizon_months: float | None) -> np.ndarray:
    if model["kind"] == "logistic":
        return expit(score + model["base_log_odds"])
    if horizon_months is None:
        return np.full(len(score), np.nan)
    hazard = hazard_at(np.array(model["hazard_times_months"]), np.array(model["cumulative_hazard"]), horizon_months)
    return 1 - np.exp(-hazard * np.exp(score))
