"""Runs formatting, lint, types, floors and all tests; the last line counts tests as pytest does.

Tests run side by side, two at a time; those that start servers come afterwards, three at a time, and those with a
browser last, alone. Every part runs even when an earlier one failed, so that one look shows everything.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from xml.etree import ElementTree

ROOT = Path(__file__).resolve().parents[1]
LINT = {
    "ruff check": ("ruff", "check", "."),
    "ruff format": ("ruff", "format", "--check", "."),
    "mypy": ("mypy",),
    "floors": ("lint-imports", "--no-cache"),
}
PARTS = {
    "tests side by side": ("-n", "2", "--dist", "loadfile", "-m", "not stack and not browser"),
    # They wait more than they compute, hence three; in the order of the files, since by their number of tests, xdist's
    # own order, the longest would come last.
    "tests with servers": ("-n", "3", "--dist", "loadfile", "--no-loadscope-reorder", "-m", "stack and not browser"),
    "tests in a browser": ("-m", "browser"),  # a process of its own: Playwright leaves an event loop running
}
NO_TESTS_COLLECTED = 5


def main() -> int:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--only-lint", action="store_true", help="no tests")
    only_lint = arguments.parse_args().only_lint
    failed = [name for name, command in LINT.items() if _run(name, command) != 0]
    if only_lint:
        print(f"lint: {', '.join(failed)} failed" if failed else "lint: all well")
        return bool(failed)
    begun = time.monotonic()
    counts: Counter[str] = Counter()
    with tempfile.TemporaryDirectory() as folder:
        for name, selection in PARTS.items():
            report = Path(folder) / f"{name}.xml"
            command = ("pytest", *selection, "-q", "--durations", "10", f"--junit-xml={report}")
            if _run(name, command) not in (0, NO_TESTS_COLLECTED):
                failed.append(name)
            counts += _counted(report)
    if failed:
        print(f"FAILED: {', '.join(failed)}")
    print(_summary(counts, time.monotonic() - begun), flush=True)
    return bool(failed)


def _run(name: str, command: tuple[str, ...]) -> int:
    """Run a tool of this environment in the repository's root; its output goes straight to the terminal."""
    print(f"== {name}", flush=True)
    tool, *rest = command
    environment = {name: value for name, value in os.environ.items() if not name.startswith("RADGEN_")}  # no one's home
    return subprocess.run(
        [str(Path(sys.executable).parent / tool), *rest], cwd=ROOT, env=environment, check=False
    ).returncode


def _counted(report: Path) -> Counter[str]:
    """Tests of one part by outcome; a part that died before its end counts as one error."""
    if not report.is_file():
        return Counter(errors=1)
    counts: Counter[str] = Counter()
    for suite in ElementTree.parse(report).getroot().iter("testsuite"):
        said = {key: int(suite.get(key, 0)) for key in ("tests", "failures", "errors", "skipped")}
        counts["failed"] += said["failures"]
        counts["errors"] += said["errors"]
        counts["skipped"] += said["skipped"]
        counts["passed"] += said["tests"] - said["failures"] - said["errors"] - said["skipped"]
    return counts


def _summary(counts: Counter[str], seconds: float) -> str:
    """As pytest ends: ``812 passed, 3 skipped in 540.20s``."""
    shown = [f"{counts[key]} {key}" for key in ("failed", "passed", "skipped", "errors") if counts[key]]
    return f"{', '.join(shown) or 'no tests ran'} in {seconds:.2f}s"


if __name__ == "__main__":
    sys.exit(main())
