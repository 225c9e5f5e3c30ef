R"sql(
{% macro trino__get_batch_size() %}
    {{ return(1000) }}
{% endmacro %}

{% macro trino__get_binding_char() %}
    {{ return('?' if target.get('prepared_statements_enabled', true) | as_bool else '%s') }}
{% endmacro %}

{% macro trino__reset_csv_table(model, full_refresh, old_relation, agate_table) -%}
    {%- if model['config'].get('on_table_exists') == 'replace' -%}
        {{ return(trino__create_csv_table(model, agate_table, on_exists='replace')) }}
    {%- endif -%}
    {{ adapter.drop_relation(old_relation) }}
    {{ return(create_csv_table(model, agate_table)) }}
{%- endmacro %}

{% macro trino__create_csv_table(model, agate_table, on_exists=None) -%}
    {%- set types = model['config'].get('column_types', {}) -%}
    {%- set quoting = model['config'].get('quote_columns', None) -%}
    {%- set text %}
        create{{ ' or replace' if on_exists == 'replace' }} table {{ this.render() }} (
            {%- for name in agate_table.column_names -%}
            {%- set type = types.get(name, adapter.convert_type(agate_table, loop.index0)) -%}
            {{ adapter.quote_seed_column(name | string, quoting) }} {{ type }}{{ ', ' if not loop.last }}
            {%- endfor -%}
        ) {{ properties() }}
    {%- endset -%}
    {%- call statement('_') -%}
        {{ text }}
    {%- endcall -%}
    {{ return(text) }}
{%- endmacro %}

{% macro create_bindings(row, types) -%}
    {%- set out = [] -%}
    {%- for item in row -%}
        {%- set type = types[loop.index0] -%}
        {%- set base = modules.re.match('(\w+)(\(.*\))?', type).group(1) -%}
        {%- if item is none -%}
            {%- do out.append((get_binding_char(), item)) -%}
        {%- elif 'varchar' in type.lower() -%}
            {%- do out.append((get_binding_char(), item | string())) -%}
        {%- elif item is not string -%}
            {%- do out.append((get_binding_char(), item)) -%}
        {%- elif 'interval' in base -%}
            {%- do out.append((none, base.upper() ~ ' ' ~ item)) -%}
        {%- else -%}
            {%- do out.append((none, base.upper() ~ " '" ~ item ~ "'")) -%}
        {%- endif -%}
    {%- endfor -%}
    {{ return(out) }}
{%- endmacro %}

{% macro trino__load_csv_rows(model, agate_table) -%}
    {%- set overrides = model['config'].get('column_types', {}) -%}
    {%- set types = [] -%}
    {%- for name in agate_table.column_names -%}
        {%- do types.append(overrides.get(name, adapter.convert_type(agate_table, loop.index0))) -%}
    {%- endfor -%}
    {%- set names = get_seed_column_quoted_csv(model, agate_table.column_names) -%}
    {%- set first = namespace(text='') -%}
    {%- for chunk in agate_table.rows | batch(get_batch_size()) -%}
        {%- set bindings = [] -%}
        {%- set text %}
            insert into {{ this.render() }} ({{ names }}) values
            {% for row in chunk -%}
                ({%- for mark, value in create_bindings(row, types) -%}
                    {%- if mark is none -%}
                    {{ value }}
                    {%- else -%}
                    {{ mark }}
                    {%- do bindings.append(value) -%}
                    {%- endif -%}
                    {{ ',' if not loop.last }}
                {%- endfor -%}){{ ',' if not loop.last }}
            {%- endfor %}
        {%- endset -%}
        {%- do adapter.add_query(text, bindings=bindings, abridge_sql_log=True) -%}
        {%- if loop.first -%}{%- set first.text = text -%}{%- endif -%}
    {%- endfor -%}
    {{ return(first.text) }}
{%- endmacro %}
)sql"
