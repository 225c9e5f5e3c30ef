{{ config(materialized='incremental', incremental_strategy='merge', unique_key='id', grants={'select': ['bob']}) }}
select * from {{ ref('v_plain') }}
