// SPDX-License-Identifier: Apache-2.0
#include "project/context/adapter_methods.h"

#include <fmt/core.h>

#include <algorithm>

#include "base/text.h"
#include "jinja/runtime.h"
#include "project/context/functions.h"
#include "project/project.h"
#include "project/session.h"

namespace tarn::project {

using jinja::Arguments;
using jinja::Runtime;
using jinja::Value;

const Value* find_argument(const Arguments& arguments, std::string_view name, std::size_t place) {
  for (const auto& named : arguments.named) {
    if (named.name == name) return &named.value;
  }
  return place < arguments.positional.size() ? &arguments.positional[place] : nullptr;
}

Result<std::string> argument_text(Runtime& runtime, const Arguments& arguments,
                                  std::string_view name, std::size_t place) {
  const Value* found = find_argument(arguments, name, place);
  if (found == nullptr || found->is_none() || found->is_undefined()) return std::string();
  return jinja::to_text(runtime, *found);
}

namespace {

constexpr std::string_view kRuntimeError = "dbt:DbtRuntimeError";

Result<RelationParts> relation_argument(const Arguments& arguments, std::string_view method,
                                        std::string_view name, std::size_t place) {
  const Value* value = find_argument(arguments, name, place);
  auto parts = value == nullptr ? std::nullopt : relation_parts(*value);
  if (parts) return std::move(*parts);
  return jinja::fail(
      "dbt:MacroArgTypeError",
      "'adapter.{}' expects argument '{}' to be of type 'TrinoRelation', instead got "
      "{}",
      method, name, value == nullptr ? "nothing" : jinja::type_name(*value));
}

// Calls the project's macro of that name, as dbt's adapter does.
Result<Value> call_macro(Runtime& runtime, std::string_view name,
                         std::vector<jinja::NamedArgument> arguments) {
  RenderHost& host = host_of(runtime);
  const auto* macro = host.project.contexts->find_macro({}, name, 0);
  if (macro == nullptr) {
    return jinja::fail(jinja::kCompilationError, "there is no macro named `{}`", name);
  }
  return runtime.call(TRY(host.project.contexts->macro_value(*macro)),
                      {.positional = {}, .named = arguments});
}

Result<RelationParts> relation_of_row(const std::vector<Value>& row) {
  if (row.size() < 4) return jinja::fail(kRuntimeError, "list_relations needs four columns");
  const auto text = [&](std::size_t i) {
    return row[i].is_text() ? std::string(row[i].text()) : std::string();
  };
  RelationParts out;
  out.database = text(0);
  out.identifier = text(1);
  out.schema = text(2);
  out.type = text(3);
  return out;
}

// A schema as macros get it: no name behind it.
RelationParts schema_of(const RelationParts& relation) {
  RelationParts out;
  out.database = relation.database;
  out.schema = relation.schema;
  out.identifier = "";
  out.include_identifier = false;
  return out;
}

Result<void> fill_cache(Runtime& runtime, const RelationParts& relation) {
  RenderHost& host = host_of(runtime);
  const RelationParts schema = schema_of(relation);
  return host.cache->fill(schema, [&]() -> Result<std::vector<RelationParts>> {
    if (!is_overridden(host.project, "list_relations_without_caching")) {
      auto known = TRY(host.adapter->list_relations(schema));
      if (known) return std::move(*known);
    }
    const Value table = TRY(call_macro(runtime, "list_relations_without_caching",
                                       {{"schema_relation", make_relation(schema)}}));
    std::vector<RelationParts> out;
    const TableData* data = table_data(table);
    if (data == nullptr) return out;
    for (const auto& row : data->rows) out.push_back(TRY(relation_of_row(row)));
    return out;
  });
}

bool is_missing_relation(const Error& error) {
  return error.message.find("does not exist") != std::string::npos;
}

Value column_list(const std::vector<ColumnParts>& columns) {
  std::vector<Value> out;
  for (const auto& column : columns) out.push_back(make_column(column));
  return Value::list(std::move(out));
}

// `timestamp(6) with time zone` → `TIMESTAMP`: how dbt-trino names the types of a result.
std::string type_code_name(std::string_view type) {
  return to_upper(type.substr(0, type.find('(')));
}

Result<Value> query_schema(Runtime& runtime, const std::string& sql) {
  RenderHost& host = host_of(runtime);
  std::vector<ColumnInfo> columns;
  auto known = TRY(host.adapter->query_columns(sql));
  if (known) {
    columns = std::move(*known);
  } else {
    Statement statement;
    statement.sql = sql;
    statement.fetch = true;
    columns = TRY(send(host, std::move(statement))).columns;
  }
  std::vector<Value> out;
  for (const auto& column : columns) {
    ColumnParts parts;
    parts.name = column.name;
    parts.dtype = type_code_name(column.type);
    out.push_back(make_column(std::move(parts)));
  }
  return Value::list(std::move(out));
}

TableData to_table(StatementResult result) {
  TableData out;
  for (auto& column : result.columns) out.names.push_back(std::move(column.name));
  out.rows = std::move(result.rows);
  return out;
}

Result<Value> execute(Runtime& runtime, const Arguments& arguments) {
  Statement statement;
  statement.sql = TRY(argument_text(runtime, arguments, "sql", 0));
  const auto flag = [&](const char* name, std::size_t place) -> Result<bool> {
    const Value* value = find_argument(arguments, name, place);
    return value == nullptr ? false : jinja::truth(runtime, *value);
  };
  statement.auto_begin = TRY(flag("auto_begin", 1));
  statement.fetch = TRY(flag("fetch", 2));
  const bool fetch = statement.fetch;
  auto result = TRY(send(host_of(runtime), std::move(statement)));
  const Value response = make_response(result.response);
  TableData table;
  if (fetch) table = to_table(std::move(result));
  return Value::tuple({response, make_table(std::move(table))});
}

Result<Value> add_query(Runtime& runtime, const Arguments& arguments) {
  Statement statement;
  statement.sql = TRY(argument_text(runtime, arguments, "sql", 0));
  const Value* bindings = find_argument(arguments, "bindings", 2);
  if (bindings != nullptr && !bindings->is_none()) {
    statement.bindings = TRY(jinja::collect(runtime, *bindings));
  }
  TRY(send(host_of(runtime), std::move(statement)));
  return Value::tuple({Value::none(), Value::none()});
}

Result<Value> missing_columns(Runtime& runtime, const Arguments& arguments) {
  const auto from = TRY(relation_argument(arguments, "get_missing_columns", "from_relation", 0));
  const auto to = TRY(relation_argument(arguments, "get_missing_columns", "to_relation", 1));
  const auto source = TRY(relation_columns(runtime, from));
  const auto target = TRY(relation_columns(runtime, to));
  std::vector<ColumnParts> out;
  for (const auto& column : source) {
    const bool known = std::any_of(target.begin(), target.end(), [&](const ColumnParts& other) {
      return other.name == column.name;
    });
    if (!known) out.push_back(column);
  }
  return column_list(out);
}

// Fails if a snapshot's table lacks the columns that snapshots keep.
Result<void> check_snapshot_target(Runtime& runtime, const Arguments& arguments,
                                   std::string_view method,
                                   std::initializer_list<std::string_view> needed) {
  const auto relation = TRY(relation_argument(arguments, method, "relation", 0));
  const Value* names = find_argument(arguments, "column_names", 1);
  const auto columns = TRY(relation_columns(runtime, relation));
  std::string missing;
  for (const auto column : needed) {
    std::string wanted(column);
    if (names != nullptr && !names->is_none()) {
      const Value own = TRY(jinja::get_item(runtime, *names, Value(column)));
      if (own.is_none() || own.is_undefined()) continue;
      wanted = TRY(jinja::to_text(runtime, own));
    }
    const bool there = std::any_of(columns.begin(), columns.end(), [&](const ColumnParts& one) {
      return equals_ignore_case(one.name, wanted);
    });
    if (there) continue;
    if (!missing.empty()) missing += "\", \"";
    missing += wanted;
  }
  if (missing.empty()) return ok();
  return jinja::fail("dbt:SnapshotTargetNotSnapshotTableError",
                     "target {} is not a snapshot table: missing columns \"{}\"", relation.render(),
                     missing);
}

Result<void> check_snapshot_strategy(Runtime& runtime, const Arguments& arguments) {
  constexpr std::string_view kMethod = "assert_valid_snapshot_target_given_strategy";
  TRY(check_snapshot_target(runtime, arguments, kMethod,
                            {"dbt_scd_id", "dbt_valid_from", "dbt_valid_to"}));
  const Value* strategy = find_argument(arguments, "strategy", 2);
  if (strategy == nullptr) return ok();
  const Value deletes = TRY(jinja::get_item(runtime, *strategy, Value("hard_deletes")));
  if (!deletes.is_text() || deletes.text() != "new_record") return ok();
  return check_snapshot_target(runtime, arguments, kMethod, {"dbt_is_deleted"});
}

// Widens texts of the target where the other relation has longer ones.
Result<Value> expand_column_types(Runtime& runtime, const Arguments& arguments) {
  constexpr std::string_view kMethod = "expand_target_column_types";
  const auto from = TRY(relation_argument(arguments, kMethod, "from_relation", 0));
  const auto to = TRY(relation_argument(arguments, kMethod, "to_relation", 1));
  const auto reference = TRY(relation_columns(runtime, from));
  const auto target = TRY(relation_columns(runtime, to));
  for (const auto& wide : reference) {
    const auto found = std::find_if(target.begin(), target.end(),
                                    [&](const ColumnParts& one) { return one.name == wide.name; });
    if (found == target.end() || !found->can_expand_to(wide)) continue;
    TRY(call_macro(runtime, "alter_column_type",
                   {{"relation", make_relation(to)},
                    {"column_name", Value(wide.name)},
                    {"new_column_type", Value(fmt::format("varchar({})", wide.string_size()))}}));
  }
  return Value::none();
}

Result<Value> schema_exists(Runtime& runtime, const Arguments& arguments) {
  RelationParts view;
  view.database = TRY(argument_text(runtime, arguments, "database", 0));
  const std::string schema = TRY(argument_text(runtime, arguments, "schema", 1));
  view.schema = "INFORMATION_SCHEMA";
  view.quote_schema = false;
  const Value answer = TRY(call_macro(
      runtime, "check_schema_exists",
      {{"information_schema", make_relation(std::move(view))}, {"schema", Value(schema)}}));
  const TableData* table = table_data(answer);
  if (table == nullptr || table->rows.empty() || table->rows[0].empty()) return Value(false);
  return Value(TRY(jinja::compare(runtime, table->rows[0][0], Value(0), ">")) > 0);
}

Result<Value> strategy_macro(Runtime& runtime, const Arguments& arguments) {
  const Value* context = find_argument(arguments, "model_context", 0);
  std::string strategy = TRY(argument_text(runtime, arguments, "strategy", 1));
  if (strategy.empty()) strategy = "default";
  const std::string name = fmt::format("get_incremental_{}_sql", replace_all(strategy, "+", "_"));
  if (context != nullptr && TRY(jinja::contains(runtime, *context, Value(name)))) {
    return jinja::get_item(runtime, *context, Value(name));
  }
  return jinja::fail(kRuntimeError,
                     "dbt could not find an incremental strategy macro with the name \"{}\" in {}",
                     name, host_of(runtime).project.root().name);
}

// Methods that are a macro of the same name over one relation, and what the cache learns.
Result<Value> change_relation(Runtime& runtime, std::string_view name, const Arguments& arguments) {
  RenderHost& host = host_of(runtime);
  if (name == "rename_relation") {
    const auto from = TRY(relation_argument(arguments, name, "from_relation", 0));
    const auto to = TRY(relation_argument(arguments, name, "to_relation", 1));
    host.cache->rename(from, to);
    return call_macro(runtime, name,
                      {{"from_relation", make_relation(from)}, {"to_relation", make_relation(to)}});
  }
  const Value* given = find_argument(arguments, "relation", 0);
  if (name == "drop_relation" && given != nullptr && given->is_none()) return Value::none();
  auto relation = TRY(relation_argument(arguments, name, "relation", 0));
  if (name == "drop_relation") {
    if (relation.type.empty()) {
      return jinja::fail("dbt:NullRelationDropAttemptedError",
                         "attempted to drop relation {} of unknown type", relation.render());
    }
    host.cache->drop(relation);
  }
  if (name == "create_schema" || name == "drop_schema") {
    relation.include_identifier = false;
    if (name == "drop_schema") host.cache->drop_schema(relation);
  }
  return call_macro(runtime, name, {{"relation", make_relation(std::move(relation))}});
}

Result<Value> list_relations(Runtime& runtime, const Arguments& arguments) {
  RelationParts schema;
  schema.database = TRY(argument_text(runtime, arguments, "database", 0));
  schema.schema = TRY(argument_text(runtime, arguments, "schema", 1));
  TRY(fill_cache(runtime, schema));
  std::vector<Value> out;
  for (auto& relation : host_of(runtime).cache->list(schema)) {
    out.push_back(make_relation(std::move(relation)));
  }
  return Value::list(std::move(out));
}

Result<Value> get_relation(Runtime& runtime, std::string_view method, const Arguments& arguments) {
  RelationParts parts;
  if (method == "load_relation") {
    parts = TRY(relation_argument(arguments, method, "relation", 0));
  } else if (method == "already_exists") {
    parts.database = host_of(runtime).project.profile.database;
    parts.schema = TRY(argument_text(runtime, arguments, "schema", 0));
    parts.identifier = TRY(argument_text(runtime, arguments, "name", 1));
  } else {
    parts.database = TRY(argument_text(runtime, arguments, "database", 0));
    parts.schema = TRY(argument_text(runtime, arguments, "schema", 1));
    parts.identifier = TRY(argument_text(runtime, arguments, "identifier", 2));
  }
  auto found = TRY(find_relation(runtime, parts));
  if (method == "already_exists") return Value(found.has_value());
  return found ? make_relation(std::move(*found)) : Value::none();
}

Result<Value> get_columns(Runtime& runtime, std::string_view method, const Arguments& arguments) {
  if (method == "get_columns_in_relation") {
    return column_list(
        TRY(relation_columns(runtime, TRY(relation_argument(arguments, method, "relation", 0)))));
  }
  RelationParts table;
  table.database = host_of(runtime).project.profile.database;
  table.schema = TRY(argument_text(runtime, arguments, "schema", 0));
  table.identifier = TRY(argument_text(runtime, arguments, "identifier", 1));
  return column_list(TRY(relation_columns(runtime, table)));
}

Result<Value> tell_cache(Runtime& runtime, std::string_view name, const Arguments& arguments) {
  RelationCache& cache = *host_of(runtime).cache;
  const Value* first = !arguments.positional.empty() ? &arguments.positional[0]
                       : !arguments.named.empty()    ? &arguments.named[0].value
                                                     : nullptr;
  const auto relation = first == nullptr ? std::nullopt : relation_parts(*first);
  if (!relation) return Value("");
  if (name == "cache_added") cache.add(*relation);
  if (name == "cache_dropped") cache.drop(*relation);
  if (name == "cache_renamed") {
    const Value* other = find_argument(arguments, "to_relation", 1);
    const auto to = other == nullptr ? std::nullopt : relation_parts(*other);
    if (to) cache.rename(*relation, *to);
  }
  return Value("");
}

}  // namespace

Result<StatementResult> send(RenderHost& host, Statement text) {
  const auto pieces = split_statements(text.sql);
  if (pieces.empty()) {
    return jinja::fail(kRuntimeError, "tried to run an empty query on model '{}'",
                       host.node == nullptr ? host.var_owner : host.node->unique_id);
  }
  if (host.node != nullptr) text.node_id = host.node->unique_id;
  StatementResult result;
  for (const auto& piece : pieces) {
    text.sql = piece;
    ++host.statements;
    result = TRY(host.adapter->execute(text));
  }
  return result;
}

Result<std::optional<RelationParts>> find_relation(Runtime& runtime,
                                                   const RelationParts& relation) {
  TRY(fill_cache(runtime, relation));
  return host_of(runtime).cache->find(relation);
}

Result<std::vector<ColumnParts>> relation_columns(Runtime& runtime, const RelationParts& relation) {
  RenderHost& host = host_of(runtime);
  std::vector<ColumnParts> out;
  if (!is_overridden(host.project, "get_columns_in_relation")) {
    auto known = TRY(host.adapter->columns(relation));
    if (known) {
      for (const auto& column : *known) {
        out.push_back(ColumnParts::from_description(to_lower(column.name), column.type));
      }
      return out;
    }
  }
  auto list =
      call_macro(runtime, "get_columns_in_relation", {{"relation", make_relation(relation)}});
  if (!list) {
    if (is_missing_relation(list.error())) return out;
    return std::move(list).error();
  }
  for (const auto& item : TRY(jinja::collect(runtime, *list))) {
    if (const auto* column = column_parts(item)) out.push_back(*column);
  }
  return out;
}

Result<Value> call_warehouse_method(Runtime& runtime, std::string_view name,
                                    const Arguments& arguments) {
  if (name == "get_relation" || name == "load_relation" || name == "already_exists") {
    return get_relation(runtime, name, arguments);
  }
  if (name == "get_columns_in_relation" || name == "get_columns_in_table") {
    return get_columns(runtime, name, arguments);
  }
  if (name == "execute") return execute(runtime, arguments);
  if (name == "add_query") return add_query(runtime, arguments);
  if (name == "get_column_schema_from_query") {
    return query_schema(runtime, TRY(argument_text(runtime, arguments, "sql", 0)));
  }
  if (name == "get_missing_columns") return missing_columns(runtime, arguments);
  if (name == "expand_target_column_types" || name == "expand_column_types") {
    return expand_column_types(runtime, arguments);
  }
  if (name == "valid_snapshot_target") {
    TRY(check_snapshot_target(runtime, arguments, name,
                              {"dbt_scd_id", "dbt_valid_from", "dbt_valid_to"}));
    return Value::none();
  }
  if (name == "assert_valid_snapshot_target_given_strategy") {
    TRY(check_snapshot_strategy(runtime, arguments));
    return Value::none();
  }
  if (name == "check_schema_exists") return schema_exists(runtime, arguments);
  if (name == "get_incremental_strategy_macro") return strategy_macro(runtime, arguments);
  for (const std::string_view change :
       {"drop_relation", "truncate_relation", "rename_relation", "create_schema", "drop_schema"}) {
    if (name == change) return change_relation(runtime, name, arguments);
  }
  if (name == "list_relations") return list_relations(runtime, arguments);
  if (name.starts_with("cache_")) return tell_cache(runtime, name, arguments);
  if (name == "commit" || name == "commit_if_has_connection") return Value::none();
  return unsupported("adapter.{}() is not supported here", name);
}

}  // namespace tarn::project
