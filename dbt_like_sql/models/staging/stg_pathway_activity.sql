-- Made from radgen_assets/contracts/tables by radgen_assets.resources.dbt_properties; change it there.
with

source as (
    select * from {{ source('gathered', 'pathway_activity') }}
),

typed as (
    select
        cast(patient_key as varchar) as patient_key,
        cast(cohort as varchar) as cohort,
        cast(gene_set as varchar) as gene_set,
        nullif(cast(score as double), 'nan') as score,
        cast(n_genes_covered as bigint) as n_genes_covered,
        cast(unit as varchar) as unit,
        cast(method as varchar) as method,
        cast(n_learnt_from as bigint) as n_learnt_from
    from source
)

select * from typed
