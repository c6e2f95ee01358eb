"""The study asset: one a fit and one report a study, generated from studies/*.toml.

Each reads marts, runs science, logs to MLflow, writes the fit and its persons into the ledger, and is skipped when its
inputs hash stands. What a fit learns from is hashed as it sees it, so a patient of another cohort refits nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import dagster as dg

from radgen_assets.contracts.study import FitDeclaration, Study
from radgen_assets.factories.chain import alone
from radgen_assets.factories.declaration import HOME_KEY, OWNER
from radgen_assets.factories.study_artifacts import (
    FIT_VERSION,
    MART_NAMES,
    REPORT_VERSION,
    RunOf,
    fit_key,
    report_key,
)
from radgen_assets.resources.home import Home

if TYPE_CHECKING:
    from radgen_assets.lineage.ledger import Ledger


class StudyConfig(dg.Config):
    """force: fit or write again although the inputs stand. retry_failed: try again what failed on the same data."""

    force: bool = False
    retry_failed: bool = False


def study_assets(study: Study) -> list[dg.AssetsDefinition]:
    """Dagster assets of one study: its fits, then its report."""
    fits = [_fit_asset(study, fit) for fit in study.fits]
    return [*fits, _report_asset(study)]


def _fit_asset(study: Study, fit: FitDeclaration) -> dg.AssetsDefinition:
    @dg.asset(
        key=dg.AssetKey(fit_key(study.name, fit.name).split("/")),
        deps=[dg.AssetKey(["tables", name]) for name in MART_NAMES],
        group_name="models",
        description=f"{study.title}: {fit.kind} of {fit.outcome} from {', '.join(fit.blocks)}, beside {fit.baseline}.",
        code_version=FIT_VERSION,
        owners=[OWNER],
        kinds={"mlflow"},
        tags={"radgen/shape": "study", "radgen/study": study.name},
        check_specs=[
            dg.AssetCheckSpec("no_person_in_two_roles", asset=dg.AssetKey(fit_key(study.name, fit.name).split("/"))),
            dg.AssetCheckSpec("no_open_suspicion", asset=dg.AssetKey(fit_key(study.name, fit.name).split("/"))),
        ],
    )
    def run(context: dg.AssetExecutionContext, config: StudyConfig) -> Any:
        from radgen_assets.factories.study_fits import bring_fit_up_to_date

        home = Home.open()
        with home.ledger() as ledger, alone(ledger, fit_key(study.name, fit.name)):
            declared = home.studies().get(study.name, study)
            outcome = bring_fit_up_to_date(
                home,
                ledger,
                declared,
                fit.name,
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
        deps=[dg.AssetKey(fit_key(study.name, fit.name).split("/")) for fit in study.fits],
        group_name="reports",
        description=f"{study.title}: cohort flow, Table 1, every fit, and what each number was made from, on one page.",
        code_version=REPORT_VERSION,
        owners=[OWNER],
        kinds={"html"},
        tags={"radgen/shape": "study", "radgen/study": study.name},
    )
    def run(context: dg.AssetExecutionContext, config: StudyConfig) -> dg.MaterializeResult:
        from radgen_assets.factories.study_report import bring_report_up_to_date

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
    """Asset keys of fits and reports that have something to do, and what failed and stands so: key, asset, reason."""

    assets: tuple[str, ...]
    troubles: tuple[tuple[str, str, str], ...]


def plan_studies(
    home: Home, ledger: "Ledger", names: Sequence[str] = (), *, again: bool = False, retry_failed: bool = False
) -> StudiesPlan:
    """What the studies have to do; everything of a study when `again`."""
    from radgen_assets.factories.study_fits import standing_of_fit
    from radgen_assets.factories.study_report import report_is_stale

    wanted: list[str] = []
    troubles: list[tuple[str, str, str]] = []
    for study in home.studies().values():
        if names and study.name not in names:
            continue
        keys = {fit_key(study.name, fit.name): fit for fit in study.fits}
        found = {key: standing_of_fit(home, ledger, study, fit, retry_failed=retry_failed) for key, fit in keys.items()}
        stale = [key for key, standing in found.items() if again or standing.stale]
        failed = [] if again else [(HOME_KEY, key, each.failed) for key, each in found.items() if each.failed]
        wanted += stale
        troubles += failed
        if again or (not failed and (stale or report_is_stale(home, ledger, study))):
            wanted.append(report_key(study.name))
    return StudiesPlan(tuple(wanted), tuple(troubles))
