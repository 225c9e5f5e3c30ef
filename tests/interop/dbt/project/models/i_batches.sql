{{ config(materialized='incremental', incremental_strategy='microbatch', event_time='seen', begin='2025-01-01', batch_size='day', lookback=1) }}
select * from {{ source('raw', 'events') }}
