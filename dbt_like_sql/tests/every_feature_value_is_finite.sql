{{ config(meta={
    'dagster': {'ref': {'name': 'feature_matrix'}},
    'description': 'A feature that is not defined for a patient has no row.',
}) }}

select
    patient_key,
    block,
    feature,
    value
from {{ ref('feature_matrix') }}
where not isfinite(value)
