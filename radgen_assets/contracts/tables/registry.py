"""Every table by name, in the order of the data's way through the house."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from radgen_assets.contracts.tables.artifact_states import ARTIFACT_STATES
from radgen_assets.contracts.tables.clinical import CLINICAL
from radgen_assets.contracts.tables.clinical_extra import CLINICAL_EXTRA, CLINICAL_EXTRA_MART
from radgen_assets.contracts.tables.cohort_flow import COHORT_FLOW
from radgen_assets.contracts.tables.cohort_members import COHORT_MEMBERS
from radgen_assets.contracts.tables.cohorts import COHORTS
from radgen_assets.contracts.tables.deep_features import DEEP_FEATURES
from radgen_assets.contracts.tables.endpoints import ENDPOINTS
from radgen_assets.contracts.tables.feature_matrix import FEATURE_MATRIX
from radgen_assets.contracts.tables.molecular import MOLECULAR
from radgen_assets.contracts.tables.pathway_activity import PATHWAY_ACTIVITY
from radgen_assets.contracts.tables.patients import PATIENTS
from radgen_assets.contracts.tables.quality import QUALITY
from radgen_assets.contracts.tables.radiomic_stability import FEATURE_STABILITY, RADIOMIC_STABILITY
from radgen_assets.contracts.tables.radiomics import RADIOMICS
from radgen_assets.contracts.tables.schema import TableSchema, staging_of


def _by_name(*tables: TableSchema) -> Mapping[str, TableSchema]:
    return MappingProxyType({table.name: table for table in tables})


GATHERED = _by_name(
    COHORTS,
    COHORT_MEMBERS,
    CLINICAL,
    CLINICAL_EXTRA,
    MOLECULAR,
    ARTIFACT_STATES,
    QUALITY,
    RADIOMICS,
    RADIOMIC_STABILITY,
    DEEP_FEATURES,
    PATHWAY_ACTIVITY,
)
STAGING = _by_name(*(staging_of(table) for table in GATHERED.values()))
MARTS = _by_name(PATIENTS, CLINICAL_EXTRA_MART, ENDPOINTS, FEATURE_MATRIX, FEATURE_STABILITY, COHORT_FLOW)
