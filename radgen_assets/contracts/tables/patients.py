"""Mart patients: everything known of a patient that is one value."""

from __future__ import annotations

from dataclasses import replace

from radgen_assets.contracts.tables.clinical import CLINICAL_COLUMNS
from radgen_assets.contracts.tables.keys import AVAILABILITY, CENTRE, COHORT, EXCLUDED_REASON, PATIENT_KEY, PERSON
from radgen_assets.contracts.tables.molecular import MOLECULAR_COLUMNS
from radgen_assets.contracts.tables.schema import ColumnSchema, DType, Layer, TableSchema

PATIENTS = TableSchema(
    name="patients",
    layer=Layer.mart,
    grain="one row a patient",
    description="Every declared patient, the excluded ones too, with what is available and the shared columns.",
    key=("patient_key",),
    made_by=("tables", "patients"),
    columns=(
        replace(PATIENT_KEY, unique=True),
        COHORT,
        ColumnSchema("patient", DType.text, "The patient's id in the cohort."),
        PERSON,
        CENTRE,
        *AVAILABILITY,
        ColumnSchema("has_radiomics", DType.boolean, "Whether feature_matrix holds radiomic values."),
        ColumnSchema("has_deep_features", DType.boolean, "Whether feature_matrix holds an embedding."),
        ColumnSchema("has_pathway_activity", DType.boolean, "Whether feature_matrix holds pathway scores."),
        EXCLUDED_REASON,
        *CLINICAL_COLUMNS,
        *MOLECULAR_COLUMNS,
    ),
    identities=("As many rows as cohort_members.",),
)
