"""Table pathway_activity: scores of gene sets in patients' expression, in long form."""

from __future__ import annotations

from radgen_assets.contracts.tables.keys import COHORT, PATIENT_KEY
from radgen_assets.contracts.tables.schema import ColumnSchema, DType, Layer, TableSchema
from radgen_assets.contracts.units import ExpressionUnit

PATHWAY_ACTIVITY = TableSchema(
    name="pathway_activity",
    layer=Layer.gathered,
    grain="one row a patient and gene set",
    description="Activity of gene sets in the expression matrix, by the method of the home's settings.",
    key=("patient_key", "gene_set"),
    made_by=("expression", "pathway_activity"),
    columns=(
        PATIENT_KEY,
        COHORT,
        ColumnSchema("gene_set", DType.text, "Name of the gene set."),
        ColumnSchema("score", DType.number, "Enrichment score; higher = more active. Comparable within one matrix."),
        ColumnSchema("n_genes_covered", DType.integer, "Genes of the set that the matrix holds.", minimum=0),
        ColumnSchema(
            "unit",
            DType.text,
            "Unit of the expression values the score was made from.",
            allowed=tuple(unit.value for unit in ExpressionUnit),
        ),
        ColumnSchema(
            "method",
            DType.text,
            "Method of the scores; missing in tables of earlier releases, which are all ssGSEA.",
            nullable=True,
            allowed=("ssgsea", "gsva", "z_score", "plage"),
        ),
        ColumnSchema(
            "n_learnt_from",
            DType.integer,
            "Patients whose values went into every score; 0: each patient was scored alone.",
            nullable=True,
            minimum=0,
        ),
    ),
)
