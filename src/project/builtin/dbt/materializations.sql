R"sql(
{% materialization table, default -%}
    {%- set before = load_cached_relation(this) -%}
    {%- set target = this.incorporate(type='table') -%}
    {%- set intermediate = make_intermediate_relation(target) -%}
    {%- set backup = make_backup_relation(target, 'table' if before is none else before.type) -%}
    {%- set old_intermediate = load_cached_relation(intermediate) -%}
    {%- set old_backup = load_cached_relation(backup) -%}
    {%- set grant_config = config.get('grants') -%}
    {{ drop_relation_if_exists(old_intermediate) }}
    {{ drop_relation_if_exists(old_backup) }}
    {{ run_hooks(pre_hooks, inside_transaction=False) }}
    {{ run_hooks(pre_hooks, inside_transaction=True) }}
    {%- call statement('main') -%}
        {{ get_create_table_as_sql(False, intermediate, sql) }}
    {%- endcall -%}
    {%- do create_indexes(intermediate) -%}
    {%- set before = load_cached_relation(before) if before is not none else none -%}
    {%- if before is not none -%}
        {{ adapter.rename_relation(before, backup) }}
    {%- endif -%}
    {{ adapter.rename_relation(intermediate, target) }}
    {{ run_hooks(post_hooks, inside_transaction=True) }}
    {%- do apply_grants(target, grant_config, should_revoke=should_revoke(before, full_refresh_mode=True)) -%}
    {%- do persist_docs(target, model) -%}
    {{ adapter.commit() }}
    {{ drop_relation_if_exists(backup) }}
    {{ run_hooks(post_hooks, inside_transaction=False) }}
    {{ return({'relations': [target]}) }}
{%- endmaterialization %}

{% materialization view, default -%}
    {%- set before = load_cached_relation(this) -%}
    {%- set target = this.incorporate(type='view') -%}
    {%- set intermediate = make_intermediate_relation(target) -%}
    {%- set backup = make_backup_relation(target, 'view' if before is none else before.type) -%}
    {%- set old_intermediate = load_cached_relation(intermediate) -%}
    {%- set old_backup = load_cached_relation(backup) -%}
    {%- set grant_config = config.get('grants') -%}
    {{ run_hooks(pre_hooks, inside_transaction=False) }}
    {{ drop_relation_if_exists(old_intermediate) }}
    {{ drop_relation_if_exists(old_backup) }}
    {{ run_hooks(pre_hooks, inside_transaction=True) }}
    {%- call statement('main') -%}
        {{ get_create_view_as_sql(intermediate, sql) }}
    {%- endcall -%}
    {%- set before = load_cached_relation(before) if before is not none else none -%}
    {%- if before is not none -%}
        {{ adapter.rename_relation(before, backup) }}
    {%- endif -%}
    {{ adapter.rename_relation(intermediate, target) }}
    {%- do apply_grants(target, grant_config, should_revoke=should_revoke(before, full_refresh_mode=True)) -%}
    {%- do persist_docs(target, model) -%}
    {{ run_hooks(post_hooks, inside_transaction=True) }}
    {{ adapter.commit() }}
    {{ drop_relation_if_exists(backup) }}
    {{ run_hooks(post_hooks, inside_transaction=False) }}
    {{ return({'relations': [target]}) }}
{%- endmaterialization %}

{% materialization incremental, default -%}
    {%- set before = load_cached_relation(this) -%}
    {%- set target = this.incorporate(type='table') -%}
    {%- set staging = make_temp_relation(target) -%}
    {%- set intermediate = make_intermediate_relation(target) -%}
    {%- set backup = make_backup_relation(target, 'table' if before is none else before.type) -%}
    {%- set rebuilds = should_full_refresh() or before.is_view -%}
    {%- set on_schema_change = incremental_validate_on_schema_change(config.get('on_schema_change'), default='ignore') -%}
    {%- set old_intermediate = load_cached_relation(intermediate) -%}
    {%- set old_backup = load_cached_relation(backup) -%}
    {%- set grant_config = config.get('grants') -%}
    {{ drop_relation_if_exists(old_intermediate) }}
    {{ drop_relation_if_exists(old_backup) }}
    {{ run_hooks(pre_hooks, inside_transaction=False) }}
    {{ run_hooks(pre_hooks, inside_transaction=True) }}

    {%- set make_sql = adapter.get_incremental_strategy_macro(context, config.get('incremental_strategy') or 'default') -%}
    {%- set swaps = before is not none and rebuilds -%}
    {%- if before is none -%}
        {%- set indexed = target -%}
        {%- set build_sql = get_create_table_as_sql(False, target, sql) -%}
    {%- elif rebuilds -%}
        {%- set indexed = intermediate -%}
        {%- set build_sql = get_create_table_as_sql(False, intermediate, sql) -%}
    {%- else -%}
        {%- set indexed = staging -%}
        {%- do run_query(get_create_table_as_sql(True, staging, sql)) -%}
        {%- set contract = config.get('contract') -%}
        {%- if not contract or not contract.enforced -%}
            {%- do adapter.expand_target_column_types(from_relation=staging, to_relation=target) -%}
        {%- endif -%}
        {%- set columns = process_schema_changes(on_schema_change, staging, before)
                          or adapter.get_columns_in_relation(before) -%}
        {%- set build_sql = make_sql({
            'target_relation': target,
            'temp_relation': staging,
            'unique_key': config.get('unique_key'),
            'dest_columns': columns,
            'incremental_predicates': config.get('predicates', none) or config.get('incremental_predicates', none)
        }) -%}
    {%- endif -%}
    {%- call statement('main') %}
        {{ build_sql }}
    {%- endcall -%}
    {%- if before is none or before.is_view or should_full_refresh() -%}
        {%- do create_indexes(indexed) -%}
    {%- endif -%}
    {%- if swaps -%}
        {%- do adapter.rename_relation(target, backup) -%}
        {%- do adapter.rename_relation(intermediate, target) -%}
    {%- endif -%}

    {%- do apply_grants(target, grant_config, should_revoke=should_revoke(before, rebuilds)) -%}
    {%- do persist_docs(target, model) -%}
    {{ run_hooks(post_hooks, inside_transaction=True) }}
    {%- do adapter.commit() -%}
    {%- if swaps -%}
        {%- do adapter.drop_relation(backup) -%}
    {%- endif -%}
    {{ run_hooks(post_hooks, inside_transaction=False) }}
    {{ return({'relations': [target]}) }}
{%- endmaterialization %}

{% materialization materialized_view, default -%}
    {%- set before = load_cached_relation(this) -%}
    {%- set target = this.incorporate(type=this.MaterializedView) -%}
    {%- set intermediate = make_intermediate_relation(target) -%}
    {%- set backup = make_backup_relation(target, target.MaterializedView if before is none else before.type) -%}
    {{ materialized_view_setup(backup, intermediate, pre_hooks) }}
    {%- set build_sql = materialized_view_get_build_sql(before, target, backup, intermediate) -%}
    {%- if build_sql == '' -%}
        {{ materialized_view_execute_no_op(target) }}
    {%- else -%}
        {{ materialized_view_execute_build_sql(build_sql, before, target, post_hooks) }}
    {%- endif -%}
    {{ materialized_view_teardown(backup, intermediate, post_hooks) }}
    {{ return({'relations': [target]}) }}
{%- endmaterialization %}

{% macro materialized_view_setup(backup_relation, intermediate_relation, pre_hooks) -%}
    {%- set old_backup = load_cached_relation(backup_relation) -%}
    {%- set old_intermediate = load_cached_relation(intermediate_relation) -%}
    {{ drop_relation_if_exists(old_backup) }}
    {{ drop_relation_if_exists(old_intermediate) }}
    {{ run_hooks(pre_hooks, inside_transaction=False) }}
{%- endmacro %}

{% macro materialized_view_teardown(backup_relation, intermediate_relation, post_hooks) -%}
    {{ drop_relation_if_exists(backup_relation) }}
    {{ drop_relation_if_exists(intermediate_relation) }}
    {{ run_hooks(post_hooks, inside_transaction=False) }}
{%- endmacro %}

{% macro materialized_view_get_build_sql(existing_relation, target_relation, backup_relation, intermediate_relation) -%}
    {%- if existing_relation is none -%}
        {%- do return(get_create_materialized_view_as_sql(target_relation, sql)) -%}
    {%- endif -%}
    {%- if should_full_refresh() or not existing_relation.is_materialized_view -%}
        {%- do return(get_replace_sql(existing_relation, target_relation, sql)) -%}
    {%- endif -%}
    {%- set wanted = config.get('on_configuration_change') -%}
    {%- set changes = get_materialized_view_configuration_changes(existing_relation, config) -%}
    {%- if changes is none -%}
        {%- do return(refresh_materialized_view(target_relation)) -%}
    {%- elif wanted == 'apply' -%}
        {%- do return(get_alter_materialized_view_as_sql(target_relation, changes, sql, existing_relation, backup_relation, intermediate_relation)) -%}
    {%- endif -%}
    {%- set said = 'Configuration changes were identified and `on_configuration_change` was set to `' ~ wanted ~ '` for `' ~ target_relation.render() ~ '`' -%}
    {%- if wanted == 'continue' -%}
        {{ exceptions.warn(said) }}
        {%- do return('') -%}
    {%- elif wanted == 'fail' -%}
        {{ exceptions.raise_fail_fast_error(said) }}
    {%- endif -%}
    {{ exceptions.raise_compiler_error('Unexpected configuration scenario') }}
{%- endmacro %}

{% macro materialized_view_execute_no_op(target_relation) -%}
    {%- do store_raw_result(name='main', message='skip ' ~ target_relation, code='skip', rows_affected='-1') -%}
{%- endmacro %}

{% macro materialized_view_execute_build_sql(build_sql, existing_relation, target_relation, post_hooks) -%}
    {{ run_hooks(pre_hooks, inside_transaction=True) }}
    {%- call statement(name='main') %}
        {{ build_sql }}
    {%- endcall -%}
    {%- do apply_grants(target_relation, config.get('grants'), should_revoke=should_revoke(existing_relation, full_refresh_mode=True)) -%}
    {%- do persist_docs(target_relation, model) -%}
    {{ run_hooks(post_hooks, inside_transaction=True) }}
    {{ adapter.commit() }}
{%- endmacro %}

{% materialization clone, default -%}
    {%- if not defer_relation -%}
        {{ log('No relation found in state manifest for ' ~ model.unique_id, info=True) }}
        {{ return({'relations': []}) }}
    {%- endif -%}
    {%- set before = load_cached_relation(this) -%}
    {%- if before and not flags.FULL_REFRESH -%}
        {{ log('Relation ' ~ before ~ ' already exists', info=True) }}
        {{ return({'relations': []}) }}
    {%- endif -%}
    {%- set other = load_cached_relation(defer_relation) -%}
    {%- if not (other and other.type == 'table' and can_clone_table()) -%}
        {%- set named = 'materialization_view_' ~ adapter.type() -%}
        {%- set make_view = context[named if named in context else 'materialization_view_default'] -%}
        {{ return(make_view()) }}
    {%- endif -%}
    {%- set grant_config = config.get('grants') -%}
    {%- set target = this.incorporate(type='table') -%}
    {%- if before is not none and not before.is_table -%}
        {{ log('Dropping relation ' ~ before.render() ~ ' because it is of type ' ~ before.type) }}
        {{ drop_relation_if_exists(before) }}
    {%- endif -%}
    {%- if target.render() == defer_relation.render() -%}
        {{ log('Target relation and defer relation are the same, skipping clone for relation: ' ~ target.render()) }}
    {%- else -%}
        {%- call statement('main') %}
            {{ create_or_replace_clone(target, defer_relation) }}
        {%- endcall -%}
    {%- endif -%}
    {%- do apply_grants(target, grant_config, should_revoke=should_revoke(before, full_refresh_mode=True)) -%}
    {%- do persist_docs(target, model) -%}
    {{ return({'relations': [target]}) }}
{%- endmaterialization %}
)sql"
