// SPDX-License-Identifier: Apache-2.0
// How a project reaches a warehouse: the runner implements Adapter, templates see it as `adapter`.
// Everything that dbt's adapter offers besides (dispatch, quoting, the cache of relations, the
// methods that call macros) is made here on top of it, so an implementation sends statements and
// nothing else.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "jinja/value.h"
#include "project/context/relation.h"

namespace tarn::project {

// One SQL statement without a closing `;`. Texts of several statements are cut before.
struct Statement {
  std::string sql;
  bool fetch = false;       // rows are wanted
  bool auto_begin = false;  // what the macro said; Trino has no use for it
  // Values for `?` in order; each is None, bool, int, float, str, date or datetime.
  std::vector<jinja::Value> bindings;
  std::string node_id;  // who asks; empty: nobody
};

struct ColumnInfo {
  std::string name;
  std::string type;  // as Trino prints it: `varchar(10)`
  bool operator==(const ColumnInfo&) const = default;
};

// dbt's AdapterResponse. `message` is what a run prints: `MERGE (3 rows)`.
struct Response {
  std::string message = "SUCCESS";
  std::string code;
  std::optional<std::int64_t> rows_affected;
  std::string query;
  std::string query_id;
};

struct StatementResult {
  Response response;
  // Columns are there even if there are no rows; empty for statements without a result.
  std::vector<ColumnInfo> columns;
  // Empty unless Statement::fetch. Decimals are float or int, dates and times are values of
  // jinja/modules.h, the rest of Trino's types are texts.
  std::vector<std::vector<jinja::Value>> rows;
};

// Thread-safe: the nodes of a run share one. Errors are Trino's, as the warehouse tells them.
class Adapter {
 public:
  virtual ~Adapter() = default;

  virtual Result<StatementResult> execute(const Statement& statement) = 0;

  // Short cuts. nullopt: there is none, so the macro of that name asks by SQL. They are not used
  // where the project overrides that macro.
  // Relations of a schema (`database`, `schema` are set); each has a type.
  virtual Result<std::optional<std::vector<RelationParts>>> list_relations(
      const RelationParts& schema);
  // Columns of a relation; none if it is not there.
  virtual Result<std::optional<std::vector<ColumnInfo>>> columns(const RelationParts& relation);
  // Columns that a query would have.
  virtual Result<std::optional<std::vector<ColumnInfo>>> query_columns(const std::string& sql);
};

// Knows nothing: no relation is there, and every statement fails.
class NoAdapter final : public Adapter {
 public:
  Result<StatementResult> execute(const Statement& statement) override;
  Result<std::optional<std::vector<RelationParts>>> list_relations(
      const RelationParts& schema) override;
  Result<std::optional<std::vector<ColumnInfo>>> columns(const RelationParts& relation) override;
};

// Cuts a text at `;` as dbt's client does; pieces without a statement (blanks, comments) are
// dropped. Texts, names, comments and BEGIN … END bodies of functions are not cut.
std::vector<std::string> split_statements(std::string_view sql);

}  // namespace tarn::project
