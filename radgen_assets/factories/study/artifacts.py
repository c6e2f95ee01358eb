"""What fits, contrasts and reports share: keys, the plan of one unpartitioned artifact, its record, the marts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from radgen_assets.contracts.study import Study
from radgen_assets.factories.declaration import HOME_KEY
from radgen_assets.lineage import fingerprints
from radgen_assets.lineage.plan import Action, Decision, InputState, decide
from radgen_assets.lineage.records import ArtifactRecord, InputRef, Recipe, State
from radgen_assets.resources.home import Home

if TYPE_CHECKING:
    from radgen_assets.lineage.ledger import Ledger
    from radgen_assets.science.learning.study.patients import Marts

FIT_VERSION = "2"
CONTRAST_VERSION = "1"
REPORT_VERSION = "3"
MART_NAMES = ("patients", "endpoints", "feature_matrix", "clinical_extra", "cohort_flow", "feature_stability")


def part_key(study: str, part: str) -> str:
    """Asset key of a fit or a contrast."""
    return f"models/{study}/{part}"


def report_key(study: str) -> str:
    """Asset key of a study's report."""
    return f"reports/{study}"


@dataclass(frozen=True)
class RunOf:
    """Which Dagster run and pass something is made in."""

    run_id: str = ""
    pass_id: str = ""


@dataclass(frozen=True)
class StudyOutcome:
    """What came of one fit, contrast or report, for the UI."""

    content_hash: str
    metadata: Mapping[str, Any]
    checks: tuple[tuple[str, bool, str], ...] = ()
    failure: str = ""


@dataclass(frozen=True)
class PlannedStudyArtifact:
    """The recipe, inputs and decision of one fit, contrast or report."""

    asset: str
    recipe: Recipe
    inputs_hash: str
    inputs: tuple[InputRef, ...]
    decision: Decision
    is_current: bool  # the artifact to reuse is the one that the ledger points at

    @property
    def stands(self) -> bool:
        """Whether there is nothing to do; a put-back input asks for pointing at the older artifact again."""
        return self.decision.action is Action.reuse and self.is_current


def plan_artifact(
    home: Home,
    ledger: Ledger,
    recipe: Recipe,
    inputs: Sequence[InputRef],
    *,
    force: bool = False,
    retry_failed: bool = False,
) -> PlannedStudyArtifact:
    """Decide one unpartitioned artifact by the same function as all others; parts of inputs are told, not counted."""
    hashed = fingerprints.recipe_hash(recipe)
    whole = [each for each in inputs if each.part_of is None]
    inputs_hash = fingerprints.inputs_hash(hashed, {each.name: each.content_hash for each in whole})
    snapshot = ledger.snapshot([recipe.asset], [HOME_KEY], home.lake.root)
    states = tuple(InputState(each.name, State.done, each.content_hash) for each in whole)
    decision = decide(recipe.asset, HOME_KEY, states, inputs_hash, snapshot, force=force, retry_failed=retry_failed)
    current = snapshot.current.get((recipe.asset, HOME_KEY))
    is_current = current is not None and current.inputs_hash == inputs_hash
    return PlannedStudyArtifact(recipe.asset, recipe, inputs_hash, tuple(inputs), decision, is_current)


def record_of(
    planned: PlannedStudyArtifact, state: State, run: RunOf, *, seconds: float, **rest: Any
) -> ArtifactRecord:
    """The ledger's record of a planned artifact."""
    return ArtifactRecord(
        asset=planned.asset,
        key=HOME_KEY,
        recipe_hash=fingerprints.recipe_hash(planned.recipe),
        inputs_hash=planned.inputs_hash,
        state=state,
        inputs=planned.inputs,
        run_id=run.run_id,
        pass_id=run.pass_id,
        seconds=round(seconds, 3),
        **rest,
    )


def read_marts(home: Home) -> Marts:
    """The marts that studies read, as last exported."""
    from radgen_assets.science.learning.study.patients import Marts

    warehouse = home.warehouse()
    return Marts(**{name: warehouse.mart(name) for name in MART_NAMES})


def post_baseline_columns(home: Home, study: Study) -> frozenset[str]:
    """Columns that any cohort of the study declares as known only after time zero."""
    cohorts = home.cohorts()
    named = [cohorts[name] for names in study.roles.values() for name in names if name in cohorts]
    sheets = [sheet for cohort in named for sheet in (*cohort.clinical, *cohort.molecular)]
    return frozenset(column.name for sheet in sheets for column in sheet.columns if column.post_baseline)
