"""Holds the threads of native libraries to one, so that one worker is one core and results do not vary."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import SimpleITK as sitk
from threadpoolctl import threadpool_limits


@contextmanager
def one_native_thread() -> Iterator[None]:
    """SimpleITK, BLAS and OpenMP run on one thread inside the block; what was set before is restored."""
    before = sitk.ProcessObject.GetGlobalDefaultNumberOfThreads()
    sitk.ProcessObject.SetGlobalDefaultNumberOfThreads(1)
    try:
        with threadpool_limits(limits=1):
            yield
    finally:
        sitk.ProcessObject.SetGlobalDefaultNumberOfThreads(before)
