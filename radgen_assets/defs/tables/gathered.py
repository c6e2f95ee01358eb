"""tables/gathered_*+: one Parquet file a cohort a table, from the current artifacts of its patients.

Rewritten only when one of them changed.
"""

from __future__ import annotations

from radgen_assets.contracts.expression import ExpressionMatrix
from radgen_assets.contracts.frames import ExtraColumns, Table
from radgen_assets.contracts.sources import CohortMembers, PatientArtifacts, PatientStates
from radgen_assets.factories.cohort_asset import cohort_asset


@cohort_asset(group="tables", settings=None, code_version="1", kinds=("parquet",))
def gathered_cohort_members(
    members: CohortMembers,
    clinical: Table | None = None,
    molecular: Table | None = None,
    matrix: ExpressionMatrix | None = None,
) -> Table:
    """Every patient that the cohort's declaration reaches, what there is of each, and the person behind it.

    Grain: one row a patient. Persons are pseudonyms.
    """
    from radgen_assets.formats.gathering import member_table

    return member_table(members, clinical, molecular, matrix)


@cohort_asset(group="tables", settings=None, code_version="1", kinds=("parquet",))
def gathered_clinical_extra(
    members: CohortMembers, clinical: ExtraColumns | None = None, molecular: ExtraColumns | None = None
) -> Table:
    """Declared columns beyond the shared ones, in long form.

    Grain: patient, column.
    """
    from radgen_assets.formats.gathering import extra_table

    return extra_table(members.cohort, clinical, molecular)


@cohort_asset(group="tables", settings=None, code_version="1", kinds=("parquet",))
def gathered_radiomics(radiomics: PatientArtifacts) -> Table:
    """Radiomic features of all patients of one cohort.

    Grain: patient, sequence, region, image type, feature.
    """
    from radgen_assets.formats.gathering import radiomics_table

    return radiomics_table(radiomics)


@cohort_asset(group="tables", settings=None, code_version="1", kinds=("parquet",))
def gathered_deep_features(deep_features: PatientArtifacts) -> Table:
    """Embeddings of all patients of one cohort.

    Grain: patient, dimension.
    """
    from radgen_assets.formats.gathering import deep_feature_table

    return deep_feature_table(deep_features)


@cohort_asset(group="tables", settings=None, code_version="1", kinds=("parquet",))
def gathered_quality(quality: PatientArtifacts) -> Table:
    """Quality of images and masks of all patients of one cohort.

    Grain: patient, subject, measure.
    """
    from radgen_assets.formats.gathering import quality_table

    return quality_table(quality)


@cohort_asset(
    group="tables",
    settings=None,
    code_version="1",
    kinds=("parquet",),
    also_after=("scans", "radiomics", "quality", "deep_features", "pathway_activity"),
)
def gathered_artifact_states(states: PatientStates) -> Table:
    """State of every artifact of the cohort and its patients, with the reason where there is none.

    Grain: asset, patient. Source: the ledger.
    """
    from radgen_assets.formats.gathering import state_table

    return state_table(states)
