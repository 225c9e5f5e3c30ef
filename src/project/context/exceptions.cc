// SPDX-License-Identifier: Apache-2.0
// `exceptions.raise_compiler_error(…)` and its kin.
#include <fmt/core.h>

#include "jinja/runtime.h"
#include "project/context/functions.h"
#include "project/project.h"

namespace tarn::project {

namespace {

using jinja::Arguments;
using jinja::Runtime;
using jinja::Value;

Result<std::string> text_argument(Runtime& runtime, const Arguments& arguments, std::size_t place,
                                  std::string_view name) {
  for (const auto& named : arguments.named) {
    if (named.name == name) return jinja::to_text(runtime, named.value);
  }
  if (place < arguments.positional.size()) {
    return jinja::to_text(runtime, arguments.positional[place]);
  }
  return std::string();
}

// A function that always fails with its first argument.
Value raiser(std::string_view name, std::string_view kind, std::string_view parameter) {
  return jinja::make_function(
      name, [kind, parameter](Runtime& runtime, const Arguments& arguments) -> Result<Value> {
        return jinja::fail(kind, "{}", TRY(text_argument(runtime, arguments, 0, parameter)));
      });
}

Result<Value> warn(Runtime& runtime, const Arguments& arguments) {
  TRY(host_of(runtime).warn("JinjaLogWarning", TRY(text_argument(runtime, arguments, 0, "msg"))));
  return Value("");
}

Result<Value> relation_wrong_type(Runtime& runtime, const Arguments& arguments) {
  const std::string relation = TRY(text_argument(runtime, arguments, 0, "relation"));
  const std::string expected = TRY(text_argument(runtime, arguments, 1, "expected_type"));
  return jinja::fail("dbt:RelationWrongTypeError",
                     "trying to create {} {}, but it currently exists as another kind: either drop "
                     "it manually, or run with --full-refresh",
                     expected, relation);
}

Result<Value> missing_config(Runtime& runtime, const Arguments& arguments) {
  const std::string name = TRY(text_argument(runtime, arguments, 1, "name"));
  return jinja::fail("dbt:MissingConfigError",
                     "model does not define a required config parameter "
                     "`{}`",
                     name);
}

Result<Value> warn_snapshot_types(Runtime& runtime, const Arguments& arguments) {
  TRY(host_of(runtime).warn(
      "SnapshotTimestampWarning",
      fmt::format("Data type of snapshot table timestamp columns ({}) doesn't match derived column "
                  "'updated_at' "
                  "({}). Please update snapshot config 'updated_at'.",
                  TRY(text_argument(runtime, arguments, 0, "snapshot_time_data_type")),
                  TRY(text_argument(runtime, arguments, 1, "updated_at_data_type")))));
  return Value("");
}

// Columns as `format_column` describes them: name → type.
Result<std::vector<std::pair<std::string, std::string>>> described_columns(
    Runtime& runtime, const Arguments& arguments, std::size_t place, std::string_view name) {
  const Value* list = place < arguments.positional.size() ? &arguments.positional[place] : nullptr;
  for (const auto& named : arguments.named) {
    if (named.name == name) list = &named.value;
  }
  std::vector<std::pair<std::string, std::string>> out;
  if (list == nullptr || !list->is_list()) return out;
  for (const auto& column : list->items()) {
    const auto member = [&](const char* key) -> Result<std::string> {
      return jinja::to_text(runtime, TRY(jinja::get_item(runtime, column, Value(key))));
    };
    out.emplace_back(TRY(member("name")), TRY(member("data_type")));
  }
  return out;
}

// Says for each column how the contract and the query differ.
Result<Value> raise_contract_error(Runtime& runtime, const Arguments& arguments) {
  using Columns = std::vector<std::pair<std::string, std::string>>;
  const Columns contract = TRY(described_columns(runtime, arguments, 0, "yaml_columns"));
  const Columns query = TRY(described_columns(runtime, arguments, 1, "sql_columns"));
  if (contract.empty()) {
    return jinja::fail("dbt:ContractError",
                       "this model has an enforced contract, and its `columns` specification is "
                       "missing");
  }
  const auto find = [](const Columns& columns, const std::string& name) -> const std::string* {
    for (const auto& column : columns) {
      if (column.first == name) return &column.second;
    }
    return nullptr;
  };
  std::string text =
      "this model has an enforced contract that failed: the query and the contract have different "
      "columns";
  for (const auto& [name, type] : contract) {
    const std::string* other = find(query, name);
    if (other == nullptr) {
      text += fmt::format("\n  {} {}: missing in the query", name, type);
    } else if (*other != type) {
      text += fmt::format("\n  {}: the contract says {}, the query gives {}", name, type, *other);
    }
  }
  for (const auto& [name, type] : query) {
    if (find(contract, name) == nullptr) {
      text += fmt::format("\n  {} {}: missing in the contract", name, type);
    }
  }
  return jinja::fail("dbt:ContractError", "{}", text);
}

}  // namespace

Value make_exceptions() {
  constexpr auto kCompilation = jinja::kCompilationError;
  return jinja::make_module(
      "dict",
      {{"warn", jinja::make_function("warn", warn)},
       {"missing_config", jinja::make_function("missing_config", missing_config)},
       {"relation_wrong_type", jinja::make_function("relation_wrong_type", relation_wrong_type)},
       {"raise_compiler_error", raiser("raise_compiler_error", kCompilation, "msg")},
       {"raise_database_error", raiser("raise_database_error", "dbt:DbtDatabaseError", "msg")},
       {"raise_not_implemented", raiser("raise_not_implemented", "dbt:NotImplementedError", "msg")},
       {"raise_dependency_error", raiser("raise_dependency_error", "dbt:DependencyError", "msg")},
       {"raise_fail_fast_error", raiser("raise_fail_fast_error", "dbt:FailFastError", "msg")},
       {"raise_contract_error", jinja::make_function("raise_contract_error", raise_contract_error)},
       {"column_type_missing", raiser("column_type_missing", kCompilation, "column_names")},
       {"missing_materialization", raiser("missing_materialization", kCompilation, "model")},
       {"missing_relation", raiser("missing_relation", kCompilation, "relation")},
       {"raise_ambiguous_alias", raiser("raise_ambiguous_alias", kCompilation, "node_1")},
       {"raise_ambiguous_catalog_match",
        raiser("raise_ambiguous_catalog_match", kCompilation, "unique_id")},
       {"raise_cache_inconsistent",
        raiser("raise_cache_inconsistent", "dbt:CacheInconsistencyError", "message")},
       {"raise_dataclass_not_dict", raiser("raise_dataclass_not_dict", kCompilation, "obj")},
       {"raise_dep_not_found", raiser("raise_dep_not_found", kCompilation, "node")},
       {"raise_duplicate_patch_name",
        raiser("raise_duplicate_patch_name", kCompilation, "patch_1")},
       {"raise_duplicate_resource_name",
        raiser("raise_duplicate_resource_name", kCompilation, "node_1")},
       {"raise_invalid_property_yml_version",
        raiser("raise_invalid_property_yml_version", kCompilation, "path")},
       {"warn_snapshot_timestamp_data_types",
        jinja::make_function("warn_snapshot_timestamp_data_types", warn_snapshot_types)}});
}

}  // namespace tarn::project
