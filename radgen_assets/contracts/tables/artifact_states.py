"""Table artifact_states: how the last try of every asset ended, for every patient."""

from __future__ import annotations

from dataclasses import replace

from radgen_assets.contracts.tables.keys import COHORT, PATIENT_KEY
from radgen_assets.contracts.tables.schema import ColumnSchema, DType, Layer, TableSchema, gathered_asset

ARTIFACT_STATES = TableSchema(
    name="artifact_states",
    layer=Layer.gathered,
    grain="one row an asset and patient; for an asset of the whole cohort, one row an asset and cohort",
    description="The current state of every artifact, from the ledger.",
    key=("cohort", "asset", "patient_key"),
    made_by=gathered_asset("artifact_states"),
    columns=(
        replace(
            PATIENT_KEY,
            nullable=True,
            description=f"{PATIENT_KEY.description} Missing: the asset is one of the whole cohort.",
        ),
        COHORT,
        ColumnSchema("asset", DType.text, "Key of the asset, `<group>/<name>`."),
        ColumnSchema(
            "state",
            DType.text,
            "How the last try ended: skipped = an input is missing by right, blocked = an input failed.",
            allowed=("done", "skipped", "blocked", "failed"),
        ),
        ColumnSchema("reason", DType.text, "Why it is not done; missing when it is.", nullable=True),
    ),
)
