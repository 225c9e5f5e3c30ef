R"sql(
{% macro resolve_model_name(input_model_name) %}
    {{ return(adapter.dispatch('resolve_model_name', 'dbt')(input_model_name)) }}
{% endmacro %}

{% macro default__resolve_model_name(input_model_name) -%}
    {{ input_model_name | string | replace('"', '\\"') }}
{%- endmacro %}

{% macro build_ref_function(model) -%}
    {%- set names = {} -%}
    {%- for one in model.refs -%}
        {%- set path = ([one['package']] if one.get('package') else []) + [one['name']] -%}
        {%- set relation = ref(*path, v=one.get('version')) -%}
        {%- if relation.render is defined and relation.render is callable -%}
            {%- set relation = relation.render() -%}
        {%- endif -%}
        {%- if one.get('version') -%}
            {%- do path.append('v' ~ one['version']) -%}
        {%- endif -%}
        {%- do names.update({path | join('.'): resolve_model_name(relation)}) -%}
    {%- endfor %}
def ref(*args, **kwargs):
    relations = {{ names | tojson }}
    name = ".".join(args)
    version = kwargs.get("v") or kwargs.get("version")
    if version:
        name = f"{name}.v{version}"
    return kwargs["dbt_load_df_function"](relations[name])
{%- endmacro %}

{% macro build_source_function(model) -%}
    {%- set names = {} -%}
    {%- for one in model.sources -%}
        {%- do names.update({one | join('.'): resolve_model_name(source(*one))}) -%}
    {%- endfor %}
def source(*args, dbt_load_df_function):
    relations = {{ names | tojson }}
    return dbt_load_df_function(relations[".".join(args)])
{%- endmacro %}

{% macro build_config_dict(model) -%}
    {%- set values = {} -%}
    {%- for key, default in zip(model.config.config_keys_used or [], model.config.config_keys_defaults or []) -%}
        {%- do values.update({key: 'python' if key == 'language' else model.config.get(key, default)}) -%}
    {%- endfor -%}
    {%- set meta = {} -%}
    {%- for key, default in zip(model.config.meta_keys_used or [], model.config.meta_keys_defaults or []) -%}
        {%- do meta.update({key: (model.config.meta or {}).get(key, default)}) -%}
    {%- endfor %}
config_dict = {{ values }}
meta_dict = {{ meta }}
{%- endmacro %}

{% macro py_script_postfix(model) -%}
{{ build_ref_function(model) }}

{{ build_source_function(model) }}

{{ build_config_dict(model) }}

class config:
    def __init__(self, *args, **kwargs):
        pass

    @staticmethod
    def get(key, default=None):
        return config_dict.get(key, default)

    @staticmethod
    def meta_get(key, default=None):
        return meta_dict.get(key, default)

class this:
    database = "{{ this.database }}"
    schema = "{{ this.schema }}"
    identifier = "{{ this.identifier }}"

    def __repr__(self):
        return '{{ resolve_model_name(this) }}'

class dbtObj:
    def __init__(self, load_df_function) -> None:
        self.source = lambda *args: source(*args, dbt_load_df_function=load_df_function)
        self.ref = lambda *args, **kwargs: ref(*args, **kwargs, dbt_load_df_function=load_df_function)
        self.config = config
        self.this = this()
        self.is_incremental = {{ is_incremental() }}

{{ py_script_comment() }}
{%- endmacro %}

{% macro py_script_comment() -%}
{%- endmacro %}
)sql"
