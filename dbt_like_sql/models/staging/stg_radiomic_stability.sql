-- Made from radgen_assets/contracts/tables by radgen_assets.resources.dbt_properties; change it there.
with

source as (
    select * from {{ source('gathered', 'radiomic_stability') }}
),

typed as (
    select
        cast(cohort as varchar) as cohort,
        cast(comparison as varchar) as comparison,
        cast(maker as varchar) as maker,
        cast(other_maker as varchar) as other_maker,
        cast(sequence as varchar) as sequence,
        cast(region as varchar) as region,
        cast(image_type as varchar) as image_type,
        cast(feature_class as varchar) as feature_class,
        cast(feature as varchar) as feature,
        cast(form as varchar) as form,
        nullif(cast(icc as double), 'nan') as icc,
        nullif(cast(low as double), 'nan') as low,
        nullif(cast(high as double), 'nan') as high,
        cast(n as bigint) as n,
        cast(n_masks as bigint) as n_masks,
        cast(status as varchar) as status
    from source
)

select * from typed
