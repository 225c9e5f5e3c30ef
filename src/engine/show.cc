// SPDX-License-Identifier: Apache-2.0
// SHOW CATALOGS, SCHEMAS, TABLES, COLUMNS, FUNCTIONS, ROLES.
#include <algorithm>

#include "analysis/functions.h"
#include "base/text.h"
#include "engine/lake_access.h"
#include "engine/relation_list.h"
#include "engine/show_pattern.h"
#include "engine/statements.h"
#include "engine/system_tables.h"
#include "types/error_name.h"
#include "types/type_text.h"

namespace tarn::engine {

using types::named_error;

namespace {

Answer text_rows(std::string name, const std::vector<std::string>& values,
                 const ShowPattern& pattern) {
  std::vector<Row> rows;
  for (const auto& value : values) {
    if (pattern.matches(value)) rows.push_back({text_value(value)});
  }
  return make_answer({{std::move(name), varchar_type()}}, std::move(rows));
}

Result<Answer> show_schemas(StatementRun& run, const sql::Show& statement) {
  std::string catalog;
  if (statement.from) {
    catalog = to_lower(statement.from->parts.back().value);
  } else if (run.values().catalog) {
    catalog = *run.values().catalog;
  } else {
    return named_error("MISSING_CATALOG_NAME", statement.span,
                       "Catalog must be specified when session catalog is not set");
  }
  return text_rows("Schema", TRY(all_schemas(run, catalog)), TRY(read_pattern(statement.like)));
}

Result<Answer> show_tables(StatementRun& run, const sql::Show& statement) {
  const auto id = TRY(run.resolve_schema(statement.from));
  auto* access = TRY(run.access(id.catalog));
  std::vector<std::string> names;
  if (id.schema == "information_schema") {
    names = information_table_names();
  } else {
    if (!TRY(access->has_schema(id.schema))) {
      return named_error("SCHEMA_NOT_FOUND", statement.span, "Schema '{}' does not exist",
                         id.schema);
    }
    for (auto& listed : TRY(access->list_relations(id.schema))) {
      names.push_back(std::move(listed.name));
    }
  }
  return text_rows("Table", names, TRY(read_pattern(statement.like)));
}

Result<RelationPtr> need_relation(StatementRun& run, const sql::QualifiedName& name,
                                  const analysis::TableId& id, const TextSpan& span) {
  (void)name;
  auto relation = TRY(run.find_relation(id));
  if (!relation) {
    return named_error("TABLE_NOT_FOUND", span, "Table '{}' does not exist", to_string(id));
  }
  return relation;
}

Result<Answer> show_columns(StatementRun& run, const sql::Show& statement) {
  const auto id = TRY(run.resolve(*statement.from));
  const auto relation = TRY(need_relation(run, *statement.from, id, statement.span));
  const auto pattern = TRY(read_pattern(statement.like));
  std::vector<Row> rows;
  const auto& columns = relation->info->columns;
  for (std::size_t i = 0; i < columns.size(); ++i) {
    if (columns[i].hidden || !pattern.matches(columns[i].name)) continue;
    std::string comment;
    if (i < relation->column_comments.size()) {
      comment = relation->column_comments[i].value_or("");
    }
    rows.push_back({text_value(columns[i].name), text_value(types::to_string(columns[i].type)),
                    text_value(""), text_value(std::move(comment))});
  }
  const auto text = varchar_type();
  return make_answer({{"Column", text}, {"Type", text}, {"Extra", text}, {"Comment", text}},
                     std::move(rows));
}

std::string_view function_kind(analysis::FunctionKind kind) {
  switch (kind) {
    case analysis::FunctionKind::Aggregate:
      return "aggregate";
    case analysis::FunctionKind::Window:
      return "window";
    default:
      return "scalar";
  }
}

// `abs(decimal(p,s)) -> decimal(p,s)` into the result and `decimal(p,s)`.
struct FunctionParts {
  std::string result;
  std::string arguments;
};
FunctionParts function_parts(const analysis::FunctionSignature& function) {
  const std::string_view text = function.text;
  const auto arrow = text.rfind(") -> ");
  const auto open = text.find('(');
  FunctionParts parts;
  if (arrow == std::string_view::npos || open == std::string_view::npos) return parts;
  parts.arguments = text.substr(open + 1, arrow - open - 1);
  parts.result = text.substr(arrow + 5);
  return parts;
}

Result<Answer> show_functions(const sql::Show& statement) {
  const auto pattern = TRY(read_pattern(statement.like));
  std::vector<Row> rows;
  for (const auto& function : analysis::all_functions()) {
    if (function.name.starts_with('$') || !pattern.matches(function.name)) continue;
    const FunctionParts parts = function_parts(function);
    rows.push_back({text_value(function.name), text_value(parts.result),
                    text_value(parts.arguments),
                    text_value(std::string(function_kind(function.kind))),
                    types::Value(function.deterministic), text_value("")});
  }
  std::sort(rows.begin(), rows.end(), [](const Row& a, const Row& b) {
    if (a[0].as_text() != b[0].as_text()) return a[0].as_text() < b[0].as_text();
    return a[2].as_text() < b[2].as_text();
  });
  const auto text = varchar_type();
  return make_answer({{"Function", text},
                      {"Return Type", text},
                      {"Argument Types", text},
                      {"Function Type", text},
                      {"Deterministic", boolean_type()},
                      {"Description", text}},
                     std::move(rows));
}

Result<Answer> show_roles(const sql::Show& statement) {
  if (statement.what == sql::Show::What::RoleGrants) {
    return make_answer({{"Role Grants", varchar_type()}}, {});
  }
  return make_answer({{"Role", varchar_type()}}, {});
}

}  // namespace

Result<Answer> run_show(StatementRun& run, const sql::Show& statement) {
  using What = sql::Show::What;
  switch (statement.what) {
    case What::Catalogs: {
      const auto names = TRY(show_catalogs(run));
      Answer answer = text_rows("Catalog", names, TRY(read_pattern(statement.like)));
      std::size_t width = 0;
      for (const auto& name : names) width = std::max(width, name.size());
      answer.columns[0].type = types::make_varchar(static_cast<std::int64_t>(width));
      return answer;
    }
    case What::Schemas:
      return show_schemas(run, statement);
    case What::Tables:
      return show_tables(run, statement);
    case What::Columns:
      return show_columns(run, statement);
    case What::Functions:
      return show_functions(statement);
    case What::Session:
      return run_show_session(run, statement);
    case What::Branches:
      return run_show_branches(run, statement);
    case What::Roles:
    case What::CurrentRoles:
    case What::RoleGrants:
      return show_roles(statement);
  }
  return named_error("NOT_SUPPORTED", statement.span, "Unsupported statement type: Show");
}

}  // namespace tarn::engine
