{{ config(materialized='materialized_view', grace_period="interval '1' hour", properties={'format': "'PARQUET'"}) }} select 1 as id
