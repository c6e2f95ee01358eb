-- Made from radgen_assets/contracts/tables by radgen_assets.resources.dbt_properties; change it there.
with

source as (
    select * from {{ source('gathered', 'radiomics') }}
),

typed as (
    select
        cast(patient_key as varchar) as patient_key,
        cast(cohort as varchar) as cohort,
        cast(sequence as varchar) as sequence,
        cast(region as varchar) as region,
        cast(maker as varchar) as maker,
        cast(image_type as varchar) as image_type,
        cast(feature_class as varchar) as feature_class,
        cast(feature as varchar) as feature,
        nullif(cast(value as double), 'nan') as value
    from source
)

select * from typed
