{{ config(view_security='invoker') }} select * from {{ ref('v_plain') }}
