"""Asks an engine in a process of its own, cuts it when it takes too long, and says which were not there."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

SCRIPT = Path(__file__).with_name("expression_engines.py")


@dataclass(frozen=True)
class Answer:
    """seconds : on the clock; processor : of it, at work; peak_mb : of the process, its imports and input among it.

    cut : it was stopped after so many seconds of the work; there are no values.
    """

    engine: str
    version: str
    seconds: float
    processor: float
    peak_mb: float
    values: dict[str, np.ndarray] = field(default_factory=dict)
    cut: bool = False


@dataclass(frozen=True)
class Engines:
    """Where engines are looked for, and where their values go."""

    peers: list[str]
    folder: Path
    longest: float

    def ask(
        self, engine: str, case: str, given: Path, warm: Path, *, rounds: int = 1, number: int | None = None
    ) -> Answer | str:
        """Its answer by the first environment that has it, or why there is none."""
        for python in [sys.executable] if engine == "radgen" else self.peers:
            output = self.folder / f"{engine}_{case}_{given.name}.npz"
            command = [python, str(SCRIPT), engine, case, str(given), str(warm), str(output), str(rounds)]
            answer = self._run(engine, command + ([str(number)] if number else []), output)
            if answer is not None:
                return answer
        return "not there (no environment of --peers has it)"

    def _run(self, engine: str, command: list[str], output: Path) -> Answer | str | None:
        """None: this environment does not have it."""
        with (
            output.with_suffix(".out").open("w+", encoding="utf-8") as told,
            output.with_suffix(".err").open("w", encoding="utf-8") as errors,
            subprocess.Popen(command, stdout=told, stderr=errors) as process,
        ):
            try:
                process.wait(None if engine == "radgen" else self.longest)
            except subprocess.TimeoutExpired:
                peak, processor = _so_far(process.pid)
                process.kill()
                told.seek(0)
                begun = told.readline()
                if not begun.endswith("\n"):
                    return f"cut after {self.longest:.0f} s, before its work began"
                at = json.loads(begun)
                seconds = time.monotonic() - at["begun"]
                return Answer(engine, "", seconds, processor - at["processor"], peak, cut=True)
            told.seek(0)
            lines = told.read().strip().splitlines()
        if process.returncode or not lines:
            return f"ended with exit code {process.returncode}"
        found = json.loads(lines[-1])
        if "absent" in found:
            return None
        if "failed" in found:
            return f"failed: {found['failed']}"
        with np.load(output) as kept:
            values = dict(kept)
        return Answer(engine, found["version"], found["seconds"], found["processor"], found["peak_mb"], values)


def _so_far(pid: int) -> tuple[float, float]:
    """Peak memory in MB and seconds of the processor of a process that runs."""
    peak = Path(f"/proc/{pid}/status").read_text(encoding="utf-8").split("VmHWM:")[1].split()[0]
    ticks = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[11:13]
    return int(peak) / 1024, sum(map(int, ticks)) / os.sysconf("SC_CLK_TCK")


def ratio(ours: Answer, theirs: Answer) -> float:
    """Our time over theirs, on the clock or of the processor, whichever is less in our favour."""
    tick = 1 / os.sysconf("SC_CLK_TCK")  # of a peer that was cut at once the processor's time may read 0
    return max(ours.seconds / theirs.seconds, ours.processor / max(theirs.processor, tick))


def differences(ours: np.ndarray, theirs: np.ndarray) -> np.ndarray:
    """Absolute, where both have a value."""
    both = np.isfinite(ours) & np.isfinite(theirs)
    return np.abs(ours[both] - theirs[both])


def relative(found: np.ndarray, expected: np.ndarray) -> np.ndarray:
    """Relative to the expected value, where both are finite."""
    both = np.isfinite(found) & np.isfinite(expected)
    return np.abs(found[both] - expected[both]) / np.maximum(np.abs(expected[both]), 1e-12)


def rows(answers: dict[str, Answer | str], told: Callable[[Answer], str]) -> Iterator[str]:
    """A table of what the engines took; `told` says how far an engine's values are from ours."""
    yield "| engine | s | s of processor | peak MB | values |"
    yield "|---|---:|---:|---:|---|"
    for engine, answer in answers.items():
        if isinstance(answer, str):
            yield f"| {engine} | {answer} | | | |"
        elif answer.cut:
            so_far = f"{answer.processor:.0f} so far | {answer.peak_mb:,.0f} so far"
            yield f"| {engine} | cut after {answer.seconds:.0f} s | {so_far} | |"
        else:
            name = engine if answer.version == "this" else f"{engine} {answer.version}"
            yield (
                f"| {name} | {answer.seconds:.3g} | {answer.processor:.3g} | {answer.peak_mb:,.0f} | "
                f"{told(answer) if answer.values else ''} |"
            )
