"""The study asset: one a fit, one a contrast and one report a study, generated from studies/*.toml.

Each reads marts (contrasts expression as well), runs science, logs to MLflow, writes what it made and its persons into
the ledger, and is skipped when its inputs hash stands. What it learns from is hashed as it sees it, so a patient of
another cohort refits nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import dagster as dg

from radgen_assets.contracts.study import Study
from radgen_assets.factories.chain import alone
from radgen_assets.factories.declaration import HOME_KEY, OWNER
from radgen_assets.factories.study.artifacts import (
    MART_NAMES,
    REPORT_VERSION,
    RunOf,
    part_key,
    report_key,
)
from radgen_assets.factories.study.contrasts import ContrastPart
from radgen_assets.factories.study.fits import FitPart
from radgen_assets.factories.study.part import StudyPart, bring_up_to_date, standing_of
from radgen_assets.resources.home import Home

if TYPE_CHECKING:
    from radgen_assets.lineage.ledger import Ledger


class StudyConfig(dg.Config):
    """force: fit or write again although the inputs stand. retry_failed: try again what failed on the same data."""

    force: bool = False
    retry_failed: bool = False


def study_assets(study: Study) -> list[dg.AssetsDefinition]:
    """Dagster assets of one study: its fits and contrasts, then its report."""
    return [*(_part_asset(part) for part in parts_of(study)), _report_asset(study)]


def parts_of(study: Study) -> list[StudyPart]:
    """Fits, then contrasts, in the order of the study."""
    return [
        *(FitPart(study, fit) for fit in study.fits),
        *(ContrastPart(study, contrast) for contrast in study.contrasts),
    ]


MARTS = tuple(f"tables/{name}" for name in MART_NAMES)
READS = {"fit": MARTS, "contrast": (*MARTS, "raw/expression", "expression/matrix", "raw/gene_sets")}


def _part_asset(part: StudyPart) -> dg.AssetsDefinition:
    study, key = part.study, dg.AssetKey(part_key(part.study.name, part.name).split("/"))

    @dg.asset(
        key=key,
        deps=[dg.AssetKey(name.split("/")) for name in READS[part.word]],
        group_name="models",
        description=f"{study.title}: {part.told}",
        code_version=part.version,
        owners=[OWNER],
        kinds={"mlflow"},
        tags={"radgen/shape": "study", "radgen/study": study.name},
        check_specs=[
            dg.AssetCheckSpec("no_person_in_two_roles", asset=key),
            dg.AssetCheckSpec("no_open_suspicion", asset=key),
        ],
    )
    def run(context: dg.AssetExecutionContext, config: StudyConfig) -> Any:
        home = Home.open()
        with home.ledger() as ledger, alone(ledger, part_key(study.name, part.name)):
            declared = parts_of(home.studies().get(study.name, study))
            outcome = bring_up_to_date(
                home,
                ledger,
                next((each for each in declared if each.name == part.name), part),
                run=_run_of(context),
                force=config.force,
                retry_failed=config.retry_failed,
            )
        for name, passed, text in outcome.checks:
            yield dg.AssetCheckResult(check_name=name, passed=passed, description=text)
        if outcome.failure:
            raise dg.Failure(description=outcome.failure, allow_retries=False)
        yield dg.MaterializeResult(metadata=outcome.metadata, data_version=dg.DataVersion(outcome.content_hash))

    return run


def _report_asset(study: Study) -> dg.AssetsDefinition:
    @dg.asset(
        key=dg.AssetKey(report_key(study.name).split("/")),
        deps=[dg.AssetKey(part_key(study.name, part.name).split("/")) for part in parts_of(study)],
        group_name="reports",
        description=f"{study.title}: cohort flow, Table 1, fits, contrasts, and what each number was made from.",
        code_version=REPORT_VERSION,
        owners=[OWNER],
        kinds={"html"},
        tags={"radgen/shape": "study", "radgen/study": study.name},
    )
    def run(context: dg.AssetExecutionContext, config: StudyConfig) -> dg.MaterializeResult:
        from radgen_assets.factories.study.report import bring_report_up_to_date

        home = Home.open()
        with home.ledger() as ledger, alone(ledger, report_key(study.name)):
            declared = home.studies().get(study.name, study)
            outcome = bring_report_up_to_date(home, ledger, declared, run=_run_of(context), force=config.force)
        if outcome.failure:
            raise dg.Failure(description=outcome.failure, allow_retries=False)
        return dg.MaterializeResult(metadata=outcome.metadata, data_version=dg.DataVersion(outcome.content_hash))

    return run


def _run_of(context: dg.AssetExecutionContext) -> RunOf:
    from radgen_assets.factories.dagster_chain import PASS_TAG

    return RunOf(context.run.run_id, context.run.tags.get(PASS_TAG, ""))


@dataclass(frozen=True)
class StudiesPlan:
    """Asset keys of parts and reports that have something to do, and what failed and stands so: key, asset, reason."""

    assets: tuple[str, ...]
    troubles: tuple[tuple[str, str, str], ...]


def plan_studies(
    home: Home, ledger: "Ledger", names: Sequence[str] = (), *, again: bool = False, retry_failed: bool = False
) -> StudiesPlan:
    """What the studies have to do; everything of a study when `again`."""
    from radgen_assets.factories.study.report import report_is_stale

    wanted: list[str] = []
    troubles: list[tuple[str, str, str]] = []
    for study in home.studies().values():
        if names and study.name not in names:
            continue
        keys = {part_key(study.name, part.name): part for part in parts_of(study)}
        found = {key: standing_of(home, ledger, part, retry_failed=retry_failed) for key, part in keys.items()}
        stale = [key for key, standing in found.items() if again or standing.stale]
        failed = [] if again else [(HOME_KEY, key, each.failed) for key, each in found.items() if each.failed]
        wanted += stale
        troubles += failed
        if again or (not failed and (stale or report_is_stale(home, ledger, study))):
            wanted.append(report_key(study.name))
    return StudiesPlan(tuple(wanted), tuple(troubles))
