// SPDX-License-Identifier: Apache-2.0
// `adapter` in templates: dispatch, quoting, and questions to the warehouse. While a project is
// parsed it answers nothing, as dbt's does.
#include <fmt/core.h>

#include <algorithm>

#include "base/text.h"
#include "project/context/adapter_methods.h"
#include "project/context/functions.h"
#include "project/context/table.h"
#include "project/project.h"

namespace tarn::project {

namespace {

using jinja::Arguments;
using jinja::Runtime;
using jinja::Value;

class AdapterObject final : public jinja::Object {
 public:
  std::string_view type_name() const override { return "RuntimeDatabaseWrapper"; }
  std::string object_type_name() const override {
    return "dbt.context.providers.RuntimeDatabaseWrapper object";
  }

  Result<std::optional<Value>> get_attribute(Runtime& runtime, std::string_view name) override {
    if (name == "behavior") return std::optional(make_behavior());
    if (name == "Relation") return std::optional(make_relation_class());
    if (name == "dispatch" || is_known(name)) return std::optional(bound_method(runtime, name));
    return std::optional<Value>();
  }

  Result<std::optional<Value>> call_method(Runtime& runtime, std::string_view name,
                                           const Arguments& arguments) override {
    RenderHost& host = host_of(runtime);
    if (name == "dispatch") return std::optional(TRY(dispatch(runtime, host, arguments)));
    if (name == "type") return std::optional(Value("trino"));
    if (name == "quote") {
      return std::optional(
          Value(fmt::format("\"{}\"", TRY(argument_text(runtime, arguments, "identifier", 0)))));
    }
    if (name == "quote_as_configured") {
      return std::optional(
          Value(fmt::format("\"{}\"", TRY(argument_text(runtime, arguments, "identifier", 0)))));
    }
    if (name == "quote_seed_column") {
      const std::string column = TRY(argument_text(runtime, arguments, "column", 0));
      const Value* quote = find_argument(arguments, "quote_config", 1);
      const bool plain = quote != nullptr && quote->is_bool() && !quote->as_bool();
      return std::optional(Value(plain ? column : fmt::format("\"{}\"", column)));
    }
    if (!is_known(name)) return std::optional<Value>();
    auto pure = TRY(call_pure_method(runtime, name, arguments));
    if (pure && host.record == nullptr) return pure;
    if (!host.execute || host.adapter == nullptr) return parse_answer(name);
    return std::optional(TRY(call_warehouse_method(runtime, name, arguments)));
  }

 private:
  static Result<Value> dispatch(Runtime& runtime, RenderHost& host, const Arguments& arguments) {
    for (const auto& named : arguments.named) {
      if (named.name != "packages") continue;
      return jinja::fail("dbt:MacroDispatchArgError",
                         "the `packages` argument of adapter.dispatch() has been deprecated: use "
                         "the `macro_namespace` argument instead");
    }
    const Value* asked = find_argument(arguments, "macro_name", 0);
    if (asked != nullptr && !asked->is_text() && !asked->is_undefined()) {
      return jinja::type_error("argument of type '{}' is not iterable", jinja::type_name(*asked));
    }
    const std::string name = TRY(argument_text(runtime, arguments, "macro_name", 0));
    const std::string space = TRY(argument_text(runtime, arguments, "macro_namespace", 1));
    if (name.find('.') != std::string::npos) {
      return jinja::fail(jinja::kCompilationError,
                         "in adapter.dispatch, got a macro name of `{}`, but `.` is not a valid "
                         "macro name component: did you mean adapter.dispatch('{}', '{}')?",
                         name, name.substr(name.find('.') + 1), name.substr(0, name.find('.')));
    }
    const auto* macro = host.project.contexts->dispatch(name, space, host.package);
    if (macro == nullptr) {
      return jinja::fail(jinja::kCompilationError,
                         "in dispatch: no macro named `{}` found; searched for: `trino__{}`, "
                         "`default__{}`",
                         name, name, name);
    }
    return host.project.contexts->macro_value(*macro);
  }

  // The methods that dbt lets templates call.
  static bool is_known(std::string_view name) {
    static constexpr std::string_view kMethods[] = {"add_query",
                                                    "already_exists",
                                                    "alter_column_type",
                                                    "assert_valid_snapshot_target_given_strategy",
                                                    "build_catalog_relation",
                                                    "cache_added",
                                                    "cache_dropped",
                                                    "cache_renamed",
                                                    "calculate_freshness",
                                                    "calculate_freshness_from_metadata",
                                                    "can_clone_table",
                                                    "check_schema_exists",
                                                    "commit",
                                                    "commit_if_has_connection",
                                                    "convert_type",
                                                    "create_schema",
                                                    "drop_relation",
                                                    "drop_schema",
                                                    "execute",
                                                    "expand_column_types",
                                                    "expand_target_column_types",
                                                    "get_catalog_integration",
                                                    "get_catalog_relation",
                                                    "get_column_schema_from_query",
                                                    "get_columns_in_relation",
                                                    "get_columns_in_table",
                                                    "get_hard_deletes_behavior",
                                                    "get_incremental_strategy_macro",
                                                    "get_missing_columns",
                                                    "get_partitions_metadata",
                                                    "get_relation",
                                                    "list_relations",
                                                    "list_relations_without_caching",
                                                    "list_schemas",
                                                    "load_relation",
                                                    "nice_connection_name",
                                                    "persist_starburst_docs",
                                                    "rename_relation",
                                                    "render_raw_columns_constraints",
                                                    "render_raw_model_constraints",
                                                    "run_sql_for_tests",
                                                    "standardize_grants_dict",
                                                    "sync_row_columns",
                                                    "truncate_relation",
                                                    "valid_incremental_strategies",
                                                    "valid_snapshot_target",
                                                    "validate_sql",
                                                    "verify_database"};
    return std::find(std::begin(kMethods), std::end(kMethods), name) != std::end(kMethods);
  }

  // What dbt's adapter gives at parse time.
  static Result<std::optional<Value>> parse_answer(std::string_view name) {
    constexpr std::string_view kLists[] = {"get_columns_in_relation",      "get_missing_columns",
                                           "get_column_schema_from_query", "list_relations",
                                           "get_partitions_metadata",      "list_schemas",
                                           "get_columns_in_table"};
    for (const auto list : kLists) {
      if (name == list) return std::optional(Value::list({}));
    }
    constexpr std::string_view kTexts[] = {"convert_type", "get_incremental_strategy_macro",
                                           "get_hard_deletes_behavior"};
    for (const auto text : kTexts) {
      if (name == text) return std::optional(Value(""));
    }
    if (name == "check_schema_exists" || name == "already_exists") {
      return std::optional(Value(false));
    }
    if (name == "execute") return std::optional(Value::tuple({Value(""), make_table({}, {})}));
    return std::optional(Value::none());
  }

  // `adapter.dispatch` without a call, for macros that keep it in a variable.
  Value bound_method(Runtime&, std::string_view name) {
    return jinja::make_function(
        name,
        [self = jinja::Ref<AdapterObject>(this), method = std::string(name)](
            Runtime& runtime, const Arguments& arguments) -> Result<Value> {
          auto value = TRY(self->call_method(runtime, method, arguments));
          return value ? *value : Value::none();
        });
  }
};

}  // namespace

Value make_adapter() { return Value(jinja::make_ref<AdapterObject>()); }

}  // namespace tarn::project
