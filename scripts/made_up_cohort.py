"""A made-up cohort of 420 patients and made-up genes, drawn from a seed, for the figures of the gallery."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

from radgen_assets.science.survival import Outcome

SEED = 20260101
N = 420


@lru_cache(maxsize=1)
def cohort() -> pd.DataFrame:
    """One row a patient: clinical factors, a marker, two scores and the outcome."""
    generator = np.random.default_rng(SEED)
    grade = generator.choice([2, 3, 4], N, p=[0.28, 0.24, 0.48])
    idh = generator.random(N) < np.where(grade == 4, 0.07, 0.78)
    age = np.clip(generator.normal(np.where(idh, 42, 60), 12), 19, 86).round()
    karnofsky = np.clip(10 * np.round(generator.normal(8.5 - (age > 60), 1.0)), 40, 100)
    resection = generator.choice(["total", "partial", "biopsy"], N, p=[0.48, 0.37, 0.15])
    methylated = generator.random(N) < np.where(idh, 0.8, 0.42)
    volume = np.exp(generator.normal(3.2, 0.75, N))
    risk = (
        0.03 * (age - 55) + 0.55 * (grade - 3) - 1.05 * idh - 0.02 * (karnofsky - 80) - 0.3 * methylated
        + 0.35 * (resection == "partial") + 0.75 * (resection == "biopsy") + 0.25 * (np.log(volume) - 3.2)
    )  # fmt: skip
    death = generator.weibull(1.25, N) * 34 * np.exp(-risk / 1.25) + 0.2
    censored = generator.uniform(4, 96, N)
    return pd.DataFrame(
        {
            "age": age,
            "grade": grade,
            "idh": np.where(idh, "mutant", "wild type"),
            "mgmt": np.where(methylated, "methylated", "unmethylated"),
            "karnofsky": karnofsky,
            "resection": resection,
            "volume": volume,
            "full": risk + generator.normal(0, 0.45, N),
            "marker": np.round(5 + 1.1 * np.tanh(risk - 0.6) + generator.normal(0, 0.9, N), 2),
            "baseline": 0.03 * (age - 55) + 0.55 * (grade - 3) + generator.normal(0, 0.45, N),
            "time_months": np.round(np.minimum(death, censored), 1).clip(0.1),
            "event": death <= censored,
        }
    )


def outcome() -> Outcome:
    """The cohort's right-censored survival."""
    return Outcome(cohort()["time_months"].to_numpy(), cohort()["event"].to_numpy())


def probability(column: str, months: float) -> NDArray[np.float64]:
    """Predicted probability of death by a time from one of the scores; the full one is a little too sure of itself."""
    score = cohort()[column].to_numpy()
    slope = 1.0 if column == "full" else 0.8
    return 1 - np.exp(-((months / 34) ** 1.25) * np.exp(slope * (score - score.mean()) - 0.45))


@lru_cache(maxsize=1)
def genes() -> pd.DataFrame:
    """16,000 genes: effect and P between two groups of 39, adjusted by Benjamini and Hochberg."""
    generator = np.random.default_rng(SEED + 1)
    n = 16_000
    truth = np.where(generator.random(n) < 0.035, generator.normal(0, 1.6, n), 0.0)
    noise = np.exp(generator.normal(0.3, 0.4, n))
    spread = noise * np.sqrt(2 / 39)
    effect = truth + generator.normal(0, spread)
    p = 2 * stats.t.sf(np.abs(effect / (spread * np.sqrt(generator.chisquare(76, n) / 76))), 76)
    letters = np.array(list("ABCDEFGHIKLMNPRSTVXZ"))
    names = ["".join(generator.choice(letters, int(generator.integers(3, 5)))) + str(i % 23 + 1) for i in range(n)]
    return pd.DataFrame({"name": names, "effect": effect, "p": p, "p_adjusted": stats.false_discovery_control(p)})


def expression(n_genes: int = 54, n_patients: int = 96) -> tuple[NDArray[np.float64], pd.DataFrame]:
    """z scores of genes in patients with three hidden subtypes, and what is known of each patient."""
    generator = np.random.default_rng(SEED + 2)
    subtype = generator.choice(3, n_patients, p=[0.4, 0.35, 0.25])
    programme = np.repeat(np.arange(3), n_genes // 3)
    loading = np.array([[1.5, -0.9, -0.2], [-0.8, 1.4, -0.5], [-0.3, -0.4, 1.7]])
    values = loading[programme][:, subtype] + generator.normal(0, 0.8, (n_genes, n_patients))
    values = (values - values.mean(axis=1, keepdims=True)) / values.std(axis=1, keepdims=True)
    known = pd.DataFrame(
        {
            "subtype": np.array(["proneural", "classical", "mesenchymal"])[subtype],
            "idh": np.where(generator.random(n_patients) < np.where(subtype == 0, 0.7, 0.08), "mutant", "wild type"),
            "age": np.clip(generator.normal(58 - 14 * (subtype == 0), 10), 20, 85).round(),
        }
    )
    known.loc[generator.choice(n_patients, 6, replace=False), "idh"] = None
    return values, known
