"""Fingerprints of samples: what makes two equal, and what must not."""

from __future__ import annotations

import numpy as np

from radgen_assets.contracts.expression import ExpressionMatrix
from radgen_assets.contracts.units import ExpressionUnit
from radgen_assets.science.expression.fingerprints import sample_fingerprints

VALUES = np.array([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]])


def matrix(genes: tuple[str, ...], values: np.ndarray) -> ExpressionMatrix:
    return ExpressionMatrix(values, genes, ("P1", "P2"), ExpressionUnit.counts)


def test_the_order_of_genes_does_not_matter():
    """The same person in two matrices may stand in rows of another order."""
    turned = matrix(("C", "A", "B"), VALUES[[2, 0, 1]])
    assert sample_fingerprints(turned) == sample_fingerprints(matrix(("A", "B", "C"), VALUES))


def test_one_other_value_is_another_sample():
    other = VALUES.copy()
    other[1, 0] += 1
    changed = sample_fingerprints(matrix(("A", "B", "C"), other))
    before = sample_fingerprints(matrix(("A", "B", "C"), VALUES))
    assert changed["sample_P1"] != before["sample_P1"]
    assert changed["sample_P2"] == before["sample_P2"]
