"""Who would be in each fit of a study, in which role, and who not and why; nothing is fitted."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from radgen_assets.contracts.errors import RadgenError, UsedWrongly
from radgen_assets.factories.study_artifacts import post_baseline_columns, read_marts
from radgen_assets.factories.study_fits import open_suspicions

if TYPE_CHECKING:
    from radgen_assets.resources.home import Home


@dataclass
class FitCheck:
    """One fit: patients by role, outcome counts, exclusions by reason, or the problem that stops it."""

    fit: str
    roles: dict[str, int] = field(default_factory=dict)
    outcome: str = ""
    excluded: dict[str, int] = field(default_factory=dict)
    problem: str = ""


@dataclass
class StudyCheck:
    """A study's check."""

    study: str
    fits: list[FitCheck] = field(default_factory=list)

    @property
    def is_well(self) -> bool:
        """Whether every fit could run."""
        return not any(fit.problem for fit in self.fits)

    def as_json(self) -> dict[str, Any]:
        """Plain values."""
        return {"study": self.study, "fits": [vars(fit) for fit in self.fits]}

    def lines(self) -> list[str]:
        """For a person."""
        lines = [f"Study {self.study}"]
        for fit in self.fits:
            if fit.problem:
                lines.append(f"  {fit.fit}: cannot run: {fit.problem}")
                continue
            roles = ", ".join(f"{role} {count}" for role, count in fit.roles.items())
            lines.append(f"  {fit.fit}: {roles}; {fit.outcome}")
            lines += [f"    left out {count}: {reason}" for reason, count in fit.excluded.items()]
        return lines


def check_study(home: Home, name: str) -> StudyCheck:
    """Assemble every fit's data as a run would, and tell who takes part."""
    from radgen_assets.science.learning.study.frame import assemble, incomplete

    studies = home.studies()
    if name not in studies:
        raise UsedWrongly(f"No study '{name}'. There are: {', '.join(studies) or 'none'} (radgen study new).")
    study = studies[name]
    check = StudyCheck(name)
    for fit in study.fits:
        found = FitCheck(fit.name)
        check.fits.append(found)
        try:
            frame = assemble(study, fit, read_marts(home), post_baseline=post_baseline_columns(home, study))
            with home.ledger(read_only=True) as ledger:
                suspicions = open_suspicions(ledger, frame.people.index)
        except RadgenError as error:
            found.problem = str(error)
            continue
        if suspicions:
            found.problem = f"{' and '.join(suspicions[0].keys)} look like one person; declare them in identity.csv"
        lacking = incomplete(study, fit, frame)
        frame = replace(frame, people=frame.people.drop(index=list(lacking)))
        found.roles = dict(Counter(frame.people["role"]))
        survival = fit.kind == "survival"
        outcome = frame.outcome.loc[frame.people.index]
        counted = outcome["event"] if survival else outcome["outcome"] == fit.positive
        found.outcome = f"{int(counted.sum())} {'deaths' if fit.kind == 'survival' else fit.positive} of {len(counted)}"
        reasons = [*(reason for _, reason in frame.excluded), *lacking.values()]
        found.excluded = dict(Counter(reason.partition(":")[0] for reason in reasons).most_common())
    return check
