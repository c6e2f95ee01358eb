"""P values where nothing differs: uniform, and adjusted P values that hardly ever find something."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import kstest

from radgen_assets.science.expression.differential.deseq import differential_counts
from radgen_assets_tests.science.expression.differential.counts_of_r import made_counts, tcga40

N_NULLS = 200
AGAINST = ("group", "b", "a")


@pytest.mark.slow
@pytest.mark.parametrize("reduced", [None, []], ids=["Wald", "likelihood ratio"])
def test_p_values_are_uniform_over_200_nulls(reduced):
    """One gene a null is tested for uniformity; the share below 0.05 is that of all genes."""
    one, below, found = [], [], 0
    for seed in range(N_NULLS):
        matrix, design = made_counts(300, 30, seed=1000 + seed)
        result = differential_counts(matrix, design, AGAINST, reduced=reduced)
        one.append(result.p[seed])
        below.append(np.nanmean(result.p < 0.05))
        found += int((result.p_adjusted < 0.05).any())
    assert kstest(one, "uniform").pvalue > 0.01
    assert 0.045 < np.mean(below) < 0.065
    assert found / N_NULLS < 0.12


@pytest.mark.slow
@pytest.mark.real
def test_permuted_labels_of_real_tumours_give_few_genes(shared_reference, shared_data):
    """Labels of 40 tumours permuted within GBM and LGG alike, so that nothing differs but by chance."""
    case = tcga40(shared_reference, shared_data)
    rng = np.random.default_rng(0)
    rows = rng.choice(len(case.matrix.genes), 2000, replace=False)
    matrix = type(case.matrix)(
        case.matrix.values[rows], tuple(case.matrix.genes[row] for row in rows), case.matrix.samples, case.matrix.unit
    )
    shares, found = [], []
    for _ in range(50):
        label = np.empty(40, dtype=object)
        for group in ("GBM", "LGG"):
            label[np.flatnonzero(case.samples["group"] == group)] = rng.permutation(["a", "b"] * 10)
        design = case.samples.assign(label=label)
        result = differential_counts(matrix, design, ("label", "b", "a"))
        shares.append(np.nanmean(result.p < 0.05))
        found.append((result.p_adjusted < 0.05).sum())
    assert 0.02 < np.mean(shares) < 0.09
    assert np.median(found) < 40
