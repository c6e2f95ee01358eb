{{ config(meta={
    'dagster': {'ref': {'name': 'patients'}},
    'description': 'As many rows as members: no join drops or doubles anyone.',
}) }}

with

members as (
    select count(*) as n from {{ ref('stg_cohort_members') }}
),

patients as (
    select count(*) as n from {{ ref('patients') }}
)

select
    members.n as n_members,
    patients.n as n_patients
from members
cross join patients
where members.n <> patients.n
