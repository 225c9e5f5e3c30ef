{{ config(materialized='incremental') }}
select * from {{ ref('v_plain') }}
{% if is_incremental() %}where updated_at > (select max(updated_at) from {{ this }}){% endif %}
