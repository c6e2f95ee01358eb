-- Made from radgen_assets/contracts/tables by radgen_assets.resources.dbt_properties; change it there.
with

source as (
    select * from {{ source('gathered', 'cohorts') }}
),

typed as (
    select
        cast(cohort as varchar) as cohort,
        cast(title as varchar) as title,
        cast(centre as varchar) as centre,
        cast(times_known_for as varchar) as times_known_for,
        cast(expression_unit as varchar) as expression_unit,
        cast(expression_platform as varchar) as expression_platform,
        cast(primary_maker as varchar) as primary_maker,
        cast(source as varchar) as source,
        cast(consent as varchar) as consent
    from source
)

select * from typed
