// SPDX-License-Identifier: Apache-2.0
// SHOW CREATE TABLE, VIEW, MATERIALIZED VIEW, SCHEMA, in Trino's layout.
#include "base/text.h"
#include "engine/lake_access.h"
#include "engine/statements.h"
#include "engine/table_properties.h"
#include "engine/view_text.h"
#include "sql/parser.h"
#include "storage/store.h"
#include "types/error_name.h"
#include "types/type_text.h"

namespace tarn::engine {

using sql::ObjectKind;
using types::named_error;

namespace {

std::string shown_name(const analysis::TableId& id) {
  return fmt::format("{}.{}.{}", types::sql_identifier(id.catalog),
                     types::sql_identifier(id.schema), types::sql_identifier(id.table));
}

std::string with_clause(const std::map<std::string, std::string>& properties) {
  std::string out = "WITH (\n";
  bool first = true;
  for (const auto& [name, value] : properties) {
    out += fmt::format("{}   {} = {}", first ? "" : ",\n", name, value);
    first = false;
  }
  return out + "\n)";
}

Answer one_text(std::string column, std::string text) {
  return make_answer({{std::move(column), varchar_type()}}, {{text_value(std::move(text))}});
}

// As Trino's formatter writes it: `ROW(x integer)`, rows inside of others too.
std::string shown_type(const types::Type& type) {
  switch (type.kind) {
    case types::TypeKind::Row: {
      std::string out;
      for (const auto& field : type.fields) {
        out += out.empty() ? "ROW(" : ", ";
        if (field.name) out += types::sql_identifier(*field.name) + " ";
        out += shown_type(field.type);
      }
      return out + ")";
    }
    case types::TypeKind::Array:
      return fmt::format("array({})", shown_type(type.element()));
    case types::TypeKind::Map:
      return fmt::format("map({}, {})", shown_type(type.key()), shown_type(type.value()));
    default:
      return types::to_sql_text(type);
  }
}

std::string column_lines(const Relation& relation) {
  std::string out;
  const auto& columns = relation.info->columns;
  for (std::size_t i = 0; i < columns.size(); ++i) {
    if (columns[i].hidden) continue;
    out += fmt::format("{}   {} {}", out.empty() ? "" : ",\n",
                       types::sql_identifier(columns[i].name), shown_type(columns[i].type));
    if (!columns[i].nullable) out += " NOT NULL";
    if (i < relation.column_comments.size() && relation.column_comments[i]) {
      out += " COMMENT " + quote(*relation.column_comments[i], '\'');
    }
  }
  return out;
}

Result<Answer> show_table(StatementRun& run, const analysis::TableId& id,
                          const Relation& relation) {
  std::string text =
      fmt::format("CREATE TABLE {} (\n{}\n)", shown_name(id), column_lines(relation));
  if (relation.comment) text += "\nCOMMENT " + quote(*relation.comment, '\'');
  const LakeCatalog* lake = TRY(find_lake(run, id.catalog));
  if (lake != nullptr) {
    auto object = TRY(find_lake_object(*lake, id));
    if (object && object->table) {
      text += "\n" + with_clause(shown_properties(*object->table->metadata));
    }
  }
  return one_text("Create Table", std::move(text));
}

// The query of a view as Trino lays it out, or as it is written if it cannot be read.
std::string shown_query(const std::string& sql) {
  auto parsed = sql::parse_statement(sql);
  if (!parsed || (*parsed)->kind != sql::StatementKind::QueryStatement) return sql;
  return format_query(*static_cast<const sql::QueryStatement&>(**parsed).query);
}

Result<Answer> show_view(StatementRun& run, const analysis::TableId& id, const Relation& relation) {
  const LakeCatalog* lake = TRY(find_lake(run, id.catalog));
  bool is_definer = true;
  if (lake != nullptr) {
    auto object = TRY(find_lake_object(*lake, id));
    is_definer = !object || !object->view ||
                 object->view->metadata->properties.contains("trino.run-as-owner");
  }
  std::string text = fmt::format("CREATE VIEW {}", shown_name(id));
  if (relation.comment) text += fmt::format(" COMMENT {}", quote(*relation.comment, '\''));
  text += fmt::format(" SECURITY {} AS\n{}", is_definer ? "DEFINER" : "INVOKER",
                      shown_query(relation.info->view->sql));
  return one_text("Create View", std::move(text));
}

std::string interval_text(std::int64_t millis) {
  struct Unit {
    std::int64_t millis;
    const char* name;
  };
  static constexpr Unit kUnits[] = {
      {86'400'000, "DAY"}, {3'600'000, "HOUR"}, {60'000, "MINUTE"}, {1'000, "SECOND"}};
  for (const Unit& unit : kUnits) {
    if (millis != 0 && millis % unit.millis == 0) {
      return fmt::format("INTERVAL '{}' {}", millis / unit.millis, unit.name);
    }
  }
  return fmt::format("INTERVAL '{}.{:03}' SECOND", millis / 1'000, millis % 1'000);
}

Result<Answer> show_materialized_view(StatementRun& run, const analysis::TableId& id) {
  const LakeCatalog* lake = TRY(find_lake(run, id.catalog));
  auto object = TRY(find_lake_object(*lake, id));
  const auto definition = *materialized_definition(*object->table->metadata);
  std::string text = fmt::format("CREATE MATERIALIZED VIEW {}", shown_name(id));
  if (definition.grace_period_ms) {
    text += fmt::format("\nGRACE PERIOD {}", interval_text(*definition.grace_period_ms));
  }
  if (definition.comment) text += fmt::format("\nCOMMENT {}", quote(*definition.comment, '\''));
  auto properties = shown_properties(*object->table->metadata);
  properties["storage_schema"] = quote(id.schema, '\'');
  text += "\n" + with_clause(properties) + " AS\n" + shown_query(definition.view.sql);
  return one_text("Create Materialized View", std::move(text));
}

Result<Answer> show_schema(StatementRun& run, const sql::ShowCreate& statement) {
  const auto id = TRY(run.resolve_schema(statement.name));
  auto* access = TRY(run.access(id.catalog));
  if (!TRY(access->has_schema(id.schema))) {
    return named_error("SCHEMA_NOT_FOUND", statement.span, "Schema '{}.{}' does not exist",
                       id.catalog, id.schema);
  }
  std::string text = fmt::format("CREATE SCHEMA {}.{}", types::sql_identifier(id.catalog),
                                 types::sql_identifier(id.schema));
  const LakeCatalog* lake = TRY(find_lake(run, id.catalog));
  if (lake != nullptr) {
    const auto space = namespace_of(id.schema);
    auto properties = lake->catalog->load_namespace_properties(space);
    std::string location = lake->warehouse;
    for (const auto& level : space.levels) location = storage::join_location(location, level);
    if (properties && properties->contains("location")) location = properties->at("location");
    text += "\n" + with_clause({{"location", quote(location, '\'')}});
  }
  return one_text("Create Schema", std::move(text));
}

RelationKind wanted_kind(ObjectKind object) {
  if (object == ObjectKind::View) return RelationKind::View;
  if (object == ObjectKind::MaterializedView) return RelationKind::MaterializedView;
  return RelationKind::Table;
}

}  // namespace

Result<Answer> run_show_create(StatementRun& run, const sql::ShowCreate& statement) {
  if (statement.object == ObjectKind::Schema) return show_schema(run, statement);
  if (statement.object == ObjectKind::Function) {
    return named_error("NOT_SUPPORTED", statement.span,
                       "SHOW CREATE FUNCTION is not supported: functions cannot be created");
  }
  const auto id = TRY(run.resolve(statement.name));
  auto found = run.find_relation(id);
  if (!found) {
    if (types::split_error(found.error()).name == "SCHEMA_NOT_FOUND") {
      return types::with_name(std::move(found).error(), "SCHEMA_NOT_FOUND", statement.span);
    }
    return std::move(found).error();
  }
  const RelationKind wanted = wanted_kind(statement.object);
  if (!*found) {
    std::string kind(to_string(wanted));
    kind[0] = static_cast<char>(kind[0] - 32);
    return named_error("TABLE_NOT_FOUND", statement.span, "{} '{}' does not exist", kind,
                       to_string(id));
  }
  const Relation& relation = **found;
  if (relation.kind != wanted) {
    return named_error("NOT_SUPPORTED", statement.span, "Relation '{}' is a {}, not a {}",
                       to_string(id), to_string(relation.kind), to_string(wanted));
  }
  switch (wanted) {
    case RelationKind::View:
      return show_view(run, id, relation);
    case RelationKind::MaterializedView:
      return show_materialized_view(run, id);
    case RelationKind::Table:
      break;
  }
  return show_table(run, id, relation);
}

}  // namespace tarn::engine
