"""Table radiomics: radiomic features of every region in every sequence, in long form."""

from __future__ import annotations

from radgen_assets.contracts.tables.keys import COHORT, PATIENT_KEY
from radgen_assets.contracts.tables.schema import ColumnSchema, DType, Layer, TableSchema, gathered_asset
from radgen_assets.contracts.volumes import Region

RADIOMICS = TableSchema(
    name="radiomics",
    layer=Layer.gathered,
    grain="one row a patient, sequence, region, maker, image type, feature class and feature",
    description="Radiomic feature values as extracted; settings are those of the asset's recipe.",
    key=("patient_key", "sequence", "region", "maker", "image_type", "feature_class", "feature"),
    made_by=gathered_asset("radiomics"),
    columns=(
        PATIENT_KEY,
        COHORT,
        ColumnSchema(
            "sequence",
            DType.text,
            "Sequence the feature was measured in; for shape features as the extraction names it.",
        ),
        ColumnSchema("region", DType.text, "Region of the tumour.", allowed=tuple(region.value for region in Region)),
        ColumnSchema("maker", DType.text, "Who drew the mask."),
        ColumnSchema(
            "image_type", DType.text, "Filter applied before: `original`, `wavelet-LLH`, `log-sigma-3-0-mm-3D`."
        ),
        ColumnSchema("feature_class", DType.text, "Class of features: `firstorder`, `shape`, `glcm`, ..."),
        ColumnSchema("feature", DType.text, "Name of the feature in its class."),
        ColumnSchema("value", DType.number, "The value; missing where the feature is not defined.", nullable=True),
    ),
)
