-- Made from radgen_assets/contracts/tables by radgen_assets.resources.dbt_properties; change it there.
with

source as (
    select * from {{ source('gathered', 'quality') }}
),

typed as (
    select
        cast(patient_key as varchar) as patient_key,
        cast(cohort as varchar) as cohort,
        cast(subject as varchar) as subject,
        cast(sequence as varchar) as sequence,
        cast(region as varchar) as region,
        cast(maker as varchar) as maker,
        cast(other_maker as varchar) as other_maker,
        cast(measure as varchar) as measure,
        nullif(cast(value as double), 'nan') as value,
        cast(text as varchar) as text
    from source
)

select * from typed
