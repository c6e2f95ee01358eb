{{ config(meta={
    'dagster': {'ref': {'name': 'cohort_flow'}},
    'description': 'Rows are members x steps, so that no exclusion can hide a patient.',
}) }}

with

members as (
    select patient_key from {{ ref('stg_cohort_members') }}
),

flow as (
    select
        patient_key,
        count(*) as n_rows,
        count(distinct step) as n_steps
    from {{ ref('cohort_flow') }}
    group by patient_key
),

number_of_steps as (
    select count(distinct step) as n from {{ ref('cohort_flow') }}
)

select
    members.patient_key,
    flow.n_rows,
    flow.n_steps
from members
full join flow on members.patient_key = flow.patient_key
cross join number_of_steps
where
    members.patient_key is null
    or flow.n_rows is distinct from number_of_steps.n
    or flow.n_steps is distinct from number_of_steps.n
