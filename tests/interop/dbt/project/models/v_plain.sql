select id, name, updated_at from {{ source('raw', 'customers') }}
