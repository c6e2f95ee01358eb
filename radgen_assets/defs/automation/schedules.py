"""Schedules: the nightly pass, the device's night, the weekly refit. All start the same pass."""

from typing import Any

import dagster as dg

from radgen_assets.defs.automation.daemon_passes import new_pass_id, pass_tags
from radgen_assets.defs.automation.jobs import register_sources, scattered_keys_on_device
from radgen_assets.defs.automation.links import Link, Scope
from radgen_assets.defs.automation.requests import request_of_link
from radgen_assets.resources.home import Home

RUNNING = dg.DefaultScheduleStatus.RUNNING


@dg.schedule(cron_schedule="0 1 * * *", job=register_sources, default_status=RUNNING)
def nightly_pass(context: dg.ScheduleEvaluationContext) -> dg.RunRequest:
    """Every night at 1:00: a pass over everything; on unchanged data it only says so."""
    return dg.RunRequest(tags=pass_tags(new_pass_id("nightly"), Link.register))


@dg.schedule(cron_schedule="0 3 * * *", job=scattered_keys_on_device, default_status=RUNNING)
def gpu_nightly(context: dg.ScheduleEvaluationContext) -> Any:
    """Every night at 3:00: patients whose deep features are missing or stale, on the device."""
    home = Home.open()
    with home.ledger() as ledger:
        request = request_of_link(home, ledger, None, Link.device, new_pass_id("gpu_nightly"), Scope())
    return request or dg.SkipReason("every patient's deep features stand")


@dg.schedule(cron_schedule="0 4 * * 0", job=register_sources, default_status=RUNNING)
def weekly_refit(context: dg.ScheduleEvaluationContext) -> dg.RunRequest:
    """Every Sunday at 4:00: a pass that fits every study again, although its inputs stand."""
    tags = pass_tags(new_pass_id("weekly_refit"), Link.register) | Scope(refit=True).as_tags()
    return dg.RunRequest(tags=tags)
