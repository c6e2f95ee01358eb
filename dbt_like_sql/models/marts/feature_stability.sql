with

radiomic_stability as (
    select * from {{ ref('stg_radiomic_stability') }}
),

-- named as in feature_matrix
named as (
    select
        cohort,
        comparison,
        maker,
        other_maker,
        concat_ws('__', sequence, region, image_type, feature_class, feature) as feature,
        form,
        icc,
        low,
        high,
        n,
        n_masks,
        status
    from radiomic_stability
)

select * from named
