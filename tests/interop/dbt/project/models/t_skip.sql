{{ config(materialized='table', on_table_exists='skip', table_format='iceberg', file_format='parquet') }} select 1 as id
