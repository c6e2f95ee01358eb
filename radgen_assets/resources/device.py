"""The device that networks run on: a GPU where there is one, else the CPU with a stated number of threads.

Shrinking a batch that does not fit is left to science/deep/batches.py, which knows what a batch is.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from radgen_assets.contracts.errors import NotReady, UsedWrongly


@dataclass(frozen=True)
class Device:
    """One device by torch's name ("cpu", "cuda:0") and the CPU threads that torch may use."""

    name: str
    threads: int

    @classmethod
    def open(cls, *, threads: int | None = None) -> Device:
        """The device that RADGEN_DEVICE names ("cpu", "cuda", "cuda:1"), else the first GPU, else the CPU.

        Parameters
        ----------
        threads : int
            CPU threads; by default as many as this process may use cores.

        Raises
        ------
        UsedWrongly
            When RADGEN_DEVICE holds anything else.
        NotReady
            When it names a GPU that torch does not see.
        """
        wanted = os.environ.get("RADGEN_DEVICE", "auto").strip().lower() or "auto"
        if not re.fullmatch(r"auto|cpu|cuda(:\d+)?", wanted):
            raise UsedWrongly(f"RADGEN_DEVICE: found {wanted!r}, expected auto, cpu, cuda or cuda:<number>.")
        n_gpus = _n_gpus() if wanted != "cpu" else 0
        if wanted == "auto":
            wanted = "cuda:0" if n_gpus else "cpu"
        if wanted.startswith("cuda"):
            number = int(wanted.partition(":")[2] or 0)
            if number >= n_gpus:
                raise NotReady(
                    f"RADGEN_DEVICE names cuda:{number}, but torch sees {n_gpus} GPUs. "
                    "Install the driver and a torch with CUDA, or set RADGEN_DEVICE=cpu."
                )
            wanted = f"cuda:{number}"
        return cls(wanted, threads or len(os.sched_getaffinity(0)))

    @property
    def is_gpu(self) -> bool:
        return self.name.startswith("cuda")

    @contextmanager
    def held(self) -> Iterator[str]:
        """Inside the block torch uses `threads` CPU threads and repeatable GPU kernels; yields the device's name.

        Repeatable kernels forbid TensorFloat-32 and the search for the fastest algorithm, both of which change the
        last digits from run to run. What was set before is restored.
        """
        import torch

        before = torch.get_num_threads()
        torch.set_num_threads(self.threads)
        try:
            with torch.backends.cudnn.flags(enabled=True, benchmark=False, deterministic=True, allow_tf32=False):
                yield self.name
        finally:
            torch.set_num_threads(before)

    def describe(self) -> dict[str, str | int | float]:
        """What `radgen doctor` and the run's tags tell: name, model, memory in GB, threads, torch's version."""
        import torch

        known: dict[str, str | int | float] = {
            "device": self.name,
            "threads": self.threads,
            "torch": str(torch.__version__),
        }
        if self.is_gpu:
            properties = torch.cuda.get_device_properties(self.name)
            known |= {"model": properties.name, "memory_gb": round(properties.total_memory / 1e9, 1)}
        return known


def _n_gpus() -> int:
    import torch

    return int(torch.cuda.device_count()) if torch.cuda.is_available() else 0
