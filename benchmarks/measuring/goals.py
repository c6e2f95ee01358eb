"""What every benchmark prints: a table of figures, the machine, and one line a goal."""

from __future__ import annotations

import argparse
import json
import os
import platform
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any


def parser_of(description: str | None) -> argparse.ArgumentParser:
    """A parser with the options that all benchmarks take."""
    parser = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="a small run that shows that the program works")
    parser.add_argument("--json", type=Path, help="write the figures here too")
    parser.add_argument("--markdown", type=Path, help="write them here as a section for docs/performance.md")
    return parser


@dataclass(frozen=True)
class Goal:
    """A figure that must not exceed its bound."""

    name: str
    value: float
    bound: float

    @property
    def is_met(self) -> bool:
        return self.value <= self.bound

    @property
    def verdict(self) -> str:
        """The word at the end of the goal's line."""
        return "met" if self.is_met else "missed"


def this_machine() -> dict[str, Any]:
    """What the figures were measured on, and how busy it was before: a load of 0 is a quiet machine."""
    return {
        "date": datetime.now(UTC).date().isoformat(),
        "cores": len(os.sched_getaffinity(0)),
        "processor": _processor(),
        "memory_gib": round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30),
        "python": platform.python_version(),
        "load_at_start": round(os.getloadavg()[0], 1),
    }


def _processor() -> str:
    lines = Path("/proc/cpuinfo").read_text().splitlines() if Path("/proc/cpuinfo").is_file() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()


@dataclass
class Report:
    """Figures of one program, in the order in which they were measured.

    title : what was measured, with its size
    """

    title: str
    figures: dict[str, tuple[float, str]] = field(default_factory=dict)
    goals: list[Goal] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    tables: list[tuple[str, list[str]]] = field(default_factory=list)
    machine: dict[str, Any] = field(default_factory=this_machine)
    began: float = field(default_factory=time.monotonic)

    def figure(self, name: str, value: float, unit: str) -> None:
        """One row of the table."""
        self.figures[name] = (value, unit)

    def goal(self, name: str, value: float, bound: float) -> None:
        """One line `goal NAME VALUE BOUND met|missed`."""
        self.goals.append(Goal(name, value, bound))

    def note(self, text: str) -> None:
        """A sentence below the table."""
        self.notes.append(text)

    def table(self, title: str, lines: list[str]) -> None:
        """A table of its own, in markdown, below the notes."""
        self.tables.append((title, lines))

    def finish(self, asked: argparse.Namespace) -> None:
        """Print everything; write what was asked for."""
        print(f"{self.title}\n{self.where}")
        width = max((len(name) for name in self.figures), default=0)
        for name, (value, unit) in self.figures.items():
            print(f"  {name:<{width}}  {shown(value):>10} {unit}".rstrip())
        for text in self.notes:
            print(f"  {text}")
        for title, lines in self.tables:
            print("", title, *lines, "", sep="\n")
        if asked.json:
            asked.json.write_text(json.dumps(self.as_json(), indent=2) + "\n")
        if asked.markdown:
            asked.markdown.write_text(self.as_markdown())
        for each in self.goals:
            print(f"goal {each.name} {each.value:.4g} {each.bound:g} {each.verdict}")

    @property
    def where(self) -> str:
        """Date, machine and how busy it was."""
        about = self.machine
        return (
            f"{about['date']}, {about['cores']} cores ({about['processor']}), {about['memory_gib']} GiB, "
            f"Python {about['python']}; load of other work at the start: {about['load_at_start']}; "
            f"took {time.monotonic() - self.began:.0f} s in all"
        )

    def as_json(self) -> dict[str, Any]:
        """Plain values."""
        return {
            "title": self.title,
            "machine": self.machine,
            "figures": {name: {"value": value, "unit": unit} for name, (value, unit) in self.figures.items()},
            "goals": [{"name": g.name, "value": g.value, "bound": g.bound, "met": g.is_met} for g in self.goals],
            "notes": self.notes,
            "tables": [{"title": title, "lines": lines} for title, lines in self.tables],
        }

    def as_markdown(self) -> str:
        """A section with two tables."""
        lines = [f"## {self.title}", "", f"{self.where}.", "", "| figure | value | unit |", "|---|---:|---|"]
        lines += [f"| {name} | {shown(value)} | {unit} |" for name, (value, unit) in self.figures.items()]
        lines += ["", "| goal | value | at most | |", "|---|---:|---:|---|"]
        lines += [f"| {each.name} | {each.value:.4g} | {each.bound:g} | {each.verdict} |" for each in self.goals]
        lines += ["", *(f"- {text}" for text in self.notes)] if self.notes else []
        for title, rows in self.tables:
            lines += ["", f"{title}:", "", *rows]
        return "\n".join(lines) + "\n"


def shown(value: float) -> str:
    """Four significant digits at most, counts whole."""
    return f"{int(value):,}" if float(value).is_integer() and abs(value) >= 10 else f"{value:.4g}"
