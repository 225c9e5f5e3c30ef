R"sql(
{% macro trino__get_drop_sql(relation) -%}
    drop {{ relation.type | replace('_', ' ') }} if exists {{ relation.render() }}
{%- endmacro %}

{% macro trino__rename_relation(from_relation, to_relation) -%}
    {% call statement('rename_relation') -%}
        alter {{ from_relation.type | replace('_', ' ') }} {{ from_relation }} rename to {{ to_relation }}
    {%- endcall %}
{%- endmacro %}

{% macro trino__create_schema(relation) -%}
    {%- call statement('create_schema') -%}
        create schema if not exists {{ relation.without_identifier() }}
    {%- endcall -%}
{%- endmacro %}

{% macro trino__drop_schema(relation) -%}
    {%- call statement('drop_schema') -%}
        drop schema if exists {{ relation.without_identifier() }}
    {%- endcall -%}
{%- endmacro %}

{% macro trino__create_view_as(relation, sql) -%}
    {%- set view_security = config.get('view_security', 'definer') -%}
    {%- if view_security not in ['definer', 'invoker'] -%}
        {{ exceptions.raise_compiler_error('Invalid value for view_security. Use definer or invoker.') }}
    {%- endif -%}
    create or replace view
        {{ relation }}
    security {{ view_security }}
    as
        {{ sql }}
    ;
{%- endmacro %}

{% macro trino__create_table_as(temporary, relation, sql) -%}
    create table {{ relation }}
    {{ comment(model.get('description')) }}
    {{- properties() }}
    as (
        {{ sql }}
    );
{%- endmacro %}

{% macro comment(comment) -%}
    {%- set persist_docs = model['config'].get('persist_docs') -%}
    {%- if persist_docs and persist_docs.get('relation') and comment is not none and comment | length > 0 -%}
        comment '{{ comment | replace("'", "''") }}'
    {%- endif -%}
{%- endmacro %}

{% macro properties() -%}
    {%- set found = config.get('properties') -%}
    {%- if found is not none and found -%}
    with (
        {%- for key, value in found.items() %}
        {{ key }} = {{ value }}{% if not loop.last %},{% endif %}
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
    {%- set temporary = column_name ~ '__dbt_alter' -%}
    {% call statement('alter_column_type') %}
        alter table {{ relation }} add column {{ adapter.quote(temporary) }} {{ new_column_type }}
    {% endcall %}
    {% call statement('alter_column_type') %}
        update {{ relation }} set {{ adapter.quote(temporary) }} = cast({{ adapter.quote(column_name) }} as {{ new_column_type }})
    {% endcall %}
    {% call statement('alter_column_type') %}
        alter table {{ relation }} drop column {{ adapter.quote(column_name) }}
    {% endcall %}
    {% call statement('alter_column_type') %}
        alter table {{ relation }} rename column {{ adapter.quote(temporary) }} to {{ adapter.quote(column_name) }}
    {% endcall %}
{%- endmacro %}

{% macro trino__alter_relation_add_remove_columns(relation, add_columns=none, remove_columns=none) -%}
    {% for column in (add_columns or []) %}
        {% do run_query('alter table ' ~ relation ~ ' add column ' ~ column.quoted ~ ' ' ~ column.data_type) %}
    {% endfor %}
    {% for column in (remove_columns or []) %}
        {% do run_query('alter table ' ~ relation ~ ' drop column ' ~ column.quoted) %}
    {% endfor %}
{%- endmacro %}

)sql"
