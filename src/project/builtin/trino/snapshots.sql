R"sql(
{% materialization snapshot, adapter='trino' -%}
    {%- set wanted = config.get('properties') -%}
    {%- if wanted and wanted.get('location') -%}
        {%- do exceptions.raise_compiler_error("Specifying 'location' property in snapshots is not supported.") -%}
    {%- endif -%}
    {{ return(materialization_snapshot_default()) }}
{%- endmaterialization %}

{% macro trino__snapshot_hash_arguments(args) -%}
    lower(to_hex(md5(to_utf8(concat({% for arg in args %}coalesce(cast({{ arg }} as varchar), ''){{ ", '|', " if not loop.last }}{% endfor %})))))
{%- endmacro %}

{% macro trino__post_snapshot(staging_relation) -%}
    {%- do drop_relation(staging_relation) -%}
{%- endmacro %}

{% macro trino__snapshot_merge_sql(target, source, insert_cols) -%}
    {%- set columns = config.get('snapshot_table_column_names') or get_snapshot_table_column_names() -%}
    {%- set valid_to = 'DBT_INTERNAL_DEST.' ~ columns.dbt_valid_to -%}
    {%- set current = config.get('dbt_valid_to_current') -%}
    merge into {{ target.render() }} as DBT_INTERNAL_DEST
    using {{ source }} as DBT_INTERNAL_SOURCE
    on DBT_INTERNAL_SOURCE.{{ columns.dbt_scd_id }} = DBT_INTERNAL_DEST.{{ columns.dbt_scd_id }}

    when matched
     {% if current -%}
     and ({{ valid_to }} = {{ current }} or {{ valid_to }} is null)
     {%- else -%}
     and {{ valid_to }} is null
     {%- endif %}
     and DBT_INTERNAL_SOURCE.dbt_change_type in ('update', 'delete')
        then update
        set {{ columns.dbt_valid_to }} = DBT_INTERNAL_SOURCE.{{ columns.dbt_valid_to }}

    when not matched
     and DBT_INTERNAL_SOURCE.dbt_change_type = 'insert'
        then insert ({{ insert_cols | join(', ') }})
        values ({% for column in insert_cols %}DBT_INTERNAL_SOURCE.{{ column }}{{ ', ' if not loop.last }}{% endfor %})
{%- endmacro %}
)sql"
