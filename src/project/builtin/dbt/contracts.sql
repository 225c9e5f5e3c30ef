R"sql(
{% macro get_table_columns_and_constraints() -%}
    {{ adapter.dispatch('get_table_columns_and_constraints', 'dbt')() }}
{%- endmacro %}

{% macro default__get_table_columns_and_constraints() -%}
    {{ return(table_columns_and_constraints()) }}
{%- endmacro %}

{% macro table_columns_and_constraints() %}
    {%- set lines = adapter.render_raw_columns_constraints(raw_columns=model['columns'])
                  + adapter.render_raw_model_constraints(raw_constraints=model['constraints']) %}
    (
    {%- for line in lines %}
        {{ line }}{{ ',' if not loop.last }}
    {%- endfor %}
    )
{% endmacro %}

{% macro get_assert_columns_equivalent(sql) -%}
    {{ adapter.dispatch('get_assert_columns_equivalent', 'dbt')(sql) }}
{%- endmacro %}

{% macro default__get_assert_columns_equivalent(sql) -%}
    {{ return(assert_columns_equivalent(sql)) }}
{%- endmacro %}

{% macro assert_columns_equivalent(sql) -%}
    {%- set declared = model['columns'] -%}
    {%- if not declared -%}
        {{ exceptions.raise_contract_error([], []) }}
    {%- endif -%}
    {%- set in_query = format_columns(get_column_schema_from_query(sql, config.get('sql_header', none))) -%}
    {%- set in_contract = format_columns(get_column_schema_from_query(get_empty_schema_sql(declared))) -%}
    {%- if in_query | length != in_contract | length -%}
        {%- do exceptions.raise_contract_error(in_contract, in_query) -%}
    {%- endif -%}
    {%- for column in in_query -%}
        {%- set same = in_contract | selectattr('name', 'equalto', column['name']) | list | first -%}
        {%- if not same or same['formatted'] != column['formatted'] -%}
            {%- do exceptions.raise_contract_error(in_contract, in_query) -%}
        {%- endif -%}
    {%- endfor -%}
{%- endmacro %}

{% macro format_columns(columns) -%}
    {%- set out = [] -%}
    {%- for column in columns -%}
        {%- do out.append(adapter.dispatch('format_column', 'dbt')(column)) -%}
    {%- endfor -%}
    {{ return(out) }}
{%- endmacro %}

{% macro default__format_column(column) -%}
    {{ return({
        'name': column.name,
        'data_type': column.dtype,
        'formatted': column.column.lower() ~ ' ' ~ column.dtype
    }) }}
{%- endmacro %}

{% macro get_empty_schema_sql(columns) -%}
    {{ return(adapter.dispatch('get_empty_schema_sql', 'dbt')(columns)) }}
{%- endmacro %}

{% macro default__get_empty_schema_sql(columns) %}
    {%- set untyped = [] -%}
    {%- set unscaled = [] -%}
    select
    {%- for key, column in columns.items() -%}
        {%- if column['data_type'] is not defined -%}
            {%- do untyped.append(column['name']) -%}
        {%- elif column['data_type'].strip().lower() in ['numeric', 'decimal', 'number'] -%}
            {%- do unscaled.append(column['name']) -%}
        {%- endif %}
        {{ cast('null', column['data_type']) }} as {{ adapter.quote(column['name']) if column.get('quote') else column['name'] }}{{ ', ' if not loop.last }}
    {%- endfor -%}
    {%- if untyped -%}
        {{ exceptions.column_type_missing(column_names=untyped) }}
    {%- elif unscaled -%}
        {{ exceptions.warn('Detected columns with numeric type and unspecified precision/scale, this can lead to unintended rounding: ' ~ unscaled) }}
    {%- endif -%}
{% endmacro %}

{% macro default__get_column_names() -%}
    {%- for key, column in model['columns'].items() -%}
        {{ adapter.quote(column['name']) if column.get('quote') else column['name'] }}{{ ', ' if not loop.last }}
    {%- endfor -%}
{%- endmacro %}

{% macro get_select_subquery(sql) %}
    {{ return(adapter.dispatch('get_select_subquery', 'dbt')(sql)) }}
{% endmacro %}

{% macro default__get_select_subquery(sql) %}
    select {{ adapter.dispatch('get_column_names', 'dbt')() }}
    from (
        {{ sql }}
    ) as model_subq
{% endmacro %}
)sql"
