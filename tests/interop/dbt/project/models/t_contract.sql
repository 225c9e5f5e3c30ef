{{ config(materialized='table') }} select id, name, updated_at from {{ ref('t_plain') }}
