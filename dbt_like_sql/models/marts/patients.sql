with

members as (
    select * from {{ ref('stg_cohort_members') }}
),

clinical as (
    select * from {{ ref('stg_clinical') }}
),

molecular as (
    select * from {{ ref('stg_molecular') }}
),

features as (
    select * from {{ ref('feature_matrix') }}
),

blocks as (
    select
        patient_key,
        bool_or(block = 'radiomics') as has_radiomics,
        bool_or(block = 'deep_features') as has_deep_features,
        bool_or(block = 'pathway_activity') as has_pathway_activity
    from features
    group by patient_key
),

patients as (
    select
        members.patient_key,
        members.cohort,
        members.patient,
        members.person,
        members.centre,
        members.has_images,
        members.has_clinical,
        members.has_molecular,
        members.has_expression,
        coalesce(blocks.has_radiomics, false) as has_radiomics,
        coalesce(blocks.has_deep_features, false) as has_deep_features,
        coalesce(blocks.has_pathway_activity, false) as has_pathway_activity,
        members.excluded_reason,
        clinical.age_years,
        clinical.sex,
        clinical.grade,
        clinical.kps,
        clinical.time_months,
        clinical.event,
        clinical.histology,
        clinical.extent_of_resection,
        clinical.radiotherapy,
        clinical.chemotherapy,
        clinical.scanner,
        molecular.idh_status,
        molecular.codeletion_1p19q,
        molecular.mgmt_status,
        molecular.tert_promoter_status,
        molecular.atrx_status,
        molecular.tp53_status,
        molecular.egfr_status,
        molecular.cdkn2a_status,
        molecular.chr7_gain_chr10_loss,
        molecular.transcriptome_subtype
    from members
    left join blocks on members.patient_key = blocks.patient_key
    left join clinical on members.patient_key = clinical.patient_key
    left join molecular on members.patient_key = molecular.patient_key
)

select * from patients
