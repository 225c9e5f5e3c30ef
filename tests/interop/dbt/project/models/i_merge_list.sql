{{ config(materialized='incremental', incremental_strategy='merge', unique_key=['id', 'name'],
          incremental_predicates=['DBT_INTERNAL_DEST.id > 5'], merge_exclude_columns=['NAME']) }}
select * from {{ ref('v_plain') }}
