"""The contrastive loss: a view is to recognise the other view of its own crop among all views of the batch."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional


def contrastive_loss(first: Tensor, second: Tensor, temperature: float) -> Tensor:
    """Normalised temperature-scaled cross-entropy of projections of two views, each (n, d), row by row of one crop.

    A scalar, lower = better; ln(2n - 1) where views are told apart by chance only. Any collapse to one point gives
    that value too, so a falling loss is not a collapse.
    Source: Chen et al. 2020 (SimCLR), arXiv 2002.05709, equation 1, averaged over all 2n views.
    """
    n = len(first)
    directions = functional.normalize(torch.cat([first, second]), dim=1)
    itself = torch.eye(2 * n, dtype=torch.bool, device=first.device)
    similarity = (directions @ directions.T / temperature).masked_fill(itself, -torch.inf)
    rows = torch.arange(n, device=first.device)
    return functional.cross_entropy(similarity, torch.cat([rows + n, rows]))
