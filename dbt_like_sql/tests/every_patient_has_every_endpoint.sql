{{ config(meta={
    'dagster': {'ref': {'name': 'endpoints'}},
    'description': 'Who cannot be used for an endpoint stands there with the reason.',
}) }}

with

patients as (
    select patient_key from {{ ref('patients') }}
),

endpoint_names as (
    select endpoint from (values ('overall_survival')) as listed (endpoint)
),

expected as (
    select
        patients.patient_key,
        endpoint_names.endpoint
    from patients
    cross join endpoint_names
)

select
    expected.patient_key,
    expected.endpoint
from expected
left join {{ ref('endpoints') }} as endpoints
    on expected.patient_key = endpoints.patient_key and expected.endpoint = endpoints.endpoint
where endpoints.patient_key is null
