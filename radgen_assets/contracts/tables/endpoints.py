"""Mart endpoints: who can be used for which endpoint, and why the others cannot."""

from __future__ import annotations

from dataclasses import replace

from radgen_assets.contracts.tables.keys import COHORT, PATIENT_KEY
from radgen_assets.contracts.tables.schema import ColumnSchema, DType, Layer, TableSchema

ENDPOINTS = TableSchema(
    name="endpoints",
    layer=Layer.mart,
    grain="one row a patient and endpoint",
    description="Times and events. The first reason that holds is given: excluded by declaration, no clinical row, "
    "times known for the dead only, time or event missing.",
    key=("patient_key", "endpoint"),
    made_by=("tables", "endpoints"),
    columns=(
        replace(PATIENT_KEY, references="patients.patient_key"),
        COHORT,
        ColumnSchema("endpoint", DType.text, "Name of the endpoint.", allowed=("overall_survival",)),
        ColumnSchema(
            "time_months",
            DType.number,
            "Time from time zero to the event or last contact.",
            "months",
            nullable=True,
            minimum=0,
        ),
        ColumnSchema("event", DType.boolean, "True: the event was seen; false: censored.", nullable=True),
        ColumnSchema("usable", DType.boolean, "Whether a survival model may use the row."),
        ColumnSchema("reason", DType.text, "Why it may not; missing when it may.", nullable=True),
    ),
    identities=(
        "Every patient has one row for each endpoint.",
        "A row is usable exactly when it has no reason, and then it has a time and an event.",
    ),
)
