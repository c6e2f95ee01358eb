"""Mart feature_matrix: the features that models read, in long form, none missing."""

from __future__ import annotations

from dataclasses import replace

from radgen_assets.contracts.tables.keys import COHORT, PATIENT_KEY
from radgen_assets.contracts.tables.schema import ColumnSchema, DType, Layer, TableSchema

FEATURE_MATRIX = TableSchema(
    name="feature_matrix",
    layer=Layer.mart,
    grain="one row a patient, block and feature",
    description="Features of patients that are not excluded: radiomics of the primary maker's masks "
    "(`<sequence>__<region>__<image type>__<class>__<feature>`), deep features (`<encoder>__<dimension>`), "
    "pathway activity (`<gene set>`). A feature that is not defined for a patient has no row.",
    key=("patient_key", "block", "feature"),
    made_by=("tables", "feature_matrix"),
    columns=(
        replace(PATIENT_KEY, references="patients.patient_key"),
        COHORT,
        ColumnSchema(
            "block", DType.text, "Block of predictors.", allowed=("radiomics", "deep_features", "pathway_activity")
        ),
        ColumnSchema("feature", DType.text, "Name of the feature, unique in its block."),
        ColumnSchema("value", DType.number, "The value; finite."),
        ColumnSchema(
            "n_learnt_from",
            DType.integer,
            "Patients whose data are part of every value (GSVA over a matrix, say); 0: this patient's alone.",
        ),
    ),
    identities=("Every value is finite.",),
)
