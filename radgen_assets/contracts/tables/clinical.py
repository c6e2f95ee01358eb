"""Table clinical: what the clinical sheets say, under radgen's names and units."""

from __future__ import annotations

from radgen_assets.contracts.tables.keys import COHORT, PATIENT_KEY
from radgen_assets.contracts.tables.schema import ColumnSchema, DType, Layer, TableSchema

CLINICAL_COLUMNS = (
    ColumnSchema("age_years", DType.number, "Age at time zero.", "years", nullable=True, minimum=0, maximum=120),
    ColumnSchema("sex", DType.text, "Sex as recorded.", nullable=True, allowed=("female", "male")),
    ColumnSchema("grade", DType.integer, "WHO grade of the tumour.", nullable=True, minimum=2, maximum=4),
    ColumnSchema(
        "kps", DType.integer, "Karnofsky performance score before treatment.", nullable=True, minimum=0, maximum=100
    ),
    ColumnSchema(
        "time_months",
        DType.number,
        "Time from time zero (as the source counts it) to death or last contact.",
        "months",
        nullable=True,
        minimum=0,
    ),
    ColumnSchema("event", DType.boolean, "True: died at `time_months`; false: alive then (censored).", nullable=True),
    ColumnSchema("histology", DType.text, "Diagnosis as the source words it.", nullable=True),
    ColumnSchema(
        "extent_of_resection",
        DType.text,
        "How much was resected, in the cohort's coding (post-baseline).",
        nullable=True,
    ),
    ColumnSchema("radiotherapy", DType.boolean, "Whether radiotherapy was given (post-baseline).", nullable=True),
    ColumnSchema("chemotherapy", DType.boolean, "Whether chemotherapy was given (post-baseline).", nullable=True),
    ColumnSchema("scanner", DType.text, "Scanner of the baseline images.", nullable=True),
)

ORDERED_LEVELS = ("grade",)  # numbers that name a level: a hazard ratio is "3 against 2", never per unit or per SD

CLINICAL = TableSchema(
    name="clinical",
    layer=Layer.gathered,
    grain="one row a patient with a row in a clinical sheet",
    description="Clinical columns that many studies share; further declared columns are in clinical_extra.",
    key=("patient_key",),
    made_by=("raw", "clinical"),
    columns=(PATIENT_KEY, COHORT, *CLINICAL_COLUMNS),
)
