{{ config(meta={
    'dagster': {'ref': {'name': 'cohort_flow'}},
    'description': 'A row has a reason exactly when it is not included.',
}) }}

select
    patient_key,
    step,
    included,
    reason
from {{ ref('cohort_flow') }}
where included <> (reason is null) or (included and left_here)
