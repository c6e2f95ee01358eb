"""Which assets there are, chain by chain, upstream first. A new asset is added here and nowhere else."""

from __future__ import annotations

from radgen_assets.defs.expression.gene_set_coverage import gene_set_coverage
from radgen_assets.defs.expression.matrix import matrix
from radgen_assets.defs.expression.pathway_activity import pathway_activity
from radgen_assets.defs.expression.sample_checks import SAMPLE_CHECKS, duplicates, outliers, sex_check
from radgen_assets.defs.features.conformance import radiomics_conforms_to_ibsi
from radgen_assets.defs.features.deep_features import deep_features
from radgen_assets.defs.features.radiomic_stability import radiomic_stability
from radgen_assets.defs.features.radiomics import radiomics
from radgen_assets.defs.features.radiomics_of_other_masks import radiomics_of_other_masks
from radgen_assets.defs.imaging.quality import quality
from radgen_assets.defs.imaging.registered_volumes import registered_volumes
from radgen_assets.defs.imaging.tumour_masks import tumour_masks
from radgen_assets.defs.imaging.volumes import volumes
from radgen_assets.defs.raw.expression import expression
from radgen_assets.defs.raw.home_inputs import cohorts, gene_set_catalogue, gene_sets
from radgen_assets.defs.raw.scans import scans
from radgen_assets.defs.raw.sheets import clinical, molecular
from radgen_assets.defs.tables.gathered import (
    gathered_artifact_states,
    gathered_clinical_extra,
    gathered_cohort_members,
    gathered_deep_features,
    gathered_quality,
    gathered_radiomics,
)
from radgen_assets.factories.chain_checks import AnyCheck
from radgen_assets.factories.declaration import AssetDeclaration

PATIENT_CHAIN = (scans, volumes, registered_volumes, tumour_masks, quality, radiomics, radiomics_of_other_masks)
DEVICE_CHAIN = (deep_features,)
COHORT_CHAIN = (
    clinical,
    molecular,
    expression,
    matrix,
    sex_check,
    outliers,
    duplicates,
    gene_set_coverage,
    pathway_activity,
)
GATHER_CHAIN = (
    gathered_cohort_members,
    gathered_clinical_extra,
    gathered_radiomics,
    radiomic_stability,
    gathered_deep_features,
    gathered_quality,
    gathered_artifact_states,
)
HOME_ASSETS = (cohorts, gene_sets, gene_set_catalogue)

CHAINS: dict[str, tuple[AssetDeclaration, ...]] = {
    "patients": PATIENT_CHAIN,
    "device": DEVICE_CHAIN,
    "cohorts": COHORT_CHAIN,
    "gather": GATHER_CHAIN,
    "home": HOME_ASSETS,
}
CHECKS: dict[str, tuple[AnyCheck, ...]] = {"patients": (radiomics_conforms_to_ibsi,), "cohorts": SAMPLE_CHECKS}
KNOWN: dict[str, AssetDeclaration] = {asset.name: asset for chain in CHAINS.values() for asset in chain}

# table of the warehouse -> asset whose artifacts are its Parquet files
GATHERED_TABLES = {
    "cohort_members": "tables/gathered_cohort_members",
    "clinical": "raw/clinical",
    "clinical_extra": "tables/gathered_clinical_extra",
    "molecular": "raw/molecular",
    "artifact_states": "tables/gathered_artifact_states",
    "quality": "tables/gathered_quality",
    "radiomics": "tables/gathered_radiomics",
    "radiomic_stability": "features/radiomic_stability",
    "deep_features": "tables/gathered_deep_features",
    "pathway_activity": "expression/pathway_activity",
    "cohorts": "raw/cohorts",
}


def home_op(asset: AssetDeclaration) -> str:
    """Name of the step of an asset of the home; its bare name may be a chain's."""
    return f"home_{asset.name}"
