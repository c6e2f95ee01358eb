"""Whether embeddings say anything: how many directions they use, and whether two views of a crop find each other."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

COLLAPSED_BELOW = 3.0  # effective directions; a collapsed network has 1 to 2


def effective_rank(embeddings: NDArray[np.floating]) -> float:
    """How many directions (n, d) embeddings spread over: 0 when all are equal, at most min(n - 1, d).

    The exponential of the entropy of the singular values of the centred matrix, scaled to sum to 1.
    Source: Roy & Vetterli 2007, The effective rank (EUSIPCO).
    """
    centred = embeddings.astype(np.float64) - embeddings.mean(axis=0, dtype=np.float64)
    values = np.linalg.svd(centred, compute_uv=False)
    if values.sum() <= 1e-9 * max(1.0, float(np.abs(embeddings).max())):
        return 0.0
    shares = values[values > 0] / values.sum()
    return float(np.exp(-(shares * np.log(shares)).sum()))


def paired_view_accuracy(first: NDArray[np.floating], second: NDArray[np.floating]) -> float:
    """Share of rows of `first` (n, d) whose nearest row of `second` (cosine) is its own partner; by chance 1/n."""
    a, b = (each - each.mean(axis=0) for each in (first.astype(np.float64), second.astype(np.float64)))
    a, b = (each / np.maximum(np.linalg.norm(each, axis=1, keepdims=True), 1e-12) for each in (a, b))
    return float(((a @ b.T).argmax(axis=1) == np.arange(len(a))).mean())
