"""Table quality: numbers about sequences, masks and the agreement between makers, in long form."""

from __future__ import annotations

from radgen_assets.contracts.tables.keys import COHORT, PATIENT_KEY
from radgen_assets.contracts.tables.schema import ColumnSchema, DType, Layer, TableSchema, gathered_asset

QUALITY = TableSchema(
    name="quality",
    layer=Layer.gathered,
    grain="one row a patient, subject and measure",
    description="Image quality, mask volumes and overlaps between makers, and warnings.",
    key=("patient_key", "subject", "sequence", "region", "maker", "other_maker", "measure"),
    made_by=gathered_asset("quality"),
    columns=(
        PATIENT_KEY,
        COHORT,
        ColumnSchema(
            "subject",
            DType.text,
            "What the measure is about.",
            allowed=("sequence", "mask", "overlap", "warning"),
        ),
        ColumnSchema("sequence", DType.text, "The sequence, where the subject is one.", nullable=True),
        ColumnSchema("region", DType.text, "The region, where the subject is a mask or an overlap.", nullable=True),
        ColumnSchema("maker", DType.text, "Who drew the mask.", nullable=True),
        ColumnSchema("other_maker", DType.text, "Who drew the mask it is compared with.", nullable=True),
        ColumnSchema("measure", DType.text, "Name of the measure with its unit (`snr`, `volume_mm3`, `dice`)."),
        ColumnSchema("value", DType.number, "The measure, in the unit of its name.", nullable=True),
        ColumnSchema("text", DType.text, "The measure where it is words (a warning).", nullable=True),
    ),
)
