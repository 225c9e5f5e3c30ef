R"sql(
{% macro get_binding_char() -%}
    {{ adapter.dispatch('get_binding_char', 'dbt')() }}
{%- endmacro %}

{% macro default__get_binding_char() %}
    {{ return('%s') }}
{% endmacro %}

{% macro get_batch_size() -%}
    {{ return(adapter.dispatch('get_batch_size', 'dbt')()) }}
{%- endmacro %}

{% macro default__get_batch_size() %}
    {{ return(10000) }}
{% endmacro %}

{% macro get_seed_column_quoted_csv(model, column_names) -%}
    {%- set quoting = model['config'].get('quote_columns', None) -%}
    {%- set names = [] -%}
    {%- for name in column_names -%}
        {%- do names.append(adapter.quote_seed_column(name, quoting)) -%}
    {%- endfor -%}
    {{ return(names | join(', ')) }}
{%- endmacro %}

{% macro create_csv_table(model, agate_table) -%}
    {{ adapter.dispatch('create_csv_table', 'dbt')(model, agate_table) }}
{%- endmacro %}

{% macro default__create_csv_table(model, agate_table) -%}
    {%- set types = model['config'].get('column_types', {}) -%}
    {%- set quoting = model['config'].get('quote_columns', None) -%}
    {%- set text %}
        create table {{ this.render() }} (
            {%- for name in agate_table.column_names -%}
            {%- set type = types.get(name, adapter.convert_type(agate_table, loop.index0)) -%}
            {{ adapter.quote_seed_column(name | string, quoting) }} {{ type }}{{ ', ' if not loop.last }}
            {%- endfor -%}
        )
    {%- endset -%}
    {%- call statement('_') -%}
        {{ text }}
    {%- endcall -%}
    {{ return(text) }}
{%- endmacro %}

{% macro reset_csv_table(model, full_refresh, old_relation, agate_table) -%}
    {{ adapter.dispatch('reset_csv_table', 'dbt')(model, full_refresh, old_relation, agate_table) }}
{%- endmacro %}

{% macro default__reset_csv_table(model, full_refresh, old_relation, agate_table) -%}
    {%- if full_refresh -%}
        {{ adapter.drop_relation(old_relation) }}
        {{ return(create_csv_table(model, agate_table)) }}
    {%- endif -%}
    {{ adapter.truncate_relation(old_relation) }}
    {{ return('truncate table ' ~ old_relation.render()) }}
{%- endmacro %}

{% macro load_csv_rows(model, agate_table) -%}
    {{ adapter.dispatch('load_csv_rows', 'dbt')(model, agate_table) }}
{%- endmacro %}

{% macro default__load_csv_rows(model, agate_table) -%}
    {%- set names = get_seed_column_quoted_csv(model, agate_table.column_names) -%}
    {%- set marks = [get_binding_char()] * (agate_table.column_names | length) -%}
    {%- set first = namespace(text='') -%}
    {%- for chunk in agate_table.rows | batch(get_batch_size()) -%}
        {%- set bindings = [] -%}
        {%- for row in chunk -%}
            {%- do bindings.extend(row) -%}
        {%- endfor -%}
        {%- set text %}
            insert into {{ this.render() }} ({{ names }}) values
            {% for row in chunk -%}
            ({{ marks | join(',') }}){{ ',' if not loop.last }}
            {%- endfor %}
        {%- endset -%}
        {%- do adapter.add_query(text, bindings=bindings, abridge_sql_log=True) -%}
        {%- if loop.first -%}{%- set first.text = text -%}{%- endif -%}
    {%- endfor -%}
    {{ return(first.text) }}
{%- endmacro %}

{% macro get_csv_sql(create_or_truncate_sql, insert_sql) %}
    {{ adapter.dispatch('get_csv_sql', 'dbt')(create_or_truncate_sql, insert_sql) }}
{% endmacro %}

{% macro default__get_csv_sql(create_or_truncate_sql, insert_sql) %}
    {{ create_or_truncate_sql }};
    -- dbt seed --
    {{ insert_sql }}
{% endmacro %}

{% materialization seed, default -%}
    {%- set full_refresh = should_full_refresh() -%}
    {%- set before = adapter.get_relation(database=database, schema=schema, identifier=model['alias']) -%}
    {%- set was_table = before is not none and before.is_table -%}
    {%- set grant_config = config.get('grants') -%}
    {%- set rows = load_agate_table() -%}
    {%- do store_result('agate_table', response='OK', agate_table=rows) -%}
    {{ run_hooks(pre_hooks, inside_transaction=False) }}
    {{ run_hooks(pre_hooks, inside_transaction=True) }}

    {%- if before is not none and before.is_view -%}
        {{ exceptions.raise_compiler_error("Cannot seed to '" ~ before.render() ~ "', it is a view") }}
    {%- elif was_table -%}
        {%- set create_sql = reset_csv_table(model, full_refresh, before, rows) -%}
    {%- else -%}
        {%- set create_sql = create_csv_table(model, rows) -%}
    {%- endif -%}
    {%- set count = rows.rows | length -%}
    {%- set insert_sql = load_csv_rows(model, rows) if count > 0 else '' -%}
    {%- set code = 'CREATE' if full_refresh else 'INSERT' -%}
    {%- call noop_statement('main', code ~ ' ' ~ count, code, count) -%}
        {{ get_csv_sql(create_sql, insert_sql) }};
    {%- endcall -%}

    {%- set target = this.incorporate(type='table') -%}
    {%- do apply_grants(target, grant_config, should_revoke=should_revoke(before, full_refresh)) -%}
    {%- do persist_docs(target, model) -%}
    {%- if full_refresh or not was_table -%}
        {%- do create_indexes(target) -%}
    {%- endif -%}
    {{ run_hooks(post_hooks, inside_transaction=True) }}
    {{ adapter.commit() }}
    {{ run_hooks(post_hooks, inside_transaction=False) }}
    {{ return({'relations': [target]}) }}
{%- endmaterialization %}
)sql"
