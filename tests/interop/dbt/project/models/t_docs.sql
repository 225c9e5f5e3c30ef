{{ config(materialized='table', on_table_exists='drop', grants={'select': ['bob', 'eve'], 'insert': ['bob']},
          properties={'format': "'ORC'", 'partitioning': "ARRAY['month(day)']"}) }}
select * from {{ ref('eph') }}
