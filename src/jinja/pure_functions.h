// SPDX-License-Identifier: Apache-2.0
// Functions of dbt's context that need no project: each is a callable value, shared by all renders.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "jinja/environment.h"
#include "jinja/names.h"

namespace tarn::jinja {

// Reads YAML text; an error makes fromyaml() give its default.
using YamlReader = std::function<Result<Value>(std::string_view text)>;
// Writes a value as YAML; a failure makes toyaml() give its default.
using YamlWriter = std::function<Result<std::string>(const Value& value, bool sort_keys)>;

// return, fromjson, tojson, set, set_strict, zip, zip_strict, local_md5, diff_of_two_dicts,
// modules, and with the callbacks fromyaml and toyaml.
void add_pure_functions(NameTable& names, YamlReader read_yaml, YamlWriter write_yaml);

Value make_return_function();
Value make_fromjson_function();
Value make_tojson_function();
Value make_set_function(bool strict);
Value make_zip_function(bool strict);
Value make_local_md5_function();
Value make_diff_of_two_dicts_function();

// The three environments of dbt have these tags and names. `macro_prefix` is set.
EnvironmentOptions dbt_environment_options();
// Adds `materialization`, `test` and `docs`.
void add_dbt_block_tags(Environment& environment);

}  // namespace tarn::jinja
