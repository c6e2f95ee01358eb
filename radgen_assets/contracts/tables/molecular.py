"""Table molecular: markers of the tumour, under one spelling."""

from __future__ import annotations

from radgen_assets.contracts.tables.keys import COHORT, PATIENT_KEY
from radgen_assets.contracts.tables.schema import ColumnSchema, DType, Layer, TableSchema


def _marker(name: str, description: str, *allowed: str) -> ColumnSchema:
    return ColumnSchema(name, DType.text, description, nullable=True, allowed=allowed)


MOLECULAR_COLUMNS = (
    _marker("idh_status", "Mutation of IDH1 or IDH2.", "mutant", "wildtype"),
    _marker("codeletion_1p19q", "Combined loss of chromosome arms 1p and 19q.", "codeleted", "intact"),
    _marker("mgmt_status", "Methylation of the MGMT promoter.", "methylated", "unmethylated"),
    _marker("tert_promoter_status", "Mutation of the TERT promoter.", "mutant", "wildtype"),
    _marker("atrx_status", "Mutation or loss of ATRX.", "mutant", "wildtype"),
    _marker("tp53_status", "Mutation of TP53.", "mutant", "wildtype"),
    _marker("egfr_status", "Amplification of EGFR.", "amplified", "not_amplified"),
    _marker("cdkn2a_status", "Homozygous deletion of CDKN2A/B.", "deleted", "intact"),
    _marker("chr7_gain_chr10_loss", "Gain of chromosome 7 with loss of chromosome 10.", "present", "absent"),
    _marker("transcriptome_subtype", "Expression subtype as the source calls it."),
)

MOLECULAR = TableSchema(
    name="molecular",
    layer=Layer.gathered,
    grain="one row a patient with a row in a molecular sheet",
    description="Molecular markers; a value that is neither of the two (indeterminate, not done) is missing.",
    key=("patient_key",),
    made_by=("raw", "molecular"),
    columns=(PATIENT_KEY, COHORT, *MOLECULAR_COLUMNS),
)
