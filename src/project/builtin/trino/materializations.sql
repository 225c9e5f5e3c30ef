R"sql(
{% macro get_incremental_tmp_relation_type(strategy, unique_key, language) -%}
    {%- set one_statement = strategy != 'insert_overwrite' and (strategy in ['default', 'append', 'merge'] or unique_key is none) -%}
    {{ return('view' if language == 'sql' and config.get('views_enabled', true) and one_statement else 'table') }}
{%- endmacro %}

{% macro on_table_exists_logic(on_table_exists, existing_relation, intermediate_relation, backup_relation, target_relation) -%}
    {%- set swaps = on_table_exists == 'rename' and existing_relation is not none -%}
    {%- if on_table_exists == 'drop' and existing_relation is not none -%}
        {{ adapter.drop_relation(existing_relation) }}
    {%- endif -%}
    {%- call statement('main') -%}
        {%- if on_table_exists in ['replace', 'skip'] -%}
        {{ create_table_as(False, target_relation, sql, on_table_exists) }}
        {%- else -%}
        {{ create_table_as(False, intermediate_relation if swaps else target_relation, sql) }}
        {%- endif -%}
    {%- endcall -%}
    {%- if swaps -%}
        {{ adapter.rename_relation(existing_relation, backup_relation) }}
        {{ adapter.rename_relation(intermediate_relation, target_relation) }}
        {{ drop_relation_if_exists(backup_relation) }}
    {%- endif -%}
{%- endmacro %}

{% materialization table, adapter='trino' -%}
    {%- set mode = config.get('on_table_exists', 'rename') -%}
    {%- if mode not in ['rename', 'drop', 'replace', 'skip'] -%}
        {%- do log('Invalid value for on_table_exists (' ~ mode ~ ') specified. Setting default value (rename).') -%}
        {%- set mode = 'rename' -%}
    {%- endif -%}
    {%- set before = load_cached_relation(this) -%}
    {%- set target = this.incorporate(type='table') -%}
    {%- if mode == 'rename' -%}
        {%- set intermediate = make_intermediate_relation(target) -%}
        {%- set backup = make_backup_relation(target, 'table' if before is none else before.type) -%}
        {{ drop_relation_if_exists(load_cached_relation(intermediate)) }}
        {{ drop_relation_if_exists(load_cached_relation(backup)) }}
    {%- endif -%}
    {{ run_hooks(pre_hooks) }}
    {%- set grant_config = config.get('grants') -%}
    {%- do on_table_exists_logic(mode, before, intermediate, backup, target) -%}
    {%- do persist_docs(target, model) -%}
    {%- do apply_grants(target, grant_config, should_revoke=should_revoke(before, full_refresh_mode=True)) -%}
    {{ run_hooks(post_hooks) }}
    {{ return({'relations': [target]}) }}
{%- endmaterialization %}

{% materialization view, adapter='trino' -%}
    {%- set made = create_or_replace_view() -%}
    {%- do persist_docs(this.incorporate(type='view'), model) -%}
    {%- do return(made) -%}
{%- endmaterialization %}

{% materialization incremental, adapter='trino', supported_languages=['sql'] -%}
    {%- set unique_key = config.get('unique_key') -%}
    {%- set rebuilds = should_full_refresh() -%}
    {%- set on_schema_change = incremental_validate_on_schema_change(config.get('on_schema_change'), default='ignore') -%}
    {%- set language = model['language'] -%}
    {%- set mode = config.get('on_table_exists', 'rename') -%}
    {%- if mode not in ['rename', 'drop', 'replace'] -%}
        {%- do log('Invalid value for on_table_exists (' ~ mode ~ ') specified. Setting default value (rename).') -%}
        {%- set mode = 'rename' -%}
    {%- endif -%}
    {%- set strategy = config.get('incremental_strategy') or 'default' -%}
    {%- set make_sql = adapter.get_incremental_strategy_macro(context, strategy) -%}

    {%- set before = load_cached_relation(this) -%}
    {%- set target = this.incorporate(type='table') -%}
    {%- set staging_type = get_incremental_tmp_relation_type(strategy, unique_key, language) -%}
    {%- set staging = make_temp_relation(this).incorporate(type=staging_type) -%}
    {%- set intermediate = make_intermediate_relation(target) -%}
    {%- set backup = make_backup_relation(target, 'table' if before is none else before.type) -%}
    {%- set old_staging = load_cached_relation(staging) -%}
    {%- set old_intermediate = load_cached_relation(intermediate) -%}
    {%- set old_backup = load_cached_relation(backup) -%}
    {%- set grant_config = config.get('grants') -%}
    {{ drop_relation_if_exists(old_staging) }}
    {{ drop_relation_if_exists(old_intermediate) }}
    {{ drop_relation_if_exists(old_backup) }}
    {{ run_hooks(pre_hooks) }}

    {%- if before is none or before.is_view -%}
        {%- if before is not none -%}
            {{ log('Dropping relation ' ~ target ~ ' because it is a view and this model is a table.') }}
            {%- do adapter.drop_relation(before) -%}
        {%- endif -%}
        {%- call statement('main', language=language) -%}
            {{ create_table_as(False, target, compiled_code, language) }}
        {%- endcall -%}
    {%- elif rebuilds -%}
        {%- do on_table_exists_logic(mode, before, intermediate, backup, target) -%}
    {%- else -%}
        {%- call statement('create_tmp_relation', language=language) -%}
            {%- if staging_type == 'view' -%}
            {{ create_view_as(staging, compiled_code) }}
            {%- else -%}
            {{ create_table_as(True, staging, compiled_code, language) }}
            {%- endif -%}
        {%- endcall -%}
        {%- do adapter.expand_target_column_types(from_relation=staging, to_relation=target) -%}
        {%- set columns = process_schema_changes(on_schema_change, staging, before)
                          or adapter.get_columns_in_relation(before) -%}
        {%- set arguments = {
            'target_relation': target,
            'temp_relation': staging,
            'unique_key': unique_key,
            'dest_columns': columns,
            'incremental_predicates': config.get('predicates', none) or config.get('incremental_predicates', none)
        } -%}
        {%- call statement('main') -%}
            {{ make_sql(arguments) }}
        {%- endcall -%}
    {%- endif -%}
    {%- do drop_relation_if_exists(staging) -%}
    {{ run_hooks(post_hooks) }}
    {%- do apply_grants(target, grant_config, should_revoke=should_revoke(before.is_table, rebuilds)) -%}
    {%- do persist_docs(target, model) -%}
    {{ return({'relations': [target]}) }}
{%- endmaterialization %}

{% macro create_or_replace_view() -%}
    {%- set before = adapter.get_relation(database=database, schema=schema, identifier=model['alias']) -%}
    {%- set target = api.Relation.create(identifier=model['alias'], schema=schema, database=database, type='view') -%}
    {%- set grant_config = config.get('grants') -%}
    {{ run_hooks(pre_hooks) }}
    {%- if before is not none and not before.is_view -%}
        {{ handle_existing_table(should_full_refresh(), before) }}
    {%- endif -%}
    {%- call statement('main') -%}
        {{ get_create_view_as_sql(target, sql) }}
    {%- endcall -%}
    {%- do should_revoke(before is not none and before.is_view, full_refresh_mode=True) -%}
    {%- do apply_grants(target, grant_config, should_revoke=True) -%}
    {{ run_hooks(post_hooks) }}
    {{ return({'relations': [target]}) }}
{%- endmacro %}

{% macro sync_column_schemas(on_schema_change, target_relation, schema_changes_dict) -%}
    {%- set changes = schema_changes_dict -%}
    {%- if config.get('sync_nested_columns', false) -%}
        {%- set synced = adapter.sync_row_columns(on_schema_change, target_relation, changes) -%}
        {%- set changes = changes if synced is none else synced -%}
    {%- endif -%}
    {{ default__sync_column_schemas(on_schema_change, target_relation, changes) }}
{%- endmacro %}

{% macro trino__get_create_materialized_view_as_sql(target_relation, sql) -%}
    {%- set grace_period = config.get('grace_period') -%}
    create materialized view {{ target_relation }}
    {{ 'grace period ' ~ grace_period if grace_period is not none }}
    {{ properties() }}
    as
    {{ sql }}
    ;
{%- endmacro %}

{% macro trino__get_replace_materialized_view_as_sql(relation, sql, existing_relation, backup_relation, intermediate_relation) %}
    {{- trino__get_create_materialized_view_as_sql(intermediate_relation, sql) }}
    {% if existing_relation is not none -%}
    {{ log('Found a ' ~ existing_relation.type ~ ' with same name. Will drop it', info=true) }}
    alter {{ existing_relation.type | replace('_', ' ') }} {{ existing_relation }} rename to {{ backup_relation }};
    {%- endif %}
    alter materialized view {{ intermediate_relation }} rename to {{ relation }};
{% endmacro %}

{% macro trino__get_materialized_view_configuration_changes(existing_relation, new_config) %}
    {% do return(None) %}
{% endmacro %}

{% macro trino__refresh_materialized_view(relation) -%}
    refresh materialized view {{ relation }}
{%- endmacro %}

{% macro trino__function_execute_build_sql(build_sql, existing_relation, target_relation) -%}
    {%- if config.get('grants') -%}
        {%- do exceptions.warn('Grants are not supported on functions by dbt-trino and will be ignored for `' ~ model.name ~ '`') -%}
    {%- endif -%}
    {%- call statement(name='main') %}
        {{ build_sql }}
    {%- endcall -%}
    {{ adapter.commit() }}
{%- endmacro %}

{% macro trino__scalar_function_sql(target_relation) %}
    {{ scalar_function_create_replace_signature_sql(target_relation) }}
    {{ scalar_function_body_sql() }}
{% endmacro %}

{% macro trino__scalar_function_create_replace_signature_sql(target_relation) %}
    CREATE OR REPLACE FUNCTION {{ target_relation.render() }} ({{ formatted_scalar_function_args_sql() }})
    RETURNS {{ model.returns.data_type }}
    {{ scalar_function_volatility_sql() }}
    {% if model.description -%}
    COMMENT '{{ model.description | replace("'", "''") }}'
    {%- endif %}
{% endmacro %}

{% macro trino__scalar_function_body_sql() %}
    RETURN {{ model.compiled_code | trim }}
{% endmacro %}

{% macro trino__scalar_function_volatility_sql() -%}
    {%- set wanted = model.config.get('volatility') -%}
    {%- if wanted in ['deterministic', 'non-deterministic'] -%}
        {{ 'NOT ' if wanted == 'non-deterministic' }}DETERMINISTIC
    {%- elif wanted is not none -%}
        {%- do unsupported_volatility_warning(wanted) -%}
    {%- endif -%}
{%- endmacro %}
)sql"
