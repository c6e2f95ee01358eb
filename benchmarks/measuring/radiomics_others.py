"""Asks the engines of other environments, and says which were not there."""

from __future__ import annotations

import json
import resource
import subprocess
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from measuring.in_turn import Round
from measuring.radiomics_inputs import Patient
from measuring.radiomics_peers import BIN_WIDTH, PACKAGES

LONGEST = 300  # seconds for one engine and case, its imports and compiling too
MOST_GIB = 8  # of address space, for one engine and case: over four times the largest of the others
OUT_OF_MEMORY = ("MemoryError", "bad_alloc", "not enough memory", "can't allocate", "Cannot allocate", "out of memory")
SCRIPT = Path(__file__).with_name("radiomics_peers.py")


@dataclass(frozen=True)
class Files:
    """A case on disk, not compressed, and how many levels its region has."""

    image: Path
    mask: Path
    n_levels: int


def write_case(case: Patient, folder: Path) -> Files:
    """The case's only volume and region."""
    import SimpleITK as sitk

    from radgen_assets.science.radiomics.binning import binned

    (values,), (inside,) = case.volumes.values(), case.regions.values()
    files = Files(
        folder / "image.nii",
        folder / "mask.nii",
        len(np.unique(binned(values, inside, bin_width=BIN_WIDTH).levels_inside)),
    )
    for path, array in ((files.image, values), (files.mask, inside.astype(np.uint8))):
        node = sitk.GetImageFromArray(array)
        node.SetSpacing([float(edge) for edge in reversed(case.spacing_mm)])
        sitk.WriteImage(node, str(path))
    return files


@dataclass(frozen=True)
class Answer:
    """What an engine measured of itself; the result holds its values by its own names."""

    version: str
    measured: Round


def ask_peers(
    interpreters: list[str], files: Files, rounds: int, *, only: str | None = None, filtered: bool = False
) -> dict[str, Answer | str]:
    """Each engine's answer by the first environment that has it, or why there is none."""
    answers: dict[str, Answer | str] = {}
    for engine in [only] if only else PACKAGES:
        answers[engine] = "not there (no environment of --peers has it)"
        for interpreter in interpreters:
            answer = _asked(interpreter, engine, files, rounds, filtered)
            if answer is not None:
                answers[engine] = answer
                break
    return answers


def _asked(interpreter: str, engine: str, files: Files, rounds: int, filtered: bool) -> Answer | str | None:
    """None: this environment does not have it."""
    command = [interpreter, str(SCRIPT), engine, str(files.image), str(files.mask), str(files.n_levels), str(rounds)]
    command += ["all"] if filtered else []
    try:
        answer = subprocess.run(
            command, capture_output=True, text=True, timeout=LONGEST, check=False, preexec_fn=_hold_memory
        )
    except subprocess.TimeoutExpired:
        return f"not finished in {LONGEST} s"
    lines = answer.stdout.strip().splitlines()
    if answer.returncode or not lines:
        of_memory = any(word in answer.stderr for word in OUT_OF_MEMORY)
        return f"not finished within {MOST_GIB} GiB" if of_memory else f"ended with exit code {answer.returncode}"
    found = json.loads(lines[-1])
    if "absent" in found:
        return None
    if "failed" in found:
        of_memory = any(word in found["failed"] for word in OUT_OF_MEMORY)
        return f"not finished within {MOST_GIB} GiB" if of_memory else f"failed: {found['failed']}"
    return Answer(found["version"], Round(found["seconds"], found["processor"], found["peak_mb"], found["values"]))


def _hold_memory() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MOST_GIB << 30, MOST_GIB << 30))


def equal_by_value(values: dict[str, float], expected: dict[str, float]) -> str:
    """How many of pyradiomics' values the engine gives: by name where it has the names, else anywhere among its own."""
    plain = {_plain(name): value for name, value in values.items()}
    shared = [(plain[_plain(name)], value) for name, value in expected.items() if _plain(name) in plain]
    if 2 * len(shared) > len(expected):
        n = sum(bool(np.isclose(value, other, rtol=1e-6, atol=1e-9)) for value, other in shared)
        return f"{n} of {len(shared)} of the same name"
    pool = np.array([value for value in values.values() if np.isfinite(value)])
    n = sum(bool(np.isclose(pool, value, rtol=1e-6, atol=1e-9).any()) for value in expected.values())
    return f"{n} of {len(expected)}, under any name"


def _plain(name: str) -> str:
    return "".join(letter for letter in name.lower().removeprefix("original_") if letter.isalnum())
