{{ config(materialized='table', on_table_exists='replace') }} select 1 as id
