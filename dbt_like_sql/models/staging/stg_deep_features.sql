-- Made from radgen_assets/contracts/tables by radgen_assets.resources.dbt_properties; change it there.
with

source as (
    select * from {{ source('gathered', 'deep_features') }}
),

typed as (
    select
        cast(patient_key as varchar) as patient_key,
        cast(cohort as varchar) as cohort,
        cast(encoder as varchar) as encoder,
        cast(encoder_sha256 as varchar) as encoder_sha256,
        cast(dimension as bigint) as dimension,
        nullif(cast(value as double), 'nan') as value
    from source
)

select * from typed
