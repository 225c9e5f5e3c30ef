// SPDX-License-Identifier: Apache-2.0
// Runs macros of a project for one node: with the names that dbt gives to materializations, hooks
// and operations, over an Adapter. What the macros said (results, logs, warnings, the SQL of
// `main`) is collected. This is what a runner drives; macros that a project overrides count.
//
//   Session session(project, adapter, cache, {.node = &model, .compiled_code = sql});
//   auto relations = TRY(session.materialize());          // or session.call("get_merge_sql", …)
//   const StoredResult* main = session.result("main");    // response and rows
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "jinja/environment.h"
#include "project/adapter.h"
#include "project/context/contexts.h"
#include "project/microbatch.h"
#include "project/project.h"
#include "project/relation_cache.h"

namespace tarn::project {

struct SessionOptions {
  const Node* node = nullptr;  // nullptr: an operation of the root project
  std::string compiled_code;   // `sql`, `compiled_code`, model.compiled_code
  std::optional<Batch> batch;
  bool is_incremental_batch = false;  // all batches but the first of a new table
  // Where `clone` and unit tests look instead of the node's own relation.
  std::optional<RelationParts> defer_relation;
  const Deferral* deferral = nullptr;  // --defer, for ref() in hooks and macros
  std::vector<std::string> selected_resources;
  std::string thread_id = "Thread-1";
  bool keeps_sql = false;  // what macros write() goes to the node's file below target/run
  // Names on top of all others, such as `schemas` and `results` of on-run-end.
  std::vector<std::pair<std::string, jinja::Value>> names;
  // config.get() of these wins over the node's config: `expected_rows` of unit tests.
  std::vector<std::pair<std::string, jinja::Value>> config;
};

// One thread at a time. The project, adapter and cache must outlive it.
class Session {
 public:
  Session(const Project& project, Adapter& adapter, RelationCache& cache, SessionOptions options);
  ~Session();

  // Calls a macro: `name` or `package.name`, found in dbt's search order. NotFound if there is
  // none. Errors carry the chain of macros in `context`.
  Result<jinja::Value> call(std::string_view macro, std::vector<jinja::Value> positional = {},
                            std::vector<jinja::NamedArgument> named = {});
  // The same for what adapter.dispatch(name, 'dbt') gives.
  Result<jinja::Value> dispatch(std::string_view name, std::vector<jinja::Value> positional = {});
  // Text of a macro that renders SQL.
  Result<std::string> call_text(std::string_view macro, std::vector<jinja::Value> positional = {});
  // Renders a template with the names of this node, such as a hook.
  Result<std::string> render(std::string_view text);

  // Runs the node's materialization (or the one named), hooks included, and gives its relations,
  // which are in the cache afterwards.
  Result<std::vector<RelationParts>> materialize(std::string_view materialization = {});
  // The macro that would run; nullptr: there is none. A package may not replace a built-in one.
  const MacroDefinition* find_materialization(std::string_view materialization) const;

  // What `store_result` kept under that name; nullptr: nothing.
  const StoredResult* result(std::string_view name) const;
  const std::string& written() const;  // of write(): the SQL of `main`
  const std::vector<LogLine>& logs() const;
  const std::vector<std::string>& warnings() const;
  std::size_t statements_sent() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

// True if the project itself or one of its packages has a macro that takes the place of the
// built-in one, directly or as `trino__name` / `default__name`.
bool is_overridden(const Project& project, std::string_view macro, std::uint32_t package = 0);

// Values for macros.
jinja::Value relation_value(const RelationParts& relation);
jinja::Value columns_value(const std::vector<ColumnInfo>& columns);
// The parts of a relation that a macro gave back; nullopt: it is none.
std::optional<RelationParts> relation_parts(const jinja::Value& value);

}  // namespace tarn::project
