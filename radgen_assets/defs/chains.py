"""The chains as Dagster assets: one subsettable multi-asset each."""

from __future__ import annotations

import dagster as dg

from radgen_assets.defs.automation.partitions import COHORTS, PATIENTS
from radgen_assets.defs.catalogue import CHAINS, CHECKS, HOME_ASSETS, KNOWN, home_op
from radgen_assets.factories.dagster_chain import chain_assets


def all_chain_assets() -> list[dg.AssetsDefinition]:
    """Every asset that is a typed function: patients', the device's, cohorts', gathered, the home's."""
    return [
        chain_assets("patients", CHAINS["patients"], KNOWN, PATIENTS, checks=CHECKS["patients"]),
        chain_assets("device", CHAINS["device"], KNOWN, PATIENTS, pool="gpu"),
        chain_assets("cohorts", CHAINS["cohorts"], KNOWN, COHORTS, checks=CHECKS["cohorts"]),
        chain_assets("gather", CHAINS["gather"], KNOWN, COHORTS),
        *(chain_assets(home_op(asset), (asset,), KNOWN, None) for asset in HOME_ASSETS),
    ]
