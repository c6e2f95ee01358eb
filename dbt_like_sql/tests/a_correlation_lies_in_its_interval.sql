{{ config(meta={
    'dagster': {'ref': {'name': 'feature_stability'}},
    'description': 'A correlation lies in its interval, and is missing only where its status says why.',
}) }}

select
    cohort,
    comparison,
    feature,
    icc,
    low,
    high,
    status
from {{ ref('feature_stability') }}
where
    (icc is null) <> (status in ('too_few', 'constant', 'subjects_alike'))
    or icc < low - 1e-9
    or icc > high + 1e-9
