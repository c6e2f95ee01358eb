"""Runs every program in benchmarks/ with --quick, one after the other, and repeats their goals at the end."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def main() -> int:
    goals: list[str] = []
    broken: list[str] = []
    for program in sorted((ROOT / "benchmarks").glob("*.py")):
        print(f"== {program.name}", flush=True)
        with subprocess.Popen(
            [sys.executable, str(program), "--quick"], cwd=ROOT, stdout=subprocess.PIPE, text=True
        ) as process:
            assert process.stdout is not None
            for line in process.stdout:
                print(line, end="", flush=True)
                if line.startswith("goal "):
                    goals.append(line.strip())
        if process.returncode != 0:
            broken.append(f"{program.name} ended with exit code {process.returncode}")
    print("\n".join(["== goals", *goals, *broken]))
    return bool(broken)


if __name__ == "__main__":
    sys.exit(main())
