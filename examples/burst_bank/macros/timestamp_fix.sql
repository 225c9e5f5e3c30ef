{# Iceberg keeps microseconds; Trino's own current_timestamp has milliseconds. #}
{% macro trino__current_timestamp() %}
    current_timestamp(6)
{% endmacro %}
