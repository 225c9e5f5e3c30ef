R"sql(
{% macro get_snapshot_table_column_names() -%}
    {%- set names = {} -%}
    {%- for name in ['dbt_valid_to', 'dbt_valid_from', 'dbt_scd_id', 'dbt_updated_at', 'dbt_is_deleted'] -%}
        {%- do names.update({name: name}) -%}
    {%- endfor -%}
    {{ return(names) }}
{%- endmacro %}

{% macro strategy_dispatch(name) -%}
    {%- set parts = name.split('.', 1) -%}
    {%- set scope = context -%}
    {%- if parts | length > 1 -%}
        {%- if parts[0] not in context -%}
            {{ exceptions.raise_compiler_error("Could not find package '" ~ parts[0] ~ "', called with '" ~ name ~ "'") }}
        {%- endif -%}
        {%- set scope = context[parts[0]] -%}
    {%- endif -%}
    {%- set wanted = 'snapshot_' ~ parts[-1] ~ '_strategy' -%}
    {%- if wanted not in scope -%}
        {{ exceptions.raise_compiler_error("The specified strategy macro '" ~ parts[-1] ~ "' was not found in package '" ~ (parts[0] if parts | length > 1 else none) ~ "'") }}
    {%- endif -%}
    {{ return(scope[wanted]) }}
{%- endmacro %}

{% macro snapshot_hash_arguments(args) -%}
    {{ adapter.dispatch('snapshot_hash_arguments', 'dbt')(args) }}
{%- endmacro %}

{% macro default__snapshot_hash_arguments(args) -%}
    md5({% for arg in args %}coalesce(cast({{ arg }} as varchar ), ''){{ " || '|' || " if not loop.last }}{% endfor %})
{%- endmacro %}

{% macro get_true_sql() %}
    {{ adapter.dispatch('get_true_sql', 'dbt')() }}
{% endmacro %}

{% macro default__get_true_sql() %}
    {{ return('TRUE') }}
{% endmacro %}

{% macro snapshot_timestamp_strategy(node, snapshotted_rel, current_rel, model_config, target_exists) -%}
    {%- set columns = config.get('snapshot_table_column_names') or get_snapshot_table_column_names() -%}
    {%- set keys = config.get('unique_key') -%}
    {%- set updated_at = config.get('updated_at') -%}
    {%- set deletes = adapter.get_hard_deletes_behavior(config) -%}
    {%- do return({
        'unique_key': keys,
        'updated_at': updated_at,
        'row_changed': '(' ~ snapshotted_rel ~ '.' ~ columns.dbt_valid_from ~ ' < ' ~ current_rel ~ '.' ~ updated_at ~ ')',
        'scd_id': snapshot_hash_arguments(api.Relation.scd_args(keys, updated_at)),
        'invalidate_hard_deletes': deletes == 'invalidate',
        'hard_deletes': deletes
    }) -%}
{%- endmacro %}

{% macro snapshot_check_all_get_existing_columns(node, target_exists, check_cols_config) -%}
    {%- if not target_exists -%}
        {{ return((false, query_columns)) }}
    {%- endif -%}
    {%- set target = adapter.get_relation(database=node.database, schema=node.schema, identifier=node.alias) -%}
    {%- if check_cols_config == 'all' -%}
        {%- set names = get_columns_in_query(node['compiled_code']) -%}
    {%- elif check_cols_config is iterable and check_cols_config | length > 0 -%}
        {%- set chosen -%}
            select {{ check_cols_config | join(', ') }} from (
                {{ node['compiled_code'] }}
            ) subq
        {%- endset -%}
        {%- set names = get_columns_in_query(chosen) -%}
    {%- else -%}
        {%- do exceptions.raise_compiler_error("Invalid value for 'check_cols': " ~ check_cols_config) -%}
    {%- endif -%}
    {%- set there = adapter.get_columns_in_relation(target) | map(attribute='name') | list -%}
    {%- set both = [] -%}
    {%- for name in names if name in there -%}
        {%- do both.append(adapter.quote(name)) -%}
    {%- endfor -%}
    {{ return((both | length < names | length, both)) }}
{%- endmacro %}

{% macro snapshot_check_strategy(node, snapshotted_rel, current_rel, model_config, target_exists) -%}
    {%- set keys = config.get('unique_key') -%}
    {%- set updated_at = config.get('updated_at') or snapshot_get_time() -%}
    {%- set deletes = adapter.get_hard_deletes_behavior(config) -%}
    {%- set has_new, compared = snapshot_check_all_get_existing_columns(node, target_exists, config.get('check_cols')) -%}
    {%- set changed -%}
    (
    {%- if has_new -%}
        {{ get_true_sql() }}
    {%- else -%}
        {%- for column in compared -%}
        {%- set before = snapshotted_rel ~ '.' ~ column -%}
        {%- set now = current_rel ~ '.' ~ column -%}
        {{ before }} != {{ now }}
        or
        (
            (({{ before }} is null) and not ({{ now }} is null))
            or
            ((not {{ before }} is null) and ({{ now }} is null))
        )
        {%- if not loop.last %} or {% endif -%}
        {%- endfor -%}
    {%- endif -%}
    )
    {%- endset -%}
    {%- do return({
        'unique_key': keys,
        'updated_at': updated_at,
        'row_changed': changed,
        'scd_id': snapshot_hash_arguments(api.Relation.scd_args(keys, updated_at)),
        'invalidate_hard_deletes': deletes == 'invalidate',
        'hard_deletes': deletes
    }) -%}
{%- endmacro %}

{% macro unique_key_fields(unique_key) -%}
    {%- if unique_key | is_list -%}
        {%- for key in unique_key %}
        {{ key }} as dbt_unique_key_{{ loop.index }}{{ ' , ' if not loop.last }}
        {%- endfor -%}
    {%- else -%}
        {{ unique_key }} as dbt_unique_key
    {%- endif -%}
{%- endmacro %}

{% macro unique_key_join_on(unique_key, identifier, from_identifier) -%}
    {%- if unique_key | is_list -%}
        {%- for key in unique_key %}
        {%- set column = '.dbt_unique_key_' ~ loop.index %}
        {{ equals(identifier ~ column, from_identifier ~ column) }}{{ ' and ' if not loop.last }}
        {%- endfor -%}
    {%- else -%}
        {{ identifier }}.dbt_unique_key = {{ from_identifier }}.dbt_unique_key
    {%- endif -%}
{%- endmacro %}

{% macro unique_key_is_null(unique_key, identifier) -%}
    {{ identifier }}.dbt_unique_key{{ '_1' if unique_key | is_list }} is null
{%- endmacro %}

{% macro unique_key_is_not_null(unique_key, identifier) -%}
    {{ identifier }}.dbt_unique_key{{ '_1' if unique_key | is_list }} is not null
{%- endmacro %}

{% macro get_dbt_valid_to_current(strategy, columns) -%}
    coalesce(nullif({{ strategy.updated_at }}, {{ strategy.updated_at }}), {{ config.get('dbt_valid_to_current') or 'null' }})
    as {{ columns.dbt_valid_to }}
{%- endmacro %}

{% macro snapshot_staging_table(strategy, source_sql, target_relation) -%}
    {{ adapter.dispatch('snapshot_staging_table', 'dbt')(strategy, source_sql, target_relation) }}
{%- endmacro %}

{% macro default__snapshot_staging_table(strategy, source_sql, target_relation) -%}
    {%- set columns = config.get('snapshot_table_column_names') or get_snapshot_table_column_names() -%}
    {%- set keeps_deletes = strategy.hard_deletes == 'new_record' -%}
    {%- set sees_deletes = strategy.hard_deletes in ['invalidate', 'new_record'] -%}
    {%- set current = config.get('dbt_valid_to_current') -%}
    {%- set is_marked = 'snapshotted_data.' ~ columns.dbt_is_deleted ~ " = 'True'" -%}
    {%- set is_open = 'snapshotted_data.' ~ columns.dbt_valid_to ~ ((' = ' ~ current) if current else ' is null') -%}
    {%- if keeps_deletes -%}
        {%- set deletion_id = snapshot_hash_arguments([columns.dbt_scd_id, snapshot_get_time()]) -%}
    {%- endif -%}
    with snapshot_query as (

        {{ source_sql }}

    ),

    snapshotted_data as (

        select *, {{ unique_key_fields(strategy.unique_key) }}
        from {{ target_relation }}
        where
            {% if current -%}
            ( {{ equals(columns.dbt_valid_to | trim, current | trim) }} or {{ columns.dbt_valid_to | trim }} is null )
            {%- else -%}
            {{ columns.dbt_valid_to }} is null
            {%- endif %}

    ),

    insertions_source_data as (

        select *, {{ unique_key_fields(strategy.unique_key) }},
            {{ strategy.updated_at }} as {{ columns.dbt_updated_at }},
            {{ strategy.updated_at }} as {{ columns.dbt_valid_from }},
            {{ get_dbt_valid_to_current(strategy, columns) }},
            {{ strategy.scd_id }} as {{ columns.dbt_scd_id }}

        from snapshot_query
    ),

    updates_source_data as (

        select *, {{ unique_key_fields(strategy.unique_key) }},
            {{ strategy.updated_at }} as {{ columns.dbt_updated_at }},
            {{ strategy.updated_at }} as {{ columns.dbt_valid_from }},
            {{ strategy.updated_at }} as {{ columns.dbt_valid_to }}

        from snapshot_query
    ),
    {%- if sees_deletes %}

    deletes_source_data as (

        select *, {{ unique_key_fields(strategy.unique_key) }}
        from snapshot_query
    ),
    {%- endif %}

    insertions as (

        select
            'insert' as dbt_change_type,
            source_data.*
            {%- if keeps_deletes %}
            ,'False' as {{ columns.dbt_is_deleted }}
            {%- endif %}

        from insertions_source_data as source_data
        left outer join snapshotted_data
            on {{ unique_key_join_on(strategy.unique_key, 'snapshotted_data', 'source_data') }}
            where {{ unique_key_is_null(strategy.unique_key, 'snapshotted_data') }}
            or ({{ unique_key_is_not_null(strategy.unique_key, 'snapshotted_data') }} and (
               {{ strategy.row_changed }} {{ 'or ' ~ is_marked if keeps_deletes }}
            )

        )

    ),

    updates as (

        select
            'update' as dbt_change_type,
            source_data.*,
            snapshotted_data.{{ columns.dbt_scd_id }}
            {%- if keeps_deletes %}
            , snapshotted_data.{{ columns.dbt_is_deleted }}
            {%- endif %}

        from updates_source_data as source_data
        join snapshotted_data
            on {{ unique_key_join_on(strategy.unique_key, 'snapshotted_data', 'source_data') }}
        where (
            {{ strategy.row_changed }} {{ 'or ' ~ is_marked if keeps_deletes }}
        )
    )
    {%- if sees_deletes %}
    ,
    deletes as (

        select
            'delete' as dbt_change_type,
            source_data.*,
            {{ snapshot_get_time() }} as {{ columns.dbt_valid_from }},
            {{ snapshot_get_time() }} as {{ columns.dbt_updated_at }},
            {{ snapshot_get_time() }} as {{ columns.dbt_valid_to }},
            snapshotted_data.{{ columns.dbt_scd_id }}
            {%- if keeps_deletes %}
            , snapshotted_data.{{ columns.dbt_is_deleted }}
            {%- endif %}
        from snapshotted_data
        left join deletes_source_data as source_data
            on {{ unique_key_join_on(strategy.unique_key, 'snapshotted_data', 'source_data') }}
            where {{ unique_key_is_null(strategy.unique_key, 'source_data') }}
            {%- if keeps_deletes %}
            and not (
                {{ is_marked }}
                and
                {{ is_open }}
            )
            {%- endif %}
    )
    {%- endif %}
    {%- if keeps_deletes %}
    {%- set target_names = get_list_of_column_names(get_columns_in_relation(target_relation)) %}
    {%- set source_names = get_columns_in_query(source_sql) %}
    ,
    deletion_records as (

        select
            'insert' as dbt_change_type,
            {%- for name in source_names %}
            {{ 'snapshotted_data' if name in target_names else 'source_data' }}.{{ adapter.quote(name) }},
            {%- endfor %}
            {%- if strategy.unique_key | is_list %}
            {%- for key in strategy.unique_key %}
            snapshotted_data.{{ key }} as dbt_unique_key_{{ loop.index }},
            {%- endfor %}
            {%- else %}
            snapshotted_data.dbt_unique_key as dbt_unique_key,
            {%- endif %}
            {{ snapshot_get_time() }} as {{ columns.dbt_valid_from }},
            {{ snapshot_get_time() }} as {{ columns.dbt_updated_at }},
            snapshotted_data.{{ columns.dbt_valid_to }} as {{ columns.dbt_valid_to }},
            {{ deletion_id }} as {{ columns.dbt_scd_id }},
            'True' as {{ columns.dbt_is_deleted }}
        from snapshotted_data
        left join deletes_source_data as source_data
            on {{ unique_key_join_on(strategy.unique_key, 'snapshotted_data', 'source_data') }}
        where {{ unique_key_is_null(strategy.unique_key, 'source_data') }}
        and not (
            {{ is_marked }}
            and
            {{ is_open }}
            )

    )
    {%- endif %}

    select * from insertions
    union all
    select * from updates
    {%- if sees_deletes %}
    union all
    select * from deletes
    {%- endif %}
    {%- if keeps_deletes %}
    union all
    select * from deletion_records
    {%- endif %}
{%- endmacro %}

{% macro build_snapshot_table(strategy, sql) -%}
    {{ adapter.dispatch('build_snapshot_table', 'dbt')(strategy, sql) }}
{%- endmacro %}

{% macro default__build_snapshot_table(strategy, sql) -%}
    {%- set columns = config.get('snapshot_table_column_names') or get_snapshot_table_column_names() %}
    select *,
        {{ strategy.scd_id }} as {{ columns.dbt_scd_id }},
        {{ strategy.updated_at }} as {{ columns.dbt_updated_at }},
        {{ strategy.updated_at }} as {{ columns.dbt_valid_from }},
        {{ get_dbt_valid_to_current(strategy, columns) }}
        {%- if strategy.hard_deletes == 'new_record' %}
        , 'False' as {{ columns.dbt_is_deleted }}
        {%- endif %}
    from (
        {{ sql }}
    ) sbq
{%- endmacro %}

{% macro build_snapshot_staging_table(strategy, sql, target_relation) -%}
    {%- set staging = make_temp_relation(target_relation) -%}
    {%- set rows = snapshot_staging_table(strategy, sql, target_relation) -%}
    {%- call statement('build_snapshot_staging_relation') %}
        {{ create_table_as(True, staging, rows) }}
    {%- endcall -%}
    {%- do return(staging) -%}
{%- endmacro %}

{% macro create_columns(relation, columns) -%}
    {{ adapter.dispatch('create_columns', 'dbt')(relation, columns) }}
{%- endmacro %}

{% macro default__create_columns(relation, columns) -%}
    {%- for column in columns -%}
        {%- call statement() %}
            alter table {{ relation.render() }} add column {{ adapter.quote(column.name) }} {{ column.expanded_data_type }}
        {%- endcall -%}
    {%- endfor -%}
{%- endmacro %}

{% macro post_snapshot(staging_relation) -%}
    {{ adapter.dispatch('post_snapshot', 'dbt')(staging_relation) }}
{%- endmacro %}

{% macro default__post_snapshot(staging_relation) -%}
{%- endmacro %}

{% macro snapshot_merge_sql(target, source, insert_cols) -%}
    {{ adapter.dispatch('snapshot_merge_sql', 'dbt')(target, source, insert_cols) }}
{%- endmacro %}

{% macro default__snapshot_merge_sql(target, source, insert_cols) -%}
    {%- set columns = config.get('snapshot_table_column_names') or get_snapshot_table_column_names() -%}
    {%- set current = config.get('dbt_valid_to_current') -%}
    {%- set valid_to = ('DBT_INTERNAL_DEST.' ~ columns.dbt_valid_to) | trim -%}
    {%- set names = insert_cols | join(', ') -%}
    merge into {{ target.render() }} as DBT_INTERNAL_DEST
    using {{ source }} as DBT_INTERNAL_SOURCE
    on DBT_INTERNAL_SOURCE.{{ columns.dbt_scd_id }} = DBT_INTERNAL_DEST.{{ columns.dbt_scd_id }}

    when matched
     {% if current -%}
     and ({{ equals(valid_to, current | trim) }} or {{ valid_to }} is null)
     {%- else -%}
     and {{ valid_to }} is null
     {%- endif %}
     and DBT_INTERNAL_SOURCE.dbt_change_type in ('update', 'delete')
        then update
        set {{ columns.dbt_valid_to }} = DBT_INTERNAL_SOURCE.{{ columns.dbt_valid_to }}

    when not matched
     and DBT_INTERNAL_SOURCE.dbt_change_type = 'insert'
        then insert ({{ names }})
        values ({{ names }})
{%- endmacro %}

{% macro get_updated_at_column_data_type(snapshot_sql) -%}
    {%- set found = namespace(type=none) -%}
    {%- for column in get_column_schema_from_query(snapshot_sql) if column.column in ['dbt_updated_at', 'DBT_UPDATED_AT'] -%}
        {%- set found.type = column.dtype -%}
    {%- endfor -%}
    {{ return(found.type) }}
{%- endmacro %}

{% macro get_snapshot_get_time_data_type() -%}
    {%- set now = adapter.dispatch('snapshot_get_time', 'dbt')() -%}
    {%- set found = get_column_schema_from_query('select ' ~ now ~ ' as dbt_snapshot_time') -%}
    {{ return(found[0].dtype or none) }}
{%- endmacro %}

{% macro check_time_data_types(sql) -%}
    {%- set own = get_updated_at_column_data_type(sql) -%}
    {%- set clock = get_snapshot_get_time_data_type() -%}
    {%- if clock is not none and own is not none and clock != own -%}
        {{ exceptions.warn_snapshot_timestamp_data_types(clock, own) }}
    {%- endif -%}
{%- endmacro %}

{% materialization snapshot, default -%}
    {%- set grant_config = config.get('grants') -%}
    {%- set there, target = get_or_create_relation(
            database=model.database,
            schema=model.schema,
            identifier=model.get('alias', model.get('name')),
            type='table') -%}
    {%- if not target.is_table -%}
        {%- do exceptions.relation_wrong_type(target, 'table') -%}
    {%- endif -%}
    {{ run_hooks(pre_hooks, inside_transaction=False) }}
    {{ run_hooks(pre_hooks, inside_transaction=True) }}

    {%- set make_strategy = strategy_dispatch(config.get('strategy')) -%}
    {%- set strategy = make_strategy(model, 'snapshotted_data', 'source_data', model['config'], there) -%}
    {%- if there -%}
        {%- set columns = config.get('snapshot_table_column_names') or get_snapshot_table_column_names() -%}
        {{ adapter.assert_valid_snapshot_target_given_strategy(target, columns, strategy) }}
        {%- set checked_sql = snapshot_staging_table(strategy, sql, target) -%}
        {%- set staging = build_snapshot_staging_table(strategy, sql, target) -%}
        {%- do adapter.expand_target_column_types(from_relation=staging, to_relation=target) -%}
        {%- set own_columns = ['dbt_change_type', 'DBT_CHANGE_TYPE', 'dbt_unique_key', 'DBT_UNIQUE_KEY'] -%}
        {%- if strategy.unique_key | is_list -%}
            {%- for key in strategy.unique_key -%}
                {%- do own_columns.extend(['dbt_unique_key_' ~ loop.index, 'DBT_UNIQUE_KEY_' ~ loop.index]) -%}
            {%- endfor -%}
        {%- endif -%}
        {%- set missing = adapter.get_missing_columns(staging, target) | rejectattr('name', 'in', own_columns) | list -%}
        {%- do create_columns(target, missing) -%}
        {%- set quoted = [] -%}
        {%- for column in adapter.get_columns_in_relation(staging) | rejectattr('name', 'in', own_columns) -%}
            {%- do quoted.append(adapter.quote(column.name)) -%}
        {%- endfor -%}
        {%- set final_sql = snapshot_merge_sql(target=target, source=staging, insert_cols=quoted) -%}
    {%- else -%}
        {%- set checked_sql = build_snapshot_table(strategy, model['compiled_code']) -%}
        {%- set final_sql = create_table_as(False, target, checked_sql) -%}
    {%- endif -%}

    {{ check_time_data_types(checked_sql) }}
    {%- call statement('main') %}
        {{ final_sql }}
    {%- endcall -%}

    {%- do apply_grants(target, grant_config, should_revoke=should_revoke(there, full_refresh_mode=False)) -%}
    {%- do persist_docs(target, model) -%}
    {%- if not there -%}
        {%- do create_indexes(target) -%}
    {%- endif -%}
    {{ run_hooks(post_hooks, inside_transaction=True) }}
    {{ adapter.commit() }}
    {%- if staging is defined -%}
        {%- do post_snapshot(staging) -%}
    {%- endif -%}
    {{ run_hooks(post_hooks, inside_transaction=False) }}
    {{ return({'relations': [target]}) }}
{%- endmaterialization %}
)sql"
