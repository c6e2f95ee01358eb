"""Table clinical_extra: declared columns that no shared table has a place for, in long form."""

from __future__ import annotations

from dataclasses import replace

from radgen_assets.contracts.tables.keys import COHORT, PATIENT_KEY
from radgen_assets.contracts.tables.schema import ColumnSchema, DType, Layer, TableSchema, gathered_asset

CLINICAL_EXTRA = TableSchema(
    name="clinical_extra",
    layer=Layer.gathered,
    grain="one row a patient and column with a value",
    description="Declared columns of clinical and molecular sheets beyond those of clinical and molecular, as text.",
    key=("patient_key", "column_name"),
    made_by=gathered_asset("clinical_extra"),
    columns=(
        PATIENT_KEY,
        COHORT,
        ColumnSchema("column_name", DType.text, "radgen's name of the column, as the cohort declares it."),
        ColumnSchema(
            "value", DType.text, "The value after coding; numbers as text that reads back to the same number."
        ),
        ColumnSchema(
            "kind",
            DType.text,
            "How to read `value`.",
            allowed=("number", "integer", "text", "boolean", "time"),
        ),
        ColumnSchema("unit", DType.text, "The declared unit of a number; times are in months.", nullable=True),
    ),
)

CLINICAL_EXTRA_MART = replace(
    CLINICAL_EXTRA,
    layer=Layer.mart,
    description="Declared columns beyond those of patients, as text: clinical_extra of the patients in patients.",
    made_by=("tables", "clinical_extra"),
    columns=(replace(PATIENT_KEY, references="patients.patient_key"), *CLINICAL_EXTRA.columns[1:]),
)
