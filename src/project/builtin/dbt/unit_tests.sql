R"sql(
{% macro validate_fixture_rows(rows, row_number) -%}
    {{ return(adapter.dispatch('validate_fixture_rows', 'dbt')(rows, row_number)) }}
{%- endmacro %}

{% macro default__validate_fixture_rows(rows, row_number) -%}
{%- endmacro %}

{% macro format_row(row, column_name_to_data_types) -%}
    {%- set out = {} -%}
    {%- for given, value in row.items() -%}
        {%- set name = given | lower -%}
        {%- if name not in column_name_to_data_types -%}
            {%- set fixture = 'expected output' if model.resource_type == 'unit_test' else "'" ~ model.name ~ "'" -%}
            {{ exceptions.raise_compiler_error("Invalid column name: '" ~ name ~ "' in unit test fixture for " ~ fixture ~ '.\nAccepted columns for ' ~ fixture ~ ' are: ' ~ (column_name_to_data_types.keys() | list)) }}
        {%- endif -%}
        {%- set type = column_name_to_data_types[name] -%}
        {%- if value is string and 'varying' in type -%}
            {%- set type = type.split('(')[0] -%}
        {%- endif -%}
        {%- set text = dbt.string_literal(dbt.escape_single_quotes(value)) if value is string else ('null' if value is none else value) -%}
        {%- do out.update({name: safe_cast(text, type)}) -%}
    {%- endfor -%}
    {{ return(out) }}
{%- endmacro %}

{% macro get_fixture_sql(rows, column_name_to_data_types) -%}
-- Fixture for {{ model.name }}
{% set types = column_name_to_data_types -%}
{%- set quoted = {} -%}
{%- if not types -%}
    {%- set types = {} -%}
    {%- set known = defer_relation if defer_relation and not load_relation(this) else this -%}
    {%- for column in adapter.get_columns_in_relation(known) -%}
        {%- do types.update({column.name | lower: column.data_type}) -%}
        {%- do quoted.update({column.name | lower: column.quoted}) -%}
    {%- endfor -%}
{%- endif -%}
{%- if not types -%}
    {{ exceptions.raise_compiler_error("Not able to get columns for unit test '" ~ model.name ~ "' from relation " ~ this ~ " because the relation doesn't exist") }}
{%- endif -%}
{%- set nulls = {} -%}
{%- for name, type in types.items() -%}
    {%- do nulls.update({name: safe_cast('null', type) | trim}) -%}
{%- endfor -%}
{{ validate_fixture_rows(rows, row_number) }}
{%- for row in rows -%}
{%- set values = nulls.copy() -%}
{%- do values.update(format_row(row, types)) -%}
select
{%- for name, value in values.items() %} {{ value }} as {{ quoted[name] }}{{ ', ' if not loop.last }}{% endfor %}
{%- if not loop.last %}
union all
{% endif %}
{%- endfor -%}
{%- if not rows -%}
    select
    {%- for name, value in nulls.items() %} {{ value }} as {{ quoted[name] }}{{ ',' if not loop.last }}{% endfor %}
    limit 0
{%- endif -%}
{%- endmacro %}

{% macro get_expected_sql(rows, column_name_to_data_types, column_name_to_quoted) -%}
{%- for row in rows -%}
select
{%- for name, value in format_row(row, column_name_to_data_types).items() %} {{ value }} as {{ column_name_to_quoted[name] }}{{ ', ' if not loop.last }}{% endfor %}
{%- if not loop.last %}
union all
{% endif %}
{%- else -%}
    select * from dbt_internal_unit_test_actual
    limit 0
{%- endfor -%}
{%- endmacro %}

{% macro get_unit_test_sql(main_sql, expected_fixture_sql, expected_column_names) -%}
    {{ adapter.dispatch('get_unit_test_sql', 'dbt')(main_sql, expected_fixture_sql, expected_column_names) }}
{%- endmacro %}

{% macro default__get_unit_test_sql(main_sql, expected_fixture_sql, expected_column_names) -%}
{%- set names = expected_column_names | join(', ') -%}
with dbt_internal_unit_test_actual as (
    select
        {{ names }}, {{ dbt.string_literal('actual') }} as {{ adapter.quote('actual_or_expected') }}
    from (
        {{ main_sql }}
    ) _dbt_internal_unit_test_actual
),
dbt_internal_unit_test_expected as (
    select
        {{ names }}, {{ dbt.string_literal('expected') }} as {{ adapter.quote('actual_or_expected') }}
    from (
        {{ expected_fixture_sql }}
    ) _dbt_internal_unit_test_expected
)
select * from dbt_internal_unit_test_actual
union all
select * from dbt_internal_unit_test_expected
{%- endmacro %}

{% materialization unit, default -%}
    {%- set header = config.get('sql_header') if flags.REQUIRE_SQL_HEADER_IN_TEST_CONFIGS else none -%}
    {%- set rows = config.get('expected_rows') -%}
    {%- set expected = config.get('expected_sql') -%}
    {%- set tested = rows[0].keys() if rows | length > 0 else get_columns_in_query(sql) -%}
    {%- set probe = make_temp_relation(this.incorporate(type='table')) -%}
    {%- do run_query(get_create_table_as_sql(True, probe, get_empty_subquery_sql(sql))) -%}
    {%- set types = {} -%}
    {%- set quoted = {} -%}
    {%- for column in adapter.get_columns_in_relation(probe) -%}
        {%- do types.update({column.name | lower: column.data_type}) -%}
        {%- do quoted.update({column.name | lower: column.quoted}) -%}
    {%- endfor -%}
    {%- set names = [] -%}
    {%- for name in tested -%}
        {%- do names.append(quoted[name | lower]) -%}
    {%- endfor -%}
    {%- if not expected -%}
        {%- set expected = get_expected_sql(rows, types, quoted) -%}
    {%- endif -%}
    {%- set comparison = get_unit_test_sql(sql, expected, names) -%}
    {%- call statement('main', fetch_result=True) -%}
        {{ header if header }}
        {{ comparison }}
    {%- endcall -%}
    {%- do adapter.drop_relation(probe) -%}
    {{ return({'relations': []}) }}
{%- endmaterialization %}

{% materialization test, default -%}
    {%- set header = config.get('sql_header') if flags.REQUIRE_SQL_HEADER_IN_TEST_CONFIGS else none -%}
    {%- set rows_sql = get_limit_subquery_sql(sql, config.get('limit')) -%}
    {%- set relations = [] -%}
    {%- if should_store_failures() -%}
        {%- set before = adapter.get_relation(database=database, schema=schema, identifier=model['alias']) -%}
        {%- set kind = config.get('store_failures_as') -%}
        {%- if kind is none -%}{%- set kind = 'table' -%}{%- endif -%}
        {%- if kind not in ['table', 'view'] -%}
            {{ exceptions.raise_compiler_error("'" ~ kind ~ "' is not a valid value for `store_failures_as`. Accepted values are: ['ephemeral', 'table', 'view']") }}
        {%- endif -%}
        {%- set target = api.Relation.create(identifier=model['alias'], schema=schema, database=database, type=kind) -%}
        {%- if before -%}
            {%- do adapter.drop_relation(before) -%}
        {%- endif -%}
        {%- call statement(auto_begin=True) %}
            {{ header if header }}
            {{ get_create_sql(target, rows_sql) }}
        {%- endcall -%}
        {%- do relations.append(target) -%}
        {%- set rows_sql %}
            select *
            from {{ target }}
        {%- endset -%}
        {{ adapter.commit() }}
    {%- endif -%}
    {%- call statement('main', fetch_result=True) -%}
        {{ header if header }}
        {{ get_test_sql(rows_sql, config.get('fail_calc'), config.get('warn_if'), config.get('error_if'), limit=none) }}
    {%- endcall -%}
    {{ return({'relations': relations}) }}
{%- endmaterialization %}
)sql"
