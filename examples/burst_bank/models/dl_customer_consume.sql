{{
  config(
    materialized='incremental',
    incremental_strategy='merge',
    unique_key='custkey',
    on_schema_change='sync_all_columns',
    properties={
      "format": "'PARQUET'",
      "partitioning": "ARRAY['month(registration_date)']",
      "sorted_by": "ARRAY['custkey']"
    }
  )
}}
-- One row a customer: the open version. Without `dbt_valid_to is null` a customer who changed twice
-- between two runs would come twice, and the merge would fail.
select *
from {{ ref('postgres_burst_bank_customer_snapshot') }}
where dbt_valid_to is null
{% if is_incremental() %}
  and dbt_valid_from > (select max(dbt_valid_from) from {{ this }})
{% endif %}
