"""Tables of how far radiomic features agree between masks of the same tumours, as gathered and for fits."""

from __future__ import annotations

from radgen_assets.contracts.tables.keys import COHORT
from radgen_assets.contracts.tables.schema import ColumnSchema, DType, Layer, TableSchema
from radgen_assets.contracts.volumes import Region

_COMPARISON = (
    ColumnSchema(
        "comparison",
        DType.text,
        "`makers`: two makers' masks; `perturbed`: one maker's mask and its perturbations.",
        allowed=("makers", "perturbed"),
    ),
    ColumnSchema("maker", DType.text, "Who drew the first mask."),
    ColumnSchema("other_maker", DType.text, "Who drew the other; `<maker>#` for perturbations."),
)
_ESTIMATE = (
    ColumnSchema(
        "form",
        DType.text,
        "Form of Shrout and Fleiss, of one mask: ICC(2,1) between makers, ICC(1,1) with perturbations.",
        allowed=("ICC1", "ICC2"),
    ),
    ColumnSchema(
        "icc",
        DType.number,
        "Intraclass correlation, 1 = masks do not matter; missing where `status` says why.",
        nullable=True,
        maximum=1,
    ),
    ColumnSchema("low", DType.number, "Lower limit of its 95 % interval.", nullable=True),
    ColumnSchema("high", DType.number, "Upper limit of its 95 % interval.", nullable=True),
    ColumnSchema("n", DType.integer, "Patients of whom all masks of the comparison have the feature.", minimum=1),
    ColumnSchema("n_masks", DType.integer, "Masks of each patient.", minimum=2),
    ColumnSchema(
        "status",
        DType.text,
        "`estimated`; `identical`: masks never differ; `shifted`: by a constant only; `no_interval`: "
        "negative in so few patients that its limits cannot be approximated; no correlation: `too_few` patients, "
        "`constant`, `subjects_alike`.",
        allowed=("estimated", "identical", "shifted", "no_interval", "constant", "subjects_alike", "too_few"),
    ),
)

RADIOMIC_STABILITY = TableSchema(
    name="radiomic_stability",
    layer=Layer.gathered,
    grain="one row a cohort, comparison of masks, sequence, region, image type, feature class and feature",
    description="Intraclass correlation of each radiomic feature between masks of the same tumours. Pairs of masks "
    "that the overlap check found wrong are left out; the artifact's warnings name them.",
    key=(
        "cohort", "comparison", "maker", "other_maker", "sequence", "region", "image_type", "feature_class", "feature"
    ),
    made_by=("features", "radiomic_stability"),
    columns=(
        COHORT,
        *_COMPARISON,
        ColumnSchema("sequence", DType.text, "Sequence the feature was measured in; `mask` for shape."),
        ColumnSchema("region", DType.text, "Region of the tumour.", allowed=tuple(region.value for region in Region)),
        ColumnSchema("image_type", DType.text, "Filter applied before, as in radiomics."),
        ColumnSchema("feature_class", DType.text, "Class of features, as in radiomics."),
        ColumnSchema("feature", DType.text, "Name of the feature in its class."),
        *_ESTIMATE,
    ),
)  # fmt: skip

FEATURE_STABILITY = TableSchema(
    name="feature_stability",
    layer=Layer.mart,
    grain="one row a cohort, comparison of masks and feature",
    description="radiomic_stability under the names of feature_matrix, for fits that leave unstable features out.",
    key=("cohort", "comparison", "maker", "other_maker", "feature"),
    made_by=("tables", "feature_stability"),
    columns=(
        COHORT,
        *_COMPARISON,
        ColumnSchema("feature", DType.text, "Name of the feature, as in feature_matrix."),
        *_ESTIMATE,
    ),
    identities=("A correlation lies in its interval, and is missing only where its status says why.",),
)
