{% snapshot postgres_burst_bank_customer_snapshot %}
{{
  config(
    schema='dbt_snapshots',
    unique_key='custkey',
    strategy='check',
    check_cols='all',
    properties={"format": "'PARQUET'"}
  )
}}
select
  custkey,
  first_name,
  last_name,
  cast(registration_date as timestamp(6) with time zone) as registration_date,
  street,
  city,
  state,
  postcode,
  country,
  phone,
  dob,
  gender,
  married,
  ssn,
  paycheck_dd,
  estimated_income,
  fico
from {{ source('onsite_postgres', 'customer') }}
{% endsnapshot %}
