R"sql(
{# Fields of the table's partitioning, as [column, unit]: unit is none for the column itself. #}
{% macro partition_fields(relation) -%}
    {%- set text = run_query('show create table ' ~ relation).columns[0].values()[0] -%}
    {%- set found = modules.re.search("partition(?:ing|ed_by) = ARRAY\\[(.*?)\\]", text) -%}
    {%- set fields = [] -%}
    {%- for item in (modules.re.findall("'((?:[^']|'')*)'", found.group(1)) if found else []) -%}
        {%- set call = modules.re.match('^(year|month|day|hour)\\((.*)\\)$', item) -%}
        {%- if call -%}
            {%- do fields.append([call.group(2) | replace('"', ''), call.group(1)]) -%}
        {%- elif '(' in item -%}
            {{ exceptions.raise_compiler_error('insert_overwrite cannot tell the partitions of `' ~ item ~ '` in ' ~ relation ~ ': it knows columns and their year, month, day and hour') }}
        {%- else -%}
            {%- do fields.append([item | replace('"', ''), none]) -%}
        {%- endif -%}
    {%- endfor -%}
    {{ return(fields) }}
{%- endmacro %}

{# A condition on `alias` that is true for all rows of the partitions that `source` has rows of. #}
{% macro touched_partitions(alias, source, fields, dest_columns) -%}
    {%- set types = {} -%}
    {%- for column in dest_columns -%}
        {%- do types.update({column.name | lower: column.data_type}) -%}
    {%- endfor -%}
    {%- set found = run_query('select distinct ' ~ partition_texts(fields) ~ ' from ' ~ source).rows -%}
    {%- set conditions = [] -%}
    {%- for row in found -%}
        {%- set parts = [] -%}
        {%- for name, unit in fields -%}
            {%- set column = alias ~ '.' ~ adapter.quote(name) -%}
            {%- set value = none if row[loop.index0] is none else "cast('" ~ (row[loop.index0] | string | replace("'", "''")) ~ "' as " ~ types[name | lower] ~ ")" -%}
            {%- if value is none -%}
                {%- do parts.append(column ~ ' is null') -%}
            {%- elif unit is none -%}
                {%- do parts.append(column ~ ' = ' ~ value) -%}
            {%- else -%}
                {%- do parts.append(column ~ ' >= ' ~ value ~ ' and ' ~ column ~ ' < ' ~ value ~ " + interval '1' " ~ unit) -%}
            {%- endif -%}
        {%- endfor -%}
        {%- do conditions.append('(' ~ (parts | join(' and ')) ~ ')') -%}
    {%- endfor -%}
    {{ return(conditions | join('\n            or ') if conditions else 'false') }}
{%- endmacro %}

{% macro partition_texts(fields) -%}
    {%- set texts = [] -%}
    {%- for name, unit in fields -%}
        {%- set column = adapter.quote(name) -%}
        {%- do texts.append('cast(' ~ (column if unit is none else "date_trunc('" ~ unit ~ "', " ~ column ~ ')') ~ ' as varchar) as part_' ~ loop.index) -%}
    {%- endfor -%}
    {{ return(texts | join(', ')) }}
{%- endmacro %}

{# One statement, so one commit: the one source row that has `dbt_overwrites` meets all rows of the partitions. #}
{% macro trino__get_incremental_insert_overwrite_sql(arg_dict) -%}
    {%- set target = arg_dict['target_relation'] -%}
    {%- set source = arg_dict['temp_relation'] -%}
    {%- set names = get_quoted_csv(arg_dict['dest_columns'] | map(attribute='name')) -%}
    {%- set fields = partition_fields(target) -%}
    {%- set touched = touched_partitions('DBT_INTERNAL_DEST', source, fields, arg_dict['dest_columns']) if fields else 'true' -%}
    {%- set conditions = [] -%}
    {%- for condition in arg_dict.get('incremental_predicates') or [] -%}
        {%- do conditions.append('(' ~ condition ~ ')') -%}
    {%- endfor -%}
    merge into {{ target }} as DBT_INTERNAL_DEST
    using (
        select {{ names }}, cast(null as integer) as dbt_overwrites
        from {{ source }}
        union all
        select {{ names }}, 1 as dbt_overwrites
        from (values 1) as one (dbt_one)
        left join {{ source }} on false
    ) as DBT_INTERNAL_SOURCE
    on (
        if({{ touched }}, 1, 0) = DBT_INTERNAL_SOURCE.dbt_overwrites
        and ({{ touched }})
        {%- for condition in conditions %}
        and {{ condition }}
        {%- endfor %}
    )
    when matched then delete
    when not matched and DBT_INTERNAL_SOURCE.dbt_overwrites is null then insert
        ({{ names }})
    values
        ({% for column in arg_dict['dest_columns'] %}DBT_INTERNAL_SOURCE.{{ adapter.quote(column.name) }}{{ ', ' if not loop.last }}{% endfor %})
{%- endmacro %}
)sql"
