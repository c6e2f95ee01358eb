"""What stands, what is missing, what failed and why: the ledger's answer in one page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from radgen_assets.lineage.ledger import Ledger
from radgen_assets.lineage.records import State


@dataclass(frozen=True)
class Status:
    """Counts by asset and state, the troubles, open suspicions, tainted fits and the last pass."""

    counts: dict[str, dict[str, int]]
    patients: dict[str, int]
    troubles: tuple[tuple[str, str, str], ...]  # key, asset, reason
    suspicions: tuple[str, ...]
    tainted: dict[str, str]
    last_pass: str

    @property
    def is_well(self) -> bool:
        """Whether nothing failed and no suspicion is open."""
        return not (self.troubles or self.suspicions or self.tainted)

    def as_json(self) -> dict[str, Any]:
        """Plain values."""
        return {
            "counts": self.counts,
            "patients": self.patients,
            "troubles": [list(each) for each in self.troubles],
            "suspicions": list(self.suspicions),
            "tainted": self.tainted,
            "last_pass": self.last_pass,
        }

    def lines(self) -> list[str]:
        """For a person."""
        lines = [f"{sum(self.patients.values())} patients in {len(self.patients)} cohorts"]
        width = max((len(asset) for asset in self.counts), default=10)
        for asset, states in sorted(self.counts.items()):
            shown = "  ".join(f"{state} {count}" for state, count in sorted(states.items()))
            lines.append(f"  {asset:{width}}  {shown}")
        lines += [f"failed: {key}  {asset}: {reason}" for key, asset, reason in self.troubles]
        lines += [f"suspicion: {text}" for text in self.suspicions]
        lines += [f"tainted: {fit}: {reason}" for fit, reason in sorted(self.tainted.items())]
        lines.append(self.last_pass or "No pass yet. Begin with: radgen run")
        return lines


def status_of(ledger: Ledger, cohort: str | None = None) -> Status:
    """Read the status of the whole home, or of one cohort."""
    counts: dict[str, dict[str, int]] = {}
    for (asset, state), count in ledger.counts(cohort).items():
        counts.setdefault(asset, {})[state.value] = count
    patients: dict[str, int] = {}
    gone = set()
    for row in ledger.patients(cohort):
        if row.state == "present":
            patients[row.cohort] = patients.get(row.cohort, 0) + 1
        else:
            gone.add(row.key)
    failed = [asset for asset, states in counts.items() if "failed" in states]
    troubles = [
        (key, asset, record.reason)
        for asset in sorted(failed)
        for key, record in sorted(ledger.current(asset).items())
        if record.state is State.failed and key not in gone and cohort in (None, key.partition(".")[0])
    ]
    suspicions = [
        f"{' and '.join(each.keys)} have equal {each.kind}s but are declared as different persons"
        for each in ledger.suspicions()
    ]
    passes = ledger.passes(1)
    last = f"Last pass: {passes[0].pass_id}, {passes[0].state}, {passes[0].started_at:%Y-%m-%d %H:%M}" if passes else ""
    return Status(counts, patients, tuple(troubles), tuple(suspicions), ledger.tainted_fits(), last)
