{{ config(materialized='incremental', incremental_strategy='merge') }} select * from {{ ref('v_plain') }}
