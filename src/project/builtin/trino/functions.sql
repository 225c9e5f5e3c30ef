R"sql(
{% macro trino__type_string() -%}
    varchar
{%- endmacro %}

{% macro trino__type_float() -%}
    double
{%- endmacro %}

{% macro trino__type_numeric() -%}
    decimal(28, 6)
{%- endmacro %}

{% macro trino__type_int() -%}
    integer
{%- endmacro %}

{% macro trino__right(string_text, length_expression) %}
    case when {{ length_expression }} = 0
        then ''
    else
        substr({{ string_text }}, -1 * ({{ length_expression }}))
    end
{%- endmacro %}

{% macro trino__safe_cast(field, type) -%}
    try_cast({{ field }} as {{ type }})
{%- endmacro %}

{% macro trino__hash(field) -%}
    lower(to_hex(md5(to_utf8(cast({{ field }} as {{ type_string() }})))))
{%- endmacro %}

{% macro trino__any_value(expression) -%}
    min({{ expression }})
{%- endmacro %}

{% macro trino__bool_or(expression) -%}
    bool_or({{ expression }})
{%- endmacro %}

{% macro trino__date_trunc(datepart, date) -%}
    date_trunc('{{ datepart }}', {{ date }})
{%- endmacro %}

{% macro trino__dateadd(datepart, interval, from_date_or_timestamp) -%}
    date_add('{{ datepart }}', {{ interval }}, {{ from_date_or_timestamp }})
{%- endmacro %}

{% macro trino__datediff(first_date, second_date, datepart) -%}
    {%- set before = 'CAST(' ~ first_date ~ ' AS TIMESTAMP)' -%}
    {%- set after = 'CAST(' ~ second_date ~ ' AS TIMESTAMP)' -%}
    {%- if datepart == 'year' -%}
        (year({{ after }}) - year({{ before }}))
    {%- elif datepart in ['quarter', 'month'] -%}
        ({{ datediff(first_date, second_date, 'year') }} * {{ 4 if datepart == 'quarter' else 12 }}) + {{ datepart }}({{ after }}) - {{ datepart }}({{ before }})
    {%- elif datepart == 'day' -%}
        ((to_milliseconds((CAST({{ after }} AS DATE) - CAST({{ before }} AS DATE)))) / 86400000)
    {%- elif datepart == 'week' -%}
        ({{ datediff(first_date, second_date, 'day') }} / 7 + case
            when dow({{ before }}) <= dow({{ after }}) then
                case when {{ first_date }} <= {{ second_date }} then 0 else -1 end
            else
                case when {{ first_date }} <= {{ second_date }} then 1 else 0 end
        end)
    {%- elif datepart in ['hour', 'minute', 'second'] -%}
        {%- set larger, factor = {'hour': ('day', 24), 'minute': ('hour', 60), 'second': ('minute', 60)}[datepart] -%}
        ({{ datediff(first_date, second_date, larger) }} * {{ factor }} + {{ datepart }}({{ after }}) - {{ datepart }}({{ before }}))
    {%- elif datepart == 'millisecond' -%}
        (to_milliseconds(({{ after }} - {{ before }})))
    {%- elif execute -%}
        {{ exceptions.raise_compiler_error("Unsupported datepart for macro datediff in Trino: '" ~ datepart ~ "'") }}
    {%- endif -%}
{%- endmacro %}

{% macro trino__split_part(string_text, delimiter_text, part_number) %}
  {% if part_number >= 0 %}
    {{ dbt.default__split_part(string_text, delimiter_text, part_number) }}
  {% else %}
    {{ dbt._split_part_negative(string_text, delimiter_text, part_number) }}
  {% endif %}
{% endmacro %}

{% macro trino__listagg(measure, delimiter_text="','", order_by_clause=none, limit_num=none) %}
{%- set collected = 'array_agg(' ~ measure ~ (' ' ~ order_by_clause if order_by_clause else '') ~ ')' %} array_join(
{%- if limit_num %} slice({{ collected }}, 1, {{ limit_num }}){% else %} {{ collected }}{% endif %} , {{ delimiter_text }}) {% endmacro %}

{% macro trino__array_construct(inputs=[], data_type='integer') -%}
    {% if inputs | length > 0 -%}
    array[ {{ inputs | join(' , ') }} ]
    {%- else -%}
    cast(array[] as array({{ data_type }}))
    {%- endif %}
{%- endmacro %}

{% macro trino__array_append(array, new_element) -%}
    {{ array_concat(array, array_construct([new_element])) }}
{%- endmacro %}

{% macro trino__array_concat(array_1, array_2) -%}
    concat({{ array_1 }}, {{ array_2 }})
{%- endmacro %}

{% macro trino__date_spine(datepart, start_date, end_date) -%}
    with rawdata as (
        {{ generate_series(get_intervals_between(start_date, end_date, datepart)) }}
    ), all_periods as (
        select (
            {{ dateadd(datepart, 'cast(generated_number as bigint) - 1', start_date) }}
        ) as date_{{ datepart }}
        from rawdata
    ), filtered as (
        select *
        from all_periods
        where date_{{ datepart }} <= {{ end_date }}
    )
    select * from filtered
{%- endmacro %}

{% macro trino__current_timestamp() -%}
    current_timestamp(6)
{%- endmacro %}

{% macro trino__snapshot_string_as_time(timestamp) -%}
    {{ return("timestamp '" ~ timestamp ~ "'") }}
{%- endmacro %}

)sql"
