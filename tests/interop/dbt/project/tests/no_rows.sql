select * from {{ ref('t_plain') }} where id < 0
