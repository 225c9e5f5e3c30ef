R"sql(
{% macro trino__get_merge_sql(target, source, unique_key, dest_columns, incremental_predicates=none) -%}
    {%- set predicates = [] if incremental_predicates is none else [] + incremental_predicates -%}
    {%- set names = get_quoted_csv(dest_columns | map(attribute='name')) -%}
    {%- set updated = get_merge_update_columns(config.get('merge_update_columns'), config.get('merge_exclude_columns'), dest_columns) -%}
    {%- if unique_key -%}
        {%- set keys = [unique_key] if unique_key is string else unique_key -%}
        {%- for key in keys -%}
            {%- do predicates.append('(DBT_INTERNAL_SOURCE.' ~ key ~ ' = DBT_INTERNAL_DEST.' ~ key ~ ')') -%}
        {%- endfor -%}
    merge into {{ target }} as DBT_INTERNAL_DEST
        using {{ source }} as DBT_INTERNAL_SOURCE
        on {{ '(' ~ predicates | join(') and (') ~ ')' }}
    when matched then update set
        {% for column in updated -%}
        {{ column }} = DBT_INTERNAL_SOURCE.{{ column }}{% if not loop.last %}, {% endif %}
        {%- endfor %}
    when not matched then insert
        ({{ names }})
    values
        (
        {%- for column in dest_columns -%}
        DBT_INTERNAL_SOURCE.{{ column.quoted }}{% if not loop.last %}, {% endif %}
        {%- endfor -%}
        )
    {%- else -%}
    insert into {{ target }} ({{ names }})
    (
        select {{ names }}
        from {{ source }}
    )
    {%- endif -%}
{%- endmacro %}

{% macro trino__get_delete_insert_merge_sql(target, source, unique_key, dest_columns, incremental_predicates) -%}
    {%- set names = get_quoted_csv(dest_columns | map(attribute='name')) -%}
    {% if unique_key %}
    {% if unique_key is sequence and unique_key is not string %}
    delete from {{ target }}
    where exists (
        select 1
        from {{ source }}
        where
        {% for key in unique_key %}
            {{ target }}.{{ key }} = {{ source }}.{{ key }}
            {{ 'and' if not loop.last }}
        {% endfor %}
        {% for predicate in incremental_predicates or [] %}
            and {{ predicate }}
        {% endfor %}
    );
    {% else %}
    delete from {{ target }}
    where (
        {{ unique_key }}) in (
        select {{ unique_key }}
        from {{ source }}
    )
    {% for predicate in incremental_predicates or [] %}
        and {{ predicate }}
    {% endfor %}
    ;
    {% endif %}
    {% endif %}
    insert into {{ target }} ({{ names }})
    (
        select {{ names }}
        from {{ source }}
    )
{%- endmacro %}

{% macro trino__get_incremental_microbatch_sql(arg_dict) -%}
    {%- set target = arg_dict['target_relation'] -%}
    {%- set source = arg_dict['temp_relation'] -%}
    {%- set names = get_quoted_csv(arg_dict['dest_columns'] | map(attribute='name')) -%}
    {%- set event_time = model.config.event_time -%}
    {%- set begin = model.batch.event_time_start -%}
    {%- set end = model.batch.event_time_end -%}
    delete from {{ target }}
    where
        {{ event_time }} >= TIMESTAMP '{{ begin }}'
        and {{ event_time }} < TIMESTAMP '{{ end }}'
    {% for predicate in arg_dict['incremental_predicates'] or [] %}
        and {{ predicate }}
    {% endfor %}
    ;
    insert into {{ target }} ({{ names }})
    (
        select {{ names }}
        from {{ source }}
    )
{%- endmacro %}

)sql"
