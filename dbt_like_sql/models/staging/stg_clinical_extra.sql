-- Made from radgen_assets/contracts/tables by radgen_assets.resources.dbt_properties; change it there.
with

source as (
    select * from {{ source('gathered', 'clinical_extra') }}
),

typed as (
    select
        cast(patient_key as varchar) as patient_key,
        cast(cohort as varchar) as cohort,
        cast(column_name as varchar) as column_name,
        cast(value as varchar) as value,
        cast(kind as varchar) as kind,
        cast(unit as varchar) as unit
    from source
)

select * from typed
