"""Fingerprints of expression samples: equal values under two persons are found whatever the order of genes."""

from __future__ import annotations

import hashlib

import numpy as np

from radgen_assets.contracts.expression import ExpressionMatrix


def sample_fingerprints(matrix: ExpressionMatrix) -> dict[str, str]:
    """First 16 hex digits of SHA-256 over a sample's gene names and values, by fact name ``sample_<patient>``.

    Genes are taken in the order of their names, so that the order of rows does not matter.
    """
    order = np.argsort(np.array(matrix.genes))
    names = "\n".join(matrix.genes[row] for row in order).encode()
    values = np.ascontiguousarray(matrix.values[order].T, dtype="<f8")
    return {
        f"sample_{patient}": hashlib.sha256(names + row.tobytes()).hexdigest()[:16]
        for patient, row in zip(matrix.samples, values, strict=True)
    }
