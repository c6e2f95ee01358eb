-- Made from radgen_assets/contracts/tables by radgen_assets.resources.dbt_properties; change it there.
with

source as (
    select * from {{ source('gathered', 'artifact_states') }}
),

typed as (
    select
        cast(patient_key as varchar) as patient_key,
        cast(cohort as varchar) as cohort,
        cast(asset as varchar) as asset,
        cast(state as varchar) as state,
        cast(reason as varchar) as reason
    from source
)

select * from typed
