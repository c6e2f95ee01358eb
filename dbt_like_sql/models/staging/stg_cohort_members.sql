-- Made from radgen_assets/contracts/tables by radgen_assets.resources.dbt_properties; change it there.
with

source as (
    select * from {{ source('gathered', 'cohort_members') }}
),

typed as (
    select
        cast(patient_key as varchar) as patient_key,
        cast(cohort as varchar) as cohort,
        cast(patient as varchar) as patient,
        cast(person as varchar) as person,
        cast(centre as varchar) as centre,
        cast(has_images as boolean) as has_images,
        cast(has_clinical as boolean) as has_clinical,
        cast(has_molecular as boolean) as has_molecular,
        cast(has_expression as boolean) as has_expression,
        cast(excluded_reason as varchar) as excluded_reason
    from source
)

select * from typed
