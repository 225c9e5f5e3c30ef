{{ config(materialized='incremental', on_schema_change='append_new_columns', views_enabled=false, on_table_exists='replace') }} select * from {{ ref('v_plain') }}
