"""Persons of a cohort: their latent variables, clinical sheet and outcomes.

Nothing but the latent variables and age acts on survival and IDH status (effects.py), so that a predictor which knows
them, the oracle, cannot be beaten. What else the sheet holds follows from latent variables, from the outcomes
(1p/19q: never use it to predict IDH status), or from chance.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import expit

from radgen_assets.contracts.units import DAYS_PER_MONTH
from radgen_assets.science.phantom.cohorts import PHANTOM_COHORTS, CohortTraits
from radgen_assets.science.phantom.effects import (
    CENSORED_FROM_MONTHS,
    CENSORED_TO_MONTHS,
    CONFOUNDED_LOG_HAZARD,
    IDH_WEIGHTS,
    LATENTS,
    SURVIVAL_WEIGHTS,
    idh_slope,
    latent_covariance,
    linear_predictor,
    survival_months,
    survival_slope,
)
from radgen_assets.science.phantom.settings import PhantomSettings

# Streams of random numbers: a new use takes a new number, so that old draws stay as they were.
LATENT_STREAM, OUTCOME_STREAM, SHEET_STREAM, IMAGE_STREAM, EXPRESSION_STREAM, GENE_STREAM, READER_STREAM = range(7)

TWICE_MEASURED = ("array_expression", "sequencing_expression")  # the first patients of both are one person


@dataclass(frozen=True, eq=False)
class Population:
    """Persons of one cohort, a row each, in one order.

    latents : (n, 5) float64, standard normal, columns `LATENTS`
    clinical : columns by radgen's names, in radgen's codings and units; NaN or None where the sheet has nothing
    survival_score, idh_score : (n,) float64 the oracle's linear predictors (variance 1; higher = earlier death,
        rather wildtype)
    scanner : names in scanner.py; empty strings in cohorts without images
    """

    cohort: str
    latents: pd.DataFrame
    clinical: pd.DataFrame
    survival_score: NDArray[np.float64]
    idh_score: NDArray[np.float64]
    scanner: tuple[str, ...]

    @property
    def n(self) -> int:
        """Number of persons."""
        return len(self.latents)


def generator(settings: PhantomSettings, *place: int) -> np.random.Generator:
    """Random numbers of one place (cohort, stream, patient ...), independent of those of every other."""
    return np.random.default_rng([settings.seed, *place])


def draw_population(settings: PhantomSettings, cohort: str, *, n: int | None = None) -> Population:
    """The persons of `cohort`; the first ones stay the same when more are asked for.

    Parameters
    ----------
    n : int, optional
        Persons; default: as many as the settings say.
    """
    traits = PHANTOM_COHORTS[cohort]
    n = getattr(settings.patients, cohort) if n is None else n
    normal = _draws(settings, traits, LATENT_STREAM, (n, len(LATENTS)), normal=True)
    latents = normal @ np.linalg.cholesky(latent_covariance()).T
    if traits.tissue == "normal":
        latents = latents * 0.3 - np.array([2.0, 2.0, 2.0, 2.0, 0.0])  # far below every tumour, little spread
    uniform = _draws(settings, traits, OUTCOME_STREAM, (n, 4))
    scanner_side = np.where(uniform[:, 3] < 0.5, -1.0, 1.0)
    survival_score = linear_predictor(latents, SURVIVAL_WEIGHTS)
    idh_score = linear_predictor(latents, IDH_WEIGHTS)
    log_hazard, log_odds = _effects(settings, traits, survival_score, idh_score, scanner_side)
    outcomes = _outcomes(log_hazard, log_odds, uniform)
    sheet = _sheet(latents, outcomes, _draws(settings, traits, SHEET_STREAM, (n, 8)))
    scanner = _scanners(traits, scanner_side)
    return Population(
        cohort=cohort,
        latents=pd.DataFrame(latents, columns=list(LATENTS)),
        clinical=pd.concat([sheet, outcomes], axis=1).assign(scanner=scanner),
        survival_score=survival_score,
        idh_score=idh_score,
        scanner=scanner,
    )


def _draws(
    settings: PhantomSettings, traits: CohortTraits, stream: int, shape: tuple[int, int], *, normal: bool = False
) -> NDArray[np.float64]:
    """Random numbers, a row a person; a person who stands in two cohorts has one row in both."""
    rng = generator(settings, traits.index, stream)
    rows = rng.standard_normal(shape) if normal else rng.uniform(size=shape)
    if traits.name == TWICE_MEASURED[1] and len(rows):
        rows[0] = _draws(settings, PHANTOM_COHORTS[TWICE_MEASURED[0]], stream, (1, shape[1]), normal=normal)[0]
    return rows


def _effects(
    settings: PhantomSettings,
    traits: CohortTraits,
    survival_score: NDArray[np.float64],
    idh_score: NDArray[np.float64],
    scanner_side: NDArray[np.float64],
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Log hazard and log odds of wildtype, (n,) each."""
    if settings.variant == "effect":
        return survival_slope(settings.concordance) * survival_score, idh_slope(settings.auc) * idh_score
    if settings.variant == "confounded" and len(traits.scanners) > 1:
        # with p = P(wildtype | second scanner) = 1 - P(wildtype | first), knowing the scanner has AUC p
        return CONFOUNDED_LOG_HAZARD * scanner_side, np.log(settings.auc / (1 - settings.auc)) * scanner_side
    return np.zeros(len(scanner_side)), np.zeros(len(scanner_side))


def _outcomes(
    log_hazard: NDArray[np.float64], log_odds: NDArray[np.float64], uniform: NDArray[np.float64]
) -> pd.DataFrame:
    death = survival_months(log_hazard, 1 - uniform[:, 0])
    contact = CENSORED_FROM_MONTHS + (CENSORED_TO_MONTHS - CENSORED_FROM_MONTHS) * uniform[:, 1]
    days = np.maximum(1, np.ceil(np.minimum(death, contact) * DAYS_PER_MONTH))
    wildtype = uniform[:, 2] < expit(log_odds)
    return pd.DataFrame(
        {
            "time_months": days / DAYS_PER_MONTH,
            "event": (death <= contact).astype(int),
            "idh_status": np.where(wildtype, "wildtype", "mutant"),
        }
    )


def _sheet(latents: NDArray[np.float64], outcomes: pd.DataFrame, uniform: NDArray[np.float64]) -> pd.DataFrame:
    """What a clinical sheet holds besides outcomes; about one value in twelve of KPS and MGMT is missing."""
    aggressive = (latents[:, 0] + latents[:, 1] + latents[:, 2]) / np.sqrt(3)
    performance = 82 - 6 * aggressive + 16 * (uniform[:, 1] - 0.5)
    kps = np.clip(np.round(performance / 10) * 10, 40, 100)
    severity = aggressive + 1.5 * (uniform[:, 2] - 0.5)
    mutant = (outcomes["idh_status"] == "mutant").to_numpy()
    return pd.DataFrame(
        {
            "age_years": np.round(np.clip(54 + 13 * latents[:, 4], 18, 89), 1),
            "sex": np.where(uniform[:, 0] < 0.42, "female", "male"),
            "kps": np.where(uniform[:, 3] < 0.08, np.nan, kps),
            "grade": np.select([severity < -0.7, severity < 0.1], [2, 3], 4),
            "codeletion_1p19q": np.where(mutant & (uniform[:, 4] < 0.4), "codeleted", "intact"),
            "mgmt_status": pd.Series(
                np.select([uniform[:, 5] < 0.42, uniform[:, 5] < 0.92], ["methylated", "unmethylated"], ""),
                dtype=object,
            ).replace("", None),
            "extent_of_resection": np.select(
                [uniform[:, 6] < 0.45, uniform[:, 6] < 0.85], ["gross_total", "subtotal"], "biopsy"
            ),
            "radiotherapy": np.where(uniform[:, 7] < 0.8, "yes", "no"),
        }
    )


def _scanners(traits: CohortTraits, scanner_side: NDArray[np.float64]) -> tuple[str, ...]:
    if not traits.scanners:
        return ("",) * len(scanner_side)
    return tuple(traits.scanners[-1] if side > 0 else traits.scanners[0] for side in scanner_side)
