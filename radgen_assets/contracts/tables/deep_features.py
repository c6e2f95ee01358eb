"""Table deep_features: embeddings of patients by a frozen encoder, in long form."""

from __future__ import annotations

from radgen_assets.contracts.tables.keys import COHORT, PATIENT_KEY
from radgen_assets.contracts.tables.schema import ColumnSchema, DType, Layer, TableSchema, gathered_asset

DEEP_FEATURES = TableSchema(
    name="deep_features",
    layer=Layer.gathered,
    grain="one row a patient, encoder and dimension",
    description="Values of the embedding of a patient's registered volumes.",
    key=("patient_key", "encoder", "dimension"),
    made_by=gathered_asset("deep_features"),
    columns=(
        PATIENT_KEY,
        COHORT,
        ColumnSchema("encoder", DType.text, "Registered name of the encoder."),
        ColumnSchema("encoder_sha256", DType.text, "SHA-256 of the encoder's weights."),
        ColumnSchema("dimension", DType.integer, "Position in the embedding, from 0.", minimum=0),
        ColumnSchema("value", DType.number, "The value, without unit."),
    ),
    identities=("All values of one encoder's name come from the same weights.",),
)
