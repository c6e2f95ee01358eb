"""Puts the definitions together: chains, tables, models, studies, automation."""

from __future__ import annotations

import dagster as dg

from radgen_assets.defs.automation.jobs import CHAIN_JOBS, register_sources, scattered_keys, scattered_keys_on_device
from radgen_assets.defs.automation.schedules import gpu_nightly, nightly_pass, weekly_refit
from radgen_assets.defs.automation.sensors import (
    cohort_roots,
    next_link_after_failure,
    next_link_after_success,
    pass_ends_when_cancelled,
)
from radgen_assets.defs.chains import all_chain_assets
from radgen_assets.defs.models.encoders import encoders
from radgen_assets.defs.tables.dbt_models import dbt_assets_and_checks
from radgen_assets.factories.study.assets import study_assets
from radgen_assets.resources.home import Home


def assemble(home: Home | None) -> dg.Definitions:
    """All definitions; `home` gives the studies."""
    studies = list(home.studies().values()) if home is not None else []
    return dg.Definitions(
        assets=[
            *all_chain_assets(),
            encoders,
            *dbt_assets_and_checks(),
            *(asset for study in studies for asset in study_assets(study)),
        ],
        jobs=[*CHAIN_JOBS, register_sources, scattered_keys, scattered_keys_on_device],
        sensors=[cohort_roots, next_link_after_success, next_link_after_failure, pass_ends_when_cancelled],
        schedules=[nightly_pass, gpu_nightly, weekly_refit],
        executor=dg.in_process_executor,
    )
