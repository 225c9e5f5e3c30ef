{{ config(materialized='table', pre_hook=["select 1 as before", "select '{{ this }}'; select 2"], post_hook="select 3 as after") }}
select * from {{ ref('v_plain') }}
