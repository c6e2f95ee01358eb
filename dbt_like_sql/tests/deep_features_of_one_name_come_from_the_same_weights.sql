{{ config(meta={
    'dagster': {'ref': {'name': 'stg_deep_features'}},
    'description': 'Values of two encoders under one name would be compared as if they were one feature.',
}) }}

select
    encoder,
    count(distinct encoder_sha256) as n_weights
from {{ ref('stg_deep_features') }}
group by encoder
having count(distinct encoder_sha256) > 1
