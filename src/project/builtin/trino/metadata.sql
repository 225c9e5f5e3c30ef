R"sql(
{% macro trino__get_columns_in_relation(relation) -%}
    {%- set question -%}
        select column_name, data_type
        from {{ relation.information_schema() }}.columns
        where
            table_catalog = '{{ relation.database | lower }}'
            and table_schema = '{{ relation.schema | lower }}'
            and table_name = '{{ relation.identifier | lower }}'
    {%- endset -%}
    {%- set columns = [] -%}
    {%- for row in run_query(question) -%}
        {%- do columns.append(api.Column.from_description(row['column_name'].lower(), row['data_type'])) -%}
    {%- endfor -%}
    {%- if columns | length >= 10000 -%}
        {%- do exceptions.raise_compiler_error('Too many columns in relation ' ~ relation ~ '! dbt can only get information about relations with fewer than 10000 columns.') -%}
    {%- endif -%}
    {%- do return(columns) -%}
{%- endmacro %}

{% macro trino__list_relations_without_caching(relation) -%}
    {%- call statement('list_relations_without_caching', fetch_result=True) -%}
        select
            t.table_catalog as database,
            t.table_name as name,
            t.table_schema as schema,
            case when mv.name is not null then 'materialized_view'
                 when t.table_type = 'BASE TABLE' then 'table'
                 when t.table_type = 'VIEW' then 'view'
                 else t.table_type
            end as table_type
        from {{ relation.information_schema() }}.tables t
        left join (
                select * from system.metadata.materialized_views
                where catalog_name = '{{ relation.database | lower }}'
                  and schema_name = '{{ relation.schema | lower }}') mv
              on mv.catalog_name = t.table_catalog and mv.schema_name = t.table_schema and mv.name = t.table_name
        where t.table_schema = '{{ relation.schema | lower }}'
    {%- endcall -%}
    {{ return(load_result('list_relations_without_caching').table) }}
{%- endmacro %}

{% macro trino__information_schema_name(database) -%}
    {{ database ~ '.' if database }}INFORMATION_SCHEMA
{%- endmacro %}

{% macro trino__list_schemas(database) -%}
    {%- call statement('list_schemas', fetch_result=True, auto_begin=False) %}
        select schema_name
        from {{ information_schema_name(database) }}.schemata
    {%- endcall -%}
    {{ return(load_result('list_schemas').table) }}
{%- endmacro %}

{% macro trino__check_schema_exists(information_schema, schema) -%}
    {%- call statement('check_schema_exists', fetch_result=True, auto_begin=False) -%}
        select count(*)
        from {{ information_schema }}.schemata
        where catalog_name = '{{ information_schema.database }}'
          and schema_name = '{{ schema | lower }}'
    {%- endcall -%}
    {{ return(load_result('check_schema_exists').table) }}
{%- endmacro %}

{% macro list_functions_in_schema(relation) -%}
    {%- call statement('list_functions_in_schema', fetch_result=True) -%}
        show functions from {{ relation.without_identifier() }}
    {%- endcall -%}
    {{ return(load_result('list_functions_in_schema').table) }}
{%- endmacro %}

{% macro is_galaxy_functions_schema(relation) -%}
    {{ return((relation.database | lower, relation.schema | lower) == ('galaxy', 'functions')) }}
{%- endmacro %}

{% macro trino__generate_schema_name(custom_schema_name, node) -%}
    {%- set custom = custom_schema_name | trim if custom_schema_name is not none else none -%}
    {%- if custom is not none and node is not none and custom | lower == 'functions' and node.database | lower == 'galaxy' -%}
        {{ custom }}
    {%- else -%}
        {{ dbt.default__generate_schema_name(custom_schema_name, node) }}
    {%- endif -%}
{%- endmacro %}

{% macro trino__get_show_grant_sql(relation) -%}
    select
        grantee,
        lower(privilege_type) as privilege_type
    from information_schema.table_privileges
    where table_catalog = '{{ relation.database }}'
    and table_schema = '{{ relation.schema }}'
    and table_name = '{{ relation.identifier }}'
{%- endmacro %}

{% macro trino__copy_grants() %}
    {{ return(False) }}
{% endmacro %}

{% macro trino__get_grant_sql(relation, privilege, grantees) -%}
    grant {{ privilege }} on {{ relation }} to {{ adapter.quote(grantees[0]) }}
{%- endmacro %}

{% macro trino__support_multiple_grantees_per_dcl_statement() %}
    {{ return(False) }}
{% endmacro %}

{% macro trino__call_dcl_statements(dcl_statement_list) -%}
    {%- for one in dcl_statement_list -%}
        {%- call statement('grant_or_revoke') %}
            {{ one }}
        {%- endcall -%}
    {%- endfor -%}
{%- endmacro %}

{% macro trino__persist_docs(relation, model, for_relation, for_columns) -%}
    {%- set tells_relation = for_relation and config.persist_relation_docs() -%}
    {%- set tells_columns = for_columns and config.persist_column_docs() -%}
    {%- if tells_relation and model.description -%}
        {%- do run_query(alter_relation_comment(relation, model.description)) -%}
    {%- endif -%}
    {%- set documented = {} -%}
    {%- if tells_columns and model.columns -%}
        {%- set there = adapter.get_columns_in_relation(relation) | map(attribute='name') | list -%}
        {%- set documented = validate_doc_columns(relation, model.columns, there) -%}
        {%- set text = alter_column_comment(relation, documented) -%}
        {%- if text and text | trim | length > 0 -%}
            {%- do run_query(text) -%}
        {%- endif -%}
    {%- endif -%}
    {%- if target.starburst_url -%}
        {%- do adapter.persist_starburst_docs(relation, {'description': model.description, 'columns': documented}, tells_relation, tells_columns) -%}
    {%- endif -%}
{%- endmacro %}

{% macro validate_doc_columns(relation, column_dict, existing_column_names) -%}
    {%- set there = existing_column_names | map('lower') | list -%}
    {%- set kept = {} -%}
    {%- set missing = [] -%}
    {%- for name, column in column_dict.items() -%}
        {%- if name | lower in there -%}
            {%- do kept.update({name | lower: column}) -%}
        {%- else -%}
            {%- do missing.append(name) -%}
        {%- endif -%}
    {%- endfor -%}
    {%- if missing -%}
        {{ exceptions.warn('In relation ' ~ relation.render() ~ ': The following columns are specified in the schema but are not present in the database: ' ~ missing | join(', ')) }}
    {%- endif -%}
    {{ return(kept) }}
{%- endmacro %}

{% macro format_row(row, column_name_to_data_types) -%}
    {%- set types = {} -%}
    {%- for name, type in column_name_to_data_types.items() -%}
        {%- do types.update({name: type}) -%}
    {%- endfor -%}
    {%- for name, value in row.items() if value is string -%}
        {%- set type = types.get(name | lower, '') -%}
        {%- if (type | lower).startswith('varchar(') -%}
            {%- do types.update({name | lower: type.split('(')[0]}) -%}
        {%- endif -%}
    {%- endfor -%}
    {%- set out = {} -%}
    {%- for given, value in row.items() -%}
        {%- set name = given | lower -%}
        {%- if name not in types -%}
            {%- set fixture = 'expected output' if model.resource_type == 'unit_test' else "'" ~ model.name ~ "'" -%}
            {{ exceptions.raise_compiler_error("Invalid column name: '" ~ name ~ "' in unit test fixture for " ~ fixture ~ '.\nAccepted columns for ' ~ fixture ~ ' are: ' ~ (types.keys() | list)) }}
        {%- endif -%}
        {%- set text = dbt.string_literal(dbt.escape_single_quotes(value)) if value is string else ('null' if value is none else value) -%}
        {%- do out.update({name: safe_cast(text, types[name])}) -%}
    {%- endfor -%}
    {{ return(out) }}
{%- endmacro %}
)sql"
