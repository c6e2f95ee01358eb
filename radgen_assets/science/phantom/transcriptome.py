"""Expression with planted pathways, as each platform would report it.

Gene names are made up (PHG0001 ...), so that nothing here can be mistaken for a finding.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from radgen_assets.contracts.errors import UsedWrongly
from radgen_assets.contracts.expression import ExpressionMatrix, GeneSet
from radgen_assets.contracts.units import ExpressionUnit
from radgen_assets.science.phantom.cohorts import PHANTOM_COHORTS
from radgen_assets.science.phantom.population import EXPRESSION_STREAM, GENE_STREAM, Population, generator
from radgen_assets.science.phantom.settings import PhantomSettings

GENES_PER_SET = 25
N_SETS = 20
# the planted sets: what a latent variable does to them; all other sets move on their own
PLANTED = MappingProxyType(
    {
        "PHANTOM_PROLIFERATION": ("expression_aggressiveness", 1.0),
        "PHANTOM_HYPOXIA": ("expression_aggressiveness", 0.8),
        "PHANTOM_MESENCHYMAL": ("expression_wildtype", 1.0),
        "PHANTOM_OLIGODENDROGLIAL": ("expression_wildtype", -1.0),
    }
)
_LOADING, _GENE_SD = 0.9, 0.6  # log2 units a latent SD, and a gene's own
_DISPERSION = 0.04  # negative binomial, of counts
_LIBRARY_SIZE = 2e7  # reads a sample; SD of its logarithm 0.25
_ARRAY_SLOPE, _ARRAY_FLOOR, _ARRAY_NOISE = 0.8, 3.0, 0.15  # arrays compress, do not reach zero, and are noisy
_PROBES_TWICE = 12  # genes with two probes on the array, the second one dimmer


@dataclass(frozen=True, eq=False)
class GenePanel:
    """The genes of a phantom; equal in all its cohorts.

    baseline, length_kb, loading : (n_genes,) float64 log2 level, length, and log2 units for an SD of its set's activity
    set_of : (n_genes,) int index into `sets`; -1 for genes of no set
    """

    genes: tuple[str, ...]
    sets: tuple[GeneSet, ...]
    baseline: NDArray[np.float64]
    length_kb: NDArray[np.float64]
    loading: NDArray[np.float64]
    set_of: NDArray[np.int64]


@lru_cache(maxsize=4)
def gene_panel(settings: PhantomSettings) -> GenePanel:
    """Genes, their sets and how they load on them."""
    n = settings.n_genes
    genes = tuple(f"PHG{number:04d}" for number in range(1, n + 1))
    rng = generator(settings, len(PHANTOM_COHORTS), GENE_STREAM)
    order = rng.permutation(n)
    set_of = np.full(n, -1)
    for number in range(N_SETS):
        set_of[order[number * GENES_PER_SET : (number + 1) * GENES_PER_SET]] = number
    sign = np.where(rng.uniform(size=n) < 0.9, 1.0, -1.0)  # one gene in ten goes against its set
    return GenePanel(
        genes=genes,
        sets=tuple(_gene_set(number, genes, set_of) for number in range(N_SETS)),
        baseline=np.clip(rng.normal(5.0, 2.0, size=n), 0.5, 12.0),
        length_kb=np.exp(rng.normal(0.9, 0.5, size=n)),
        loading=_LOADING * sign * rng.uniform(0.6, 1.4, size=n),
        set_of=set_of,
    )


def expression_matrix(settings: PhantomSettings, population: Population, patients: tuple[str, ...]) -> ExpressionMatrix:
    """The matrix of one cohort in its unit; `patients` names the samples, in the order of `population`.

    On arrays `_PROBES_TWICE` genes have a second, dimmer row of the same name, which a declared rule has to settle.
    Raises UsedWrongly for a cohort without expression.
    """
    traits = PHANTOM_COHORTS[population.cohort]
    if traits.expression_unit is None:
        raise UsedWrongly(f"phantom: cohort '{traits.name}' has no expression.")
    panel = gene_panel(settings)
    columns = []
    for index in range(population.n):
        rng = generator(settings, traits.index, EXPRESSION_STREAM, index)
        log2_level = _log2_levels(rng, panel, population.latents.iloc[index].to_dict())
        columns.append(_measured(rng, log2_level, panel, traits.expression_unit))
    values, genes = np.stack(columns, axis=1), panel.genes
    if traits.expression_unit is ExpressionUnit.log2:
        values, genes = np.vstack([values, values[:_PROBES_TWICE] - 1.0]), genes + genes[:_PROBES_TWICE]
    return ExpressionMatrix(values=values, genes=genes, samples=patients, unit=traits.expression_unit)


def ensembl_id(gene: str) -> str:
    """A made-up Ensembl id with version, for platforms that do not report symbols."""
    return f"ENSG999{int(gene.removeprefix('PHG')):08d}.{1 + int(gene[-1]) % 5}"


def _gene_set(number: int, genes: tuple[str, ...], set_of: NDArray[np.int64]) -> GeneSet:
    members = tuple(gene for gene, own in zip(genes, set_of, strict=True) if own == number)
    if number < len(PLANTED):
        name, (latent, sign) = list(PLANTED.items())[number]
        return GeneSet(name, f"planted: {'rises' if sign > 0 else 'falls'} with {latent}", members)
    return GeneSet(f"PHANTOM_MODULE_{number - len(PLANTED) + 1:02d}", "moves on its own", members)


def _log2_levels(rng: np.random.Generator, panel: GenePanel, latents: dict[str, float]) -> NDArray[np.float64]:
    """(n_genes,) true log2 levels of one sample."""
    activity = rng.standard_normal(N_SETS)
    for number, (latent, effect) in enumerate(PLANTED.values()):
        activity[number] = effect * latents[latent] + 0.25 * activity[number]
    of_set = np.where(panel.set_of >= 0, activity[panel.set_of], 0.0)
    return panel.baseline + panel.loading * of_set + _GENE_SD * rng.standard_normal(len(panel.genes))


def _measured(
    rng: np.random.Generator, log2_level: NDArray[np.float64], panel: GenePanel, unit: ExpressionUnit
) -> NDArray[np.float64]:
    """(n_genes,) what a platform reports for true log2 levels."""
    level = 2.0**log2_level
    if unit is ExpressionUnit.tpm:
        return np.round(1e6 * level / level.sum(), 4)
    reads = level * panel.length_kb
    if unit is ExpressionUnit.fpkm:
        return np.round(1e6 * level / reads.sum(), 4)  # a gene's reads divided by its length are its level
    if unit is ExpressionUnit.counts:
        expected = reads / reads.sum() * _LIBRARY_SIZE * np.exp(0.25 * rng.standard_normal())
        return rng.poisson(expected * rng.gamma(1 / _DISPERSION, _DISPERSION, size=len(expected))).astype(np.float64)
    if unit is ExpressionUnit.log2:
        noise = _ARRAY_NOISE * rng.standard_normal(len(log2_level))
        return np.round(_ARRAY_FLOOR + _ARRAY_SLOPE * np.maximum(log2_level, 0) + noise, 4)
    raise UsedWrongly(f"phantom: no platform reports {unit.value}.")
