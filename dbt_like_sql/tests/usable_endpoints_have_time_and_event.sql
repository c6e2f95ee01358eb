{{ config(meta={
    'dagster': {'ref': {'name': 'endpoints'}},
    'description': 'Usable rows have time and event; the others have a reason.',
}) }}

select
    patient_key,
    endpoint,
    time_months,
    event,
    usable,
    reason
from {{ ref('endpoints') }}
where
    usable <> (reason is null)
    or (usable and (time_months is null or event is null))
