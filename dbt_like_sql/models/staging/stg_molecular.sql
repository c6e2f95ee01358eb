-- Made from radgen_assets/contracts/tables by radgen_assets.resources.dbt_properties; change it there.
with

source as (
    select * from {{ source('gathered', 'molecular') }}
),

typed as (
    select
        cast(patient_key as varchar) as patient_key,
        cast(cohort as varchar) as cohort,
        cast(idh_status as varchar) as idh_status,
        cast(codeletion_1p19q as varchar) as codeletion_1p19q,
        cast(mgmt_status as varchar) as mgmt_status,
        cast(tert_promoter_status as varchar) as tert_promoter_status,
        cast(atrx_status as varchar) as atrx_status,
        cast(tp53_status as varchar) as tp53_status,
        cast(egfr_status as varchar) as egfr_status,
        cast(cdkn2a_status as varchar) as cdkn2a_status,
        cast(chr7_gain_chr10_loss as varchar) as chr7_gain_chr10_loss,
        cast(transcriptome_subtype as varchar) as transcriptome_subtype
    from source
)

select * from typed
