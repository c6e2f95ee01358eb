with

members as (
    select * from {{ ref('stg_cohort_members') }}
),

cohorts as (
    select * from {{ ref('stg_cohorts') }}
),

radiomics as (
    select * from {{ ref('stg_radiomics') }}
),

deep_features as (
    select * from {{ ref('stg_deep_features') }}
),

pathway_activity as (
    select * from {{ ref('stg_pathway_activity') }}
),

-- masks of other makers serve the comparison of makers, never prediction
radiomics_of_primary_maker as (
    select
        radiomics.patient_key,
        'radiomics' as block,
        concat_ws(
            '__',
            radiomics.sequence,
            radiomics.region,
            radiomics.image_type,
            radiomics.feature_class,
            radiomics.feature
        ) as feature,
        radiomics.value,
        0 as n_learnt_from
    from radiomics
    left join cohorts on radiomics.cohort = cohorts.cohort
    where cohorts.primary_maker is null or radiomics.maker = cohorts.primary_maker
),

embeddings as (
    select
        patient_key,
        'deep_features' as block,
        concat_ws('__', encoder, lpad(cast(dimension as varchar), 4, '0')) as feature,
        value,
        0 as n_learnt_from
    from deep_features
),

pathway_scores as (
    select
        patient_key,
        'pathway_activity' as block,
        gene_set as feature,
        score as value,
        -- missing in tables of earlier releases, whose scores are all ssGSEA: of each patient alone
        coalesce(n_learnt_from, 0) as n_learnt_from
    from pathway_activity
),

all_blocks as (
    select * from radiomics_of_primary_maker
    union all
    select * from embeddings
    union all
    select * from pathway_scores
),

-- an expression matrix may hold samples of patients who are excluded, or not declared
features_of_members as (
    select
        members.patient_key,
        members.cohort,
        all_blocks.block,
        all_blocks.feature,
        all_blocks.value,
        cast(all_blocks.n_learnt_from as bigint) as n_learnt_from
    from all_blocks
    inner join members on all_blocks.patient_key = members.patient_key
    where members.excluded_reason is null and isfinite(all_blocks.value)
)

select * from features_of_members
