{{ config(meta={
    'dagster': {'ref': {'name': 'cohort_flow'}},
    'description': 'Included patients never increase along a branch, and each loss is accounted for.',
}) }}

with

flow as (
    select * from {{ ref('cohort_flow') }}
),

counts as (
    select
        cohort,
        step,
        parent_step,
        count(*) filter (included) as n_included,
        count(*) filter (left_here) as n_left_here
    from flow
    group by cohort, step, parent_step
)

select
    here.cohort,
    here.step,
    before.n_included as n_before,
    here.n_included,
    here.n_left_here
from counts as here
inner join counts as before on here.cohort = before.cohort and here.parent_step = before.step
where before.n_included <> here.n_included + here.n_left_here
