"""Table cohort_members: who belongs to a cohort and what was found of them."""

from __future__ import annotations

from radgen_assets.contracts.tables.keys import AVAILABILITY, CENTRE, COHORT, EXCLUDED_REASON, PATIENT_KEY, PERSON
from radgen_assets.contracts.tables.schema import ColumnSchema, DType, Layer, TableSchema, gathered_asset

COHORT_MEMBERS = TableSchema(
    name="cohort_members",
    layer=Layer.gathered,
    grain="one row a patient",
    description="Every patient that a cohort's declaration reaches, the excluded ones too.",
    key=("patient_key",),
    made_by=gathered_asset("cohort_members"),
    columns=(
        PATIENT_KEY,
        COHORT,
        ColumnSchema("patient", DType.text, "The patient's id in the cohort."),
        PERSON,
        CENTRE,
        *AVAILABILITY,
        EXCLUDED_REASON,
    ),
)
