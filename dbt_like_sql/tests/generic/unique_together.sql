{% test unique_together(model, columns, never_missing) %}

select
    {{ columns | join(', ') }},
    count(*) as n_rows
from {{ model }}
group by all
having
    count(*) > 1
    {%- for column in never_missing %}
    or {{ column }} is null
    {%- endfor %}

{% endtest %}
