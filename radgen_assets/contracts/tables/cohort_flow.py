"""Mart cohort_flow: how far every patient came, with a reason for every exclusion at every step."""

from __future__ import annotations

from dataclasses import replace

from radgen_assets.contracts.tables.keys import COHORT, PATIENT_KEY
from radgen_assets.contracts.tables.schema import ColumnSchema, DType, Layer, TableSchema

STEPS = (
    "declared",
    "not_excluded",
    "has_images",
    "volumes",
    "registered_volumes",
    "tumour_masks",
    "radiomics",
    "deep_features",
    "has_expression",
    "expression_matrix",
    "pathway_activity",
    "overall_survival",
    "idh_status",
)

COHORT_FLOW = TableSchema(
    name="cohort_flow",
    layer=Layer.mart,
    grain="one row a patient and step",
    description="The steps form branches (imaging, expression, survival, molecular) that begin at not_excluded; a "
    "patient is included at a step when included at its parent step and the step's own condition holds. Exclusions of "
    "a single study come later and are not here.",
    key=("patient_key", "step_order"),
    made_by=("tables", "cohort_flow"),
    columns=(
        replace(PATIENT_KEY, references="patients.patient_key"),
        COHORT,
        ColumnSchema("step_order", DType.integer, "Position of the step, from 1.", minimum=1, maximum=len(STEPS)),
        ColumnSchema("step", DType.text, "Name of the step.", allowed=STEPS),
        ColumnSchema(
            "parent_step",
            DType.text,
            "The step before it in its branch; missing for the first.",
            nullable=True,
            allowed=STEPS,
        ),
        ColumnSchema(
            "branch",
            DType.text,
            "Branch of the flow.",
            allowed=("all", "imaging", "expression", "survival", "molecular"),
        ),
        ColumnSchema("included", DType.boolean, "Whether the patient is still there after this step."),
        ColumnSchema("left_here", DType.boolean, "Whether the patient was there before this step and is not after it."),
        ColumnSchema(
            "reason",
            DType.text,
            "Why the patient is not there, as of the step where it left; missing when included.",
            nullable=True,
        ),
    ),
    identities=(
        "Every declared patient stands in every step exactly once.",
        "Included at the parent step = included here + left here, in every cohort.",
        "A row has a reason exactly when it is not included.",
    ),
)
