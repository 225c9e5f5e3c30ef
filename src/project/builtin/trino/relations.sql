R"sql(
{% macro trino__get_drop_sql(relation) -%}
    drop {{ relation.type | replace('_', ' ') }} if exists {{ relation }}
{%- endmacro %}

{% macro trino__rename_relation(from_relation, to_relation) -%}
    {% call statement('rename_relation') -%}
        alter {{ from_relation.type | replace('_', ' ') }} {{ from_relation }} rename to {{ to_relation }}
    {%- endcall %}
{%- endmacro %}

{% macro trino__create_schema(relation) -%}
    {%- call statement('create_schema') -%}
        {%- if is_galaxy_functions_schema(relation) -%}
        select 1
        {%- else -%}
        create schema if not exists {{ relation.without_identifier() }}
        {%- endif -%}
    {%- endcall -%}
{%- endmacro %}

{% macro trino__drop_schema(relation) -%}
    {%- for database, name, schema, type in list_relations_without_caching(relation) -%}
        {%- do drop_relation(api.Relation.create(database=database, schema=schema, identifier=name, type=api.Relation.get_relation_type(type))) -%}
    {%- endfor -%}
    {%- for function in list_functions_in_schema(relation) -%}
        {%- call statement('drop_function') -%}
            drop function if exists {{ relation.without_identifier() }}."{{ function[0] | replace('"', '""') }}"({{ function[2] }})
        {%- endcall -%}
    {%- endfor -%}
    {%- call statement('drop_schema') -%}
        drop schema if exists {{ relation }}
    {%- endcall -%}
{%- endmacro %}

{% macro trino__create_view_as(relation, sql) -%}
    {%- set view_security = config.get('view_security', 'definer') -%}
    {%- if view_security not in ['definer', 'invoker'] -%}
        {{ exceptions.raise_compiler_error('Invalid value for view_security (' ~ view_security ~ '). Use definer or invoker.') }}
    {%- endif -%}
    create or replace view
        {{ relation }}
    {%- if config.get('contract').enforced -%}
        {{ get_assert_columns_equivalent(sql) }}
    {%- endif %}
    security {{ view_security }}
    as
        {{ sql }}
    ;
{%- endmacro %}

{% macro trino__create_table_as(temporary, relation, sql, on_exists=None) -%}
    {%- set verb = 'create or replace table' if on_exists == 'replace' else 'create table if not exists' if on_exists == 'skip' else 'create table' -%}
    {%- if config.get('contract').enforced -%}
    {{ verb }}
        {{ relation }}
        {{ get_table_columns_and_constraints() }}
        {{ get_assert_columns_equivalent(sql) }}
        {{ comment(model.get('description')) }}
        {{ properties(temporary) }}
    ;
    insert into {{ relation }}
        (
            {{ get_select_subquery(sql) }}
        )
    ;
    {%- else -%}
    {{ verb }} {{ relation }}
        {{ comment(model.get('description')) }}
        {{ properties(temporary) }}
    as (
        {{ sql }}
    );
    {%- endif -%}
{%- endmacro %}

{% macro comment(comment) -%}
    {%- set persist_docs = model['config'].get('persist_docs') -%}
    {%- if persist_docs and persist_docs.get('relation') and comment is not none and comment | length > 0 -%}
        comment '{{ comment | replace("'", "''") }}'
    {%- endif -%}
{%- endmacro %}

{% macro properties(temporary=False) -%}
    {%- set catalog = adapter.build_catalog_relation(config.model) -%}
    {%- set wanted = {} -%}
    {%- do wanted.update(config.get('properties') or {}) -%}
    {%- for key, given in [('format', 'file_format'), ('type', 'table_format')] -%}
        {%- set own = config.get(given) -%}
        {%- if own and wanted.get(key) -%}
            {%- do exceptions.raise_compiler_error("You can specify either '" ~ given ~ "' or 'properties." ~ key ~ "' configurations, but not both.") -%}
        {%- endif -%}
        {%- set value = own or (none if wanted.get(key) else catalog[given]) -%}
        {%- if value -%}
            {%- do wanted.update({key: "'" ~ value ~ "'"}) -%}
        {%- endif -%}
    {%- endfor -%}
    {%- if catalog.storage_uri and not wanted.get('location') -%}
        {%- do wanted.update({'location': "'" ~ catalog.storage_uri ~ "'"}) -%}
    {%- endif -%}
    {%- if temporary and wanted.get('location') -%}
        {%- do wanted.update({'location': wanted['location'][:-1] ~ "__dbt_tmp'"}) -%}
    {%- endif -%}
    {%- if wanted or config.get('properties') is not none -%}
    WITH (
        {%- for key, value in wanted.items() %}
        {{ key }} = {{ value }}{{ ',' if not loop.last }}
        {%- endfor %}
    )
    {%- endif -%}
{%- endmacro %}

{% macro trino__alter_column_comment(relation, column_dict) -%}
    {% for column_name in column_dict %}
        {%- set text = column_dict[column_name]['description'] -%}
        comment on column {{ relation }}.{{ adapter.quote(column_name) if column_dict[column_name]['quote'] else column_name }} is {% if text | length > 0 %}'{{ text | replace("'", "''") }}'{% else %}null{% endif %};
    {% endfor %}
{%- endmacro %}

{% macro trino__alter_relation_comment(relation, relation_comment) -%}
    comment on {{ relation.type }} {{ relation }} is '{{ relation_comment | replace("'", "''") }}';
{%- endmacro %}

{% macro trino__alter_column_type(relation, column_name, new_column_type) -%}
    {%- set own = adapter.quote(column_name) -%}
    {%- set new = adapter.quote(column_name ~ '__dbt_alter') -%}
    {%- call statement('alter_column_type') %}
        {%- if config.get('sync_nested_columns', false) and (new_column_type | lower).startswith('row(') %}
        alter table {{ relation }} alter column {{ own }} set data type {{ new_column_type }}
        {%- else %}
        alter table {{ relation }} add column {{ new }} {{ new_column_type }};
        update {{ relation }} set {{ new }} = CAST({{ own }} AS {{ new_column_type }});
        alter table {{ relation }} drop column {{ own }};
        alter table {{ relation }} rename column {{ new }} to {{ own }}
        {%- endif %}
    {%- endcall -%}
{%- endmacro %}

{% macro trino__alter_relation_add_remove_columns(relation, add_columns=none, remove_columns=none) -%}
    {% for column in (add_columns or []) %}
        {% do run_query('alter ' ~ relation.type ~ ' ' ~ relation ~ ' add column ' ~ adapter.quote(column.name) ~ ' ' ~ column.data_type) %}
    {% endfor %}
    {% for column in (remove_columns or []) %}
        {% do run_query('alter ' ~ relation.type ~ ' ' ~ relation ~ ' drop column ' ~ adapter.quote(column.name)) %}
    {% endfor %}
{%- endmacro %}

)sql"
