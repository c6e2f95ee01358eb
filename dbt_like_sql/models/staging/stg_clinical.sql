-- Made from radgen_assets/contracts/tables by radgen_assets.resources.dbt_properties; change it there.
with

source as (
    select * from {{ source('gathered', 'clinical') }}
),

typed as (
    select
        cast(patient_key as varchar) as patient_key,
        cast(cohort as varchar) as cohort,
        nullif(cast(age_years as double), 'nan') as age_years,
        cast(sex as varchar) as sex,
        cast(grade as bigint) as grade,
        cast(kps as bigint) as kps,
        nullif(cast(time_months as double), 'nan') as time_months,
        cast(event as boolean) as event,
        cast(histology as varchar) as histology,
        cast(extent_of_resection as varchar) as extent_of_resection,
        cast(radiotherapy as boolean) as radiotherapy,
        cast(chemotherapy as boolean) as chemotherapy,
        cast(scanner as varchar) as scanner
    from source
)

select * from typed
