"""The phantom's arrays measured at three sites, each of which shifts and stretches every gene."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import pandas as pd

from radgen_assets.contracts.expression import ExpressionMatrix
from radgen_assets.science.phantom import PhantomSettings, draw_population, expression_matrix

SITES = ("north", "south", "west")
N_TRAINING, N_NEW = 90, 300
SHIFT, STRETCH = 0.8, 0.2  # log2 units a standard deviation, and of the logarithm of a factor


@dataclass(frozen=True, eq=False)
class Sites:
    """Patients of the phantom with sites planted.

    case : (n,) bool, the label; site : (n,) place in SITES
    training : (n,) bool; the others are new patients, half of them cases at every site
    """

    matrix: ExpressionMatrix
    case: np.ndarray
    site: np.ndarray
    training: np.ndarray

    def part(self, chosen: np.ndarray) -> ExpressionMatrix:
        samples = tuple(np.array(self.matrix.samples)[chosen].tolist())
        return ExpressionMatrix(self.matrix.values[:, chosen], self.matrix.genes, samples, self.matrix.unit)

    @property
    def batch(self) -> pd.Series:
        return pd.Series(np.array(SITES)[self.site], self.matrix.samples, name="site")

    @property
    def label(self) -> pd.DataFrame:
        return pd.DataFrame({"label": np.where(self.case, "case", "control")}, index=self.matrix.samples)


@lru_cache(maxsize=1)
def arrays(n: int = 700) -> tuple[ExpressionMatrix, np.ndarray]:
    """Log2 expression of n persons, one row a gene, and who is IDH-wildtype."""
    settings = PhantomSettings()
    population = draw_population(settings, "array_expression", n=n)
    measured = expression_matrix(settings, population, tuple(f"ARR{number:03d}" for number in range(n)))
    genes = tuple(dict.fromkeys(measured.genes))  # second probes stand at the end
    matrix = ExpressionMatrix(measured.values[: len(genes)], genes, measured.samples, measured.unit)
    return matrix, (population.clinical["idh_status"] == "wildtype").to_numpy()


def planted_sites(seed: int, shares: tuple[float, float, float], *, permuted: bool) -> Sites:
    """Training patients, 30 a site of whom `shares` are cases, and new patients, half of them cases.

    permuted : labels are dealt out by chance, so that nothing depends on them; else cases are IDH-wildtype
    """
    rng = np.random.default_rng(seed)
    whole, wildtype = arrays()
    wanted_cases = [*(round(share * N_TRAINING / 3) for share in shares), *[N_NEW // 6] * 3]
    wanted = [*[N_TRAINING // 3] * 3, *[N_NEW // 3] * 3]
    case = np.concatenate([np.arange(n) < cases for n, cases in zip(wanted, wanted_cases, strict=True)])
    person = np.empty(len(case), dtype=int)
    if permuted:
        person[:] = rng.permutation(len(wildtype))[: len(case)]
    else:
        for kind in (True, False):
            person[case == kind] = rng.permutation(np.flatnonzero(wildtype == kind))[: (case == kind).sum()]
    site = np.repeat(np.tile(np.arange(3), 2), wanted)
    genes = len(whole.genes)
    shift = rng.normal(0, SHIFT, (genes, 3))[:, site]
    stretch = np.exp(rng.normal(0, STRETCH, (genes, 3)))[:, site]
    middle = whole.values.mean(axis=1, keepdims=True)
    values = middle + (whole.values[:, person] - middle) * stretch + shift
    samples = tuple(whole.samples[each] for each in person)
    matrix = ExpressionMatrix(values, whole.genes, samples, whole.unit)
    return Sites(matrix, case, site, np.arange(len(case)) < N_TRAINING)
