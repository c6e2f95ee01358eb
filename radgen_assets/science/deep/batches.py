"""Runs a function over an array batch by batch, in smaller ones where the device's memory does not hold a batch."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import numpy as np
import torch
from numpy.typing import NDArray

Result = TypeVar("Result")


def shrinking_batches(
    function: Callable[[NDArray[np.float32]], Result], items: NDArray[np.float32], batch_size: int
) -> list[Result]:
    """Results of `function` over consecutive slices of `items`, at most `batch_size` long.

    On `torch.OutOfMemoryError` the size is halved, for the rest of the items too; a single item that does not fit
    raises it, with a note on what to do.
    """
    results: list[Result] = []
    start, size = 0, batch_size
    while start < len(items):
        try:
            results.append(function(items[start : start + size]))
        except torch.OutOfMemoryError as error:
            if size == 1:
                error.add_note("One crop alone does not fit the GPU's memory. Free it, or set RADGEN_DEVICE=cpu.")
                raise
            size //= 2
            torch.cuda.empty_cache()  # does nothing without a GPU
            continue
        start += size
    return results
