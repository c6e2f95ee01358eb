"""Who would be in each fit and contrast of a study, and who not and why; nothing is fitted or tested."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from radgen_assets.contracts.errors import RadgenError, UsedWrongly
from radgen_assets.contracts.study import ContrastDeclaration, FitDeclaration, Study
from radgen_assets.factories.study.artifacts import post_baseline_columns, read_marts
from radgen_assets.factories.study.contrasts import ContrastData, ContrastPart
from radgen_assets.factories.study.part import open_suspicions

if TYPE_CHECKING:
    from radgen_assets.lineage.ledger import Ledger
    from radgen_assets.resources.home import Home


@dataclass
class FitCheck:
    """One fit: patients by role, outcome counts, exclusions by reason, or the problem that stops it."""

    fit: str
    roles: dict[str, int] = field(default_factory=dict)
    outcome: str = ""
    excluded: dict[str, int] = field(default_factory=dict)
    problem: str = ""

    def lines(self) -> list[str]:
        """For a person."""
        if self.problem:
            return [f"  {self.fit}: cannot run: {self.problem}"]
        roles = ", ".join(f"{role} {count}" for role, count in self.roles.items())
        excluded = [f"    left out {count}: {reason}" for reason, count in self.excluded.items()]
        return [f"  {self.fit}: {roles}; {self.outcome}", *excluded]


@dataclass
class ContrastCheck:
    """One contrast: patients by group, what is held fixed, exclusions by reason, or the problem that stops it."""

    contrast: str
    groups: dict[str, int] = field(default_factory=dict)
    held_fixed: list[str] = field(default_factory=list)
    methods: list[str] = field(default_factory=list)
    collections: dict[str, int] = field(default_factory=dict)
    told: list[str] = field(default_factory=list)
    excluded: dict[str, int] = field(default_factory=dict)
    problem: str = ""

    def lines(self) -> list[str]:
        """For a person."""
        if self.problem:
            return [f"  {self.contrast}: cannot run: {self.problem}"]
        groups = " against ".join(f"{level} {count}" for level, count in self.groups.items())
        held = f"; held fixed: {', '.join(self.held_fixed)}" if self.held_fixed else ""
        sets = ", ".join(f"{name} ({count})" for name, count in self.collections.items()) or "none"
        return [
            f"  {self.contrast}: {groups}{held}; by {', '.join(self.methods)}",
            f"    gene sets: {sets}",
            *(f"    {each}" for each in self.told),
            *(f"    left out {count}: {reason}" for reason, count in self.excluded.items()),
        ]


@dataclass
class StudyCheck:
    """A study's check."""

    study: str
    fits: list[FitCheck] = field(default_factory=list)
    contrasts: list[ContrastCheck] = field(default_factory=list)

    @property
    def parts(self) -> list[FitCheck | ContrastCheck]:
        """Fits, then contrasts."""
        return [*self.fits, *self.contrasts]

    @property
    def is_well(self) -> bool:
        """Whether every fit and contrast could run."""
        return not any(part.problem for part in self.parts)

    def as_json(self) -> dict[str, Any]:
        """Plain values."""
        fits, contrasts = [vars(fit) for fit in self.fits], [vars(contrast) for contrast in self.contrasts]
        return {"study": self.study, "fits": fits, "contrasts": contrasts}

    def lines(self) -> list[str]:
        """For a person."""
        return [f"Study {self.study}", *(line for part in self.parts for line in part.lines())]


def check_study(home: Home, name: str) -> StudyCheck:
    """Assemble what every fit and contrast would see, as a run would, and tell who takes part."""
    studies = home.studies()
    if name not in studies:
        raise UsedWrongly(f"No study '{name}'. There are: {', '.join(studies) or 'none'} (radgen study new).")
    study = studies[name]
    with home.ledger(read_only=True) as ledger:
        fits = [_check_fit(home, ledger, study, fit) for fit in study.fits]
        contrasts = [_check_contrast(home, ledger, study, contrast) for contrast in study.contrasts]
    return StudyCheck(name, fits, contrasts)


def _check_fit(home: Home, ledger: Ledger, study: Study, fit: FitDeclaration) -> FitCheck:
    from radgen_assets.science.learning.study.frame import assemble, incomplete

    found = FitCheck(fit.name)
    try:
        frame = assemble(study, fit, read_marts(home), post_baseline=post_baseline_columns(home, study))
    except RadgenError as error:
        found.problem = str(error)
        return found
    found.problem = _suspected(ledger, frame.people.index)
    lacking = incomplete(study, fit, frame)
    frame = replace(frame, people=frame.people.drop(index=list(lacking)))
    found.roles = dict(Counter(frame.people["role"]))
    survival = fit.kind == "survival"
    outcome = frame.outcome.loc[frame.people.index]
    counted = outcome["event"] if survival else outcome["outcome"] == fit.positive
    found.outcome = f"{int(counted.sum())} {'deaths' if fit.kind == 'survival' else fit.positive} of {len(counted)}"
    found.excluded = _by_reason([*(reason for _, reason in frame.excluded), *lacking.values()])
    return found


def _check_contrast(home: Home, ledger: Ledger, study: Study, contrast: ContrastDeclaration) -> ContrastCheck:
    found = ContrastCheck(contrast.name, methods=list(contrast.methods))
    try:
        data: ContrastData = ContrastPart(study, contrast).gather(home, ledger).data
    except RadgenError as error:
        found.problem = str(error)
        return found
    frame = data.frame
    found.problem = _suspected(ledger, frame.people.index)
    group = frame.design[contrast.column]
    found.groups = {level: int((group == level).sum()) for level in (contrast.level, contrast.reference)}
    found.held_fixed = [str(name) for name in frame.design if name != contrast.column]
    found.collections = {name: len(sets) for name, sets in data.collections.items()}
    found.told = [*frame.sources, *frame.warnings, *frame.notes]
    found.excluded = _by_reason([reason for _, reason in frame.excluded])
    return found


def _suspected(ledger: Ledger, keys: Iterable[str]) -> str:
    suspicions = open_suspicions(ledger, keys)
    if not suspicions:
        return ""
    return f"{' and '.join(suspicions[0].keys)} look like one person; declare them in identity.csv"


def _by_reason(reasons: Sequence[str]) -> dict[str, int]:
    return dict(Counter(reason.partition(":")[0] for reason in reasons).most_common())
