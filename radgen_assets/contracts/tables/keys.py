"""Columns that several tables share, so that the same thing has the same name, type and meaning everywhere."""

from __future__ import annotations

from radgen_assets.contracts.tables.schema import ColumnSchema, DType

PATIENT_KEY = ColumnSchema("patient_key", DType.text, "Patient of one cohort: `<cohort>.<patient>`.")
COHORT = ColumnSchema("cohort", DType.text, "Name of the cohort.")
PERSON = ColumnSchema(
    "person", DType.text, "Keyed pseudonym of the human being; equal for the patients that are the same person."
)
CENTRE = ColumnSchema("centre", DType.text, "Where the patients were seen, as the cohort declares it.", nullable=True)
AVAILABILITY = (
    ColumnSchema("has_images", DType.boolean, "Whether the layout found at least one scan."),
    ColumnSchema("has_clinical", DType.boolean, "Whether a clinical sheet has a row."),
    ColumnSchema("has_molecular", DType.boolean, "Whether a molecular sheet has a row."),
    ColumnSchema("has_expression", DType.boolean, "Whether the expression matrix has a sample."),
)
EXCLUDED_REASON = ColumnSchema(
    "excluded_reason",
    DType.text,
    "Why the cohort's declaration excludes the patient; missing: it does not.",
    nullable=True,
)
