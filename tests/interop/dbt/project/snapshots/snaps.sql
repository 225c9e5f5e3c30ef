{% snapshot s_check %}
{{ config(strategy='check', unique_key='id', check_cols='all', hard_deletes='new_record') }}
select * from {{ source('raw', 'customers') }}
{% endsnapshot %}
{% snapshot s_columns %}
{{ config(strategy='check', unique_key=['id', 'name'], check_cols=['name', 'updated_at'], updated_at='updated_at', schema='hist') }}
select * from {{ source('raw', 'customers') }}
{% endsnapshot %}
