"""Prints docs/methods.md: every statistical function, what it stands on, its reference, and how near it comes.

python -m radgen_assets_tests.science.agreements.methods_page              prints the page
python -m radgen_assets_tests.science.agreements.methods_page --measure    runs the golden tests, keeps their
                                                                           differences in measured.json, then prints
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from itertools import groupby
from math import ceil, log10
from pathlib import Path

from radgen_assets_tests.science.agreements.catalogue import ROOMS, Method
from radgen_assets_tests.science.agreements.row import RECORD, Row, all_rows
from radgen_assets_tests.science.coverage import KEPT, N_COHORTS, N_PATIENTS, N_TRUTH

MEASURED = Path(__file__).parent / "measured.json"
TESTS = Path(__file__).parents[1]
HEAD = """\
# Methods

Every statistical function of `radgen_assets.science`: what it stands on, what it is compared with, and how near it
comes. Printed by `python -m radgen_assets_tests.science.agreements.methods_page --measure`, which runs the golden
tests; a test holds this page to them.

- **Tolerance** is the largest difference from the reference that passes; **measured** is the largest one found, over
  all data sets of the reference, rounded up to one digit. *rel*: relative to the value, or to a thousandth of the
  largest of its family where that is more; *abs*: absolute; *exact*: equal.
- **Reference** values come from R 4.2.2 and its packages. Where only a formula written in R by one author stands
  behind them, the reference says *formula*: one author's reading of a paper, weaker than a package's own number.
- **Stands on** names the library that does the work; *own* means that it is written here: no Python package gives R's
  value, or none is fast enough (docs/performance.md).
- Items such as A5 or C11 are those of the four published systems that radgen runs.
"""

COVERAGE = f"""
## Do the intervals cover?

{N_COHORTS:,} simulated cohorts of {N_PATIENTS} patients (two normal factors, exponential times, about 40 % censored;
for the areas two classes with normal scores): how often the 95 % interval held the truth, which stands as a formula or
as the value in one cohort of {N_TRUTH:,}. A right interval covers 95 %, give or take 1.4 % of chance; 93 to 97 % is
asked for. Printed from what `python -m radgen_assets_tests.science.coverage` found.
"""


def measure() -> None:
    """Run every golden test and keep the largest difference of each row."""
    with tempfile.TemporaryDirectory() as folder:
        record = Path(folder) / "differences"
        golden = [str(path) for path in sorted(TESTS.rglob("test_*.py")) if "row import agree" in path.read_text()]
        command = [sys.executable, "-m", "pytest", "-q", "-m", "not slow", "-p", "no:cacheprovider", *golden]
        done = subprocess.run(command, env=os.environ | {RECORD: str(record)}, check=False, stdout=sys.stderr)
        if done.returncode:
            raise SystemExit("The golden tests do not pass; nothing was kept.")
        largest: dict[str, float] = {}
        for line in record.read_text(encoding="utf-8").splitlines():
            found = json.loads(line)
            key = f"{found['function']}: {found['quantity']}"
            largest[key] = max(found["difference"], largest.get(key, 0.0))
    MEASURED.write_text(json.dumps(dict(sorted(largest.items())), indent=1) + "\n", encoding="utf-8")


def page(measured: Mapping[str, float]) -> str:
    """The page as Markdown."""
    rows = all_rows()
    parts = [HEAD]
    for title, methods in ROOMS:
        parts.append(f"\n## {title}\n\n" + _functions(methods, rows) + _comparisons(methods, rows, measured))
    return "".join(parts) + _coverage()


def _coverage() -> str:
    rows = json.loads(KEPT.read_text(encoding="utf-8"))
    lines = [
        COVERAGE,
        "| Interval | Truth | Covered | Wholly below | Wholly above |",
        "| --- | ---: | ---: | ---: | ---: |",
    ]
    lines += [
        f"| `{row['estimate']}` | {row['truth']:g} | {row['covered']:.1%} | {row['below']:.1%} | {row['above']:.1%} |"
        for row in rows
    ]
    return "\n".join(lines) + "\n"


def _functions(methods: tuple[Method, ...], rows: Mapping[tuple[str, str], Row]) -> str:
    lines = ["| Method | Function | Stands on | Items |", "| --- | --- | --- | --- |"]
    for each in methods:
        libraries = dict.fromkeys(row.library for row in rows.values() if row.function == each.function)
        stands_on = each.stands_on or "; ".join(libraries)
        lines.append(f"| {each.method} | `{each.function}` | {stands_on} | {each.items} |")
    return "\n".join(lines) + "\n"


def _comparisons(
    methods: tuple[Method, ...], rows: Mapping[tuple[str, str], Row], measured: Mapping[str, float]
) -> str:
    order = {each.function: place for place, each in enumerate(methods)}
    mine = sorted((row for row in rows.values() if row.function in order), key=lambda row: order[row.function])
    lines = [
        "| Function | Quantity | Reference | Tolerance | Measured |",
        "| --- | --- | --- | --- | --- |",
    ]
    notes: list[str] = []
    for function, group in groupby(mine, key=lambda row: row.function):
        for row in group:
            reference = row.reference + (f" (*{row.strength}*)" if row.strength == "formula" else "")
            found = measured.get(f"{function}: {row.quantity}")
            mark = ""
            if row.note:
                notes.append(f"{row.quantity} of `{function}`: {row.note}")
                mark = f" [{len(notes)}]"
            told = "not measured" if found is None else _rounded_up(found, row)
            lines.append(f"| `{function}` | {row.quantity}{mark} | {reference} | {_tolerance(row)} | {told} |")
    by_property = [each for each in methods if not any(row.function == each.function for row in mine)]
    text = "\n" + "\n".join(lines) + "\n" if mine else ""
    if notes:
        text += "\n" + "\n".join(f"[{number}] {note}" for number, note in enumerate(notes, 1)) + "\n"
    if by_property:
        told = "; ".join(f"`{each.function}` ({each.checked_by})" for each in by_property)
        text += f"\nWithout a reference from R: {told}.\n"
    return text


def _tolerance(row: Row) -> str:
    return "exact" if row.scale == "exact" else f"{row.tolerance:g} {'rel' if row.scale == 'relative' else 'abs'}"


def _rounded_up(difference: float, row: Row) -> str:
    if row.scale == "exact":
        return "equal"
    if difference == 0:
        return "0"
    power = ceil(log10(difference)) - 1
    digit = ceil(difference / 10.0**power - 1e-9)
    if power in (0, -1):
        return f"{ceil(difference * 10) / 10:g}"
    return f"{digit}e{power}" if digit < 10 else f"1e{power + 1}"


def main() -> None:
    """Measure when asked, then print."""
    if "--measure" in sys.argv[1:]:
        measure()
    sys.stdout.write(page(json.loads(MEASURED.read_text(encoding="utf-8"))))


if __name__ == "__main__":
    main()
