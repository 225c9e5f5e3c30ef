R"sql(
{% macro trino__get_merge_sql(target, source, unique_key, dest_columns, incremental_predicates) -%}
    {%- set names = get_quoted_csv(dest_columns | map(attribute='name')) -%}
    {%- if not unique_key -%}
    insert into {{ target }} ({{ names }})
    (
        select {{ names }}
        from {{ source }}
    )
    {%- else -%}
    {%- set conditions = [] + (incremental_predicates or []) -%}
    {%- set updated = get_merge_update_columns(config.get('merge_update_columns'), config.get('merge_exclude_columns'), dest_columns) -%}
    {%- set header = config.get('sql_header', none) -%}
    {%- for key in ([unique_key] if unique_key is string else unique_key) -%}
        {%- do conditions.append('DBT_INTERNAL_SOURCE.' ~ key ~ ' = DBT_INTERNAL_DEST.' ~ key) -%}
    {%- endfor -%}
    {{ header if header is not none }}
    merge into {{ target }} as DBT_INTERNAL_DEST
        using {{ source }} as DBT_INTERNAL_SOURCE
        on ({{ conditions | join(') and (') }})
    when matched then update set
        {% for column in updated -%}
        {{ column }} = DBT_INTERNAL_SOURCE.{{ column }}{{ ', ' if not loop.last }}
        {%- endfor %}
    when not matched then insert
        ({{ names }})
    values
        ({% for column in names.split(', ') %}DBT_INTERNAL_SOURCE.{{ column }}{{ ', ' if not loop.last }}{% endfor %})
    {%- endif -%}
{%- endmacro %}

{% macro trino__get_delete_insert_merge_sql(target, source, unique_key, dest_columns, incremental_predicates) -%}
    {%- set names = get_quoted_csv(dest_columns | map(attribute='name')) -%}
    {%- if unique_key %}
    delete from {{ target }}
    {%- if unique_key is sequence and unique_key is not string %}
    where exists (
        select 1
        from {{ source }}
        where
        {%- for key in unique_key %}
            {{ target }}.{{ key }} = {{ source }}.{{ key }}
            {{ 'and' if not loop.last }}
        {%- endfor %}
    )
    {%- else %}
    where (
        {{ unique_key }}) in (
        select {{ unique_key }}
        from {{ source }}
    )
    {%- endif %}
    {%- for condition in incremental_predicates or [] %}
        and {{ condition }}
    {%- endfor %}
    ;
    {%- endif %}
    insert into {{ target }} ({{ names }})
    (
        select {{ names }}
        from {{ source }}
    )
{%- endmacro %}

{% macro trino__get_incremental_microbatch_sql(arg_dict) -%}
    {%- set target = arg_dict['target_relation'] -%}
    {%- set names = get_quoted_csv(arg_dict['dest_columns'] | map(attribute='name')) -%}
    {%- set conditions = arg_dict.get('incremental_predicates') or [] -%}
    {%- set begin = model.config.get('__dbt_internal_microbatch_event_time_start') -%}
    {%- set end = model.config.get('__dbt_internal_microbatch_event_time_end') -%}
    {%- if begin -%}
        {%- do conditions.append(model.config.event_time ~ " >= TIMESTAMP '" ~ begin ~ "'") -%}
    {%- endif -%}
    {%- if end -%}
        {%- do conditions.append(model.config.event_time ~ " < TIMESTAMP '" ~ end ~ "'") -%}
    {%- endif -%}
    {%- do arg_dict.update({'incremental_predicates': conditions}) %}
    delete from {{ target }}
    where (
        {{ conditions | join(' and ') }}
    );
    insert into {{ target }} ({{ names }})
    (
        select {{ names }}
        from {{ arg_dict['temp_relation'] }}
    )
{%- endmacro %}
)sql"
