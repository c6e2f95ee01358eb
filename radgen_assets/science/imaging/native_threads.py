"""Holds the threads of native libraries to one, so that one worker is one core and results do not vary."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache

import SimpleITK as sitk
from threadpoolctl import ThreadpoolController


@contextmanager
def one_native_thread() -> Iterator[None]:
    """SimpleITK, BLAS and OpenMP run on one thread inside the block; what was set before is restored."""
    before = sitk.ProcessObject.GetGlobalDefaultNumberOfThreads()
    sitk.ProcessObject.SetGlobalDefaultNumberOfThreads(1)
    try:
        with _controller(len(sys.modules)).limit(limits=1):
            yield
    finally:
        sitk.ProcessObject.SetGlobalDefaultNumberOfThreads(before)


@lru_cache(maxsize=1)
def _controller(n_modules: int) -> ThreadpoolController:
    """The native libraries that are loaded; looked for anew (4 ms) only when a module has come since, with its own."""
    return ThreadpoolController()
