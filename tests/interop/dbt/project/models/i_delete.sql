{{ config(materialized='incremental', incremental_strategy='delete+insert', unique_key='id', incremental_predicates=['id > 5']) }}
select * from {{ ref('v_plain') }}
