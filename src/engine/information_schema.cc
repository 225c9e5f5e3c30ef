// SPDX-License-Identifier: Apache-2.0
// The tables of `information_schema`: of one catalog, computed when they are read. Conditions on
// schema and table names limit what is looked at.
#include <algorithm>

#include "base/text.h"
#include "engine/relation_list.h"
#include "engine/session_state.h"
#include "engine/view_text.h"
#include "types/type_text.h"

namespace tarn::engine {

namespace {

std::vector<AnswerColumn> texts(std::initializer_list<const char*> names) {
  std::vector<AnswerColumn> out;
  for (const char* name : names) out.push_back({name, varchar_type()});
  return out;
}

using Rows = std::vector<Row>;

ComputedTable schemata(StatementRun& run, const std::string& catalog) {
  ComputedTable table;
  table.columns = texts({"catalog_name", "schema_name"});
  table.rows = [&run, catalog](const ColumnBounds&) -> Result<Rows> {
    Rows rows;
    for (const auto& schema : TRY(all_schemas(run, catalog))) {
      rows.push_back({text_value(catalog), text_value(schema)});
    }
    return rows;
  };
  return table;
}

ComputedTable tables(StatementRun& run, const std::string& catalog) {
  ComputedTable table;
  table.columns = texts({"table_catalog", "table_schema", "table_name", "table_type"});
  table.rows = [&run, catalog](const ColumnBounds& bounds) -> Result<Rows> {
    Rows rows;
    const RelationBounds wanted{find_bound(bounds, 1), find_bound(bounds, 2)};
    TRY(for_each_name(run, catalog, wanted, [&](const std::string& schema, const auto& listed) {
      const bool view = listed.kind == RelationKind::View;
      rows.push_back({text_value(catalog), text_value(schema), text_value(listed.name),
                      text_value(view ? "VIEW" : "BASE TABLE")});
      return ok();
    }));
    return rows;
  };
  return table;
}

ComputedTable columns(StatementRun& run, const std::string& catalog) {
  ComputedTable table;
  table.columns = texts({"table_catalog", "table_schema", "table_name", "column_name"});
  table.columns.push_back({"ordinal_position", bigint_type()});
  for (const char* name : {"column_default", "is_nullable", "data_type", "comment"}) {
    table.columns.push_back({name, varchar_type()});
  }
  table.hidden_last = 1;
  table.rows = [&run, catalog](const ColumnBounds& bounds) -> Result<Rows> {
    Rows rows;
    const RelationBounds wanted{find_bound(bounds, 1), find_bound(bounds, 2)};
    TRY(for_each_relation(
        run, catalog, wanted,
        [&](const std::string& schema, const std::string& name, const Relation& relation) {
          std::int64_t position = 0;
          const auto& all = relation.info->columns;
          for (std::size_t i = 0; i < all.size(); ++i) {
            if (all[i].hidden) continue;
            const bool has_comment = i < relation.column_comments.size();
            rows.push_back(
                {text_value(catalog), text_value(schema), text_value(name), text_value(all[i].name),
                 types::Value(++position), types::Value(),
                 text_value(all[i].nullable ? "YES" : "NO"),
                 text_value(types::to_string(all[i].type)),
                 has_comment ? optional_text(relation.column_comments[i]) : types::Value()});
          }
          return ok();
        }));
    return rows;
  };
  return table;
}

ComputedTable views(StatementRun& run, const std::string& catalog) {
  ComputedTable table;
  table.columns = texts({"table_catalog", "table_schema", "table_name", "view_definition"});
  table.rows = [&run, catalog](const ColumnBounds& bounds) -> Result<Rows> {
    Rows rows;
    RelationBounds wanted{find_bound(bounds, 1), find_bound(bounds, 2)};
    wanted.only = RelationKind::View;
    TRY(for_each_relation(
        run, catalog, wanted,
        [&](const std::string& schema, const std::string& name, const Relation& relation) {
          if (relation.kind != RelationKind::View || !relation.info->view) return ok();
          rows.push_back({text_value(catalog), text_value(schema), text_value(name),
                          text_value(view_definition(relation.info->view->sql))});
          return ok();
        }));
    return rows;
  };
  return table;
}

ComputedTable without_rows(std::vector<AnswerColumn> columns) {
  ComputedTable table;
  table.columns = std::move(columns);
  table.rows = [](const ColumnBounds&) { return Rows(); };
  return table;
}

std::optional<ComputedTable> make_table(StatementRun& run, const analysis::TableId& id) {
  if (id.table == "schemata") return schemata(run, id.catalog);
  if (id.table == "tables") return tables(run, id.catalog);
  if (id.table == "columns") return columns(run, id.catalog);
  if (id.table == "views") return views(run, id.catalog);
  if (id.table == "table_privileges") {
    return without_rows(
        texts({"grantor", "grantor_type", "grantee", "grantee_type", "table_catalog",
               "table_schema", "table_name", "privilege_type", "is_grantable", "with_hierarchy"}));
  }
  if (id.table == "roles") return without_rows(texts({"role_name"}));
  if (id.table == "enabled_roles") return without_rows(texts({"role_name"}));
  if (id.table == "applicable_roles") {
    return without_rows(texts({"grantee", "grantee_type", "role_name", "is_grantable"}));
  }
  return std::nullopt;
}

}  // namespace

std::vector<std::string> information_table_names() {
  return {"applicable_roles", "columns", "enabled_roles",    "roles",
          "schemata",         "tables",  "table_privileges", "views"};
}

RelationPtr find_information_table(StatementRun& run, const analysis::TableId& id) {
  auto table = make_table(run, id);
  if (!table) return nullptr;
  auto relation = std::make_shared<Relation>();
  relation->info = make_computed_info(run.catalogs().instance(), id, *std::move(table));
  return relation;
}

Result<std::vector<std::string>> all_schemas(StatementRun& run, const std::string& catalog) {
  auto* access = TRY(run.access(catalog));
  auto schemas = TRY(access->list_schemas());
  schemas.push_back("information_schema");
  std::sort(schemas.begin(), schemas.end());
  schemas.erase(std::unique(schemas.begin(), schemas.end()), schemas.end());
  return schemas;
}

namespace {

bool contains(const std::vector<std::string>* wanted, const std::string& name) {
  return wanted == nullptr || std::find(wanted->begin(), wanted->end(), name) != wanted->end();
}

}  // namespace

Result<void> for_each_name(StatementRun& run, const std::string& catalog,
                           const RelationBounds& bounds, const NameVisit& visit) {
  auto* access = TRY(run.access(catalog));
  std::vector<std::string> schemas;
  if (bounds.schemas != nullptr) {
    schemas = *bounds.schemas;
  } else {
    schemas = TRY(all_schemas(run, catalog));
  }
  for (const auto& schema : schemas) {
    std::vector<ListedRelation> listed;
    if (schema == "information_schema") {
      for (const auto& name : information_table_names()) listed.push_back({name, {}});
    } else if (TRY(access->has_schema(schema))) {
      listed = TRY(access->list_relations(schema));
    }
    for (const auto& relation : listed) {
      if (!contains(bounds.tables, relation.name)) continue;
      if (bounds.only && *bounds.only == RelationKind::View &&
          relation.kind != RelationKind::View) {
        continue;
      }
      TRY(visit(schema, relation));
    }
  }
  return {};
}

Result<void> for_each_relation(StatementRun& run, const std::string& catalog,
                               const RelationBounds& bounds, const RelationVisit& visit) {
  return for_each_name(
      run, catalog, bounds,
      [&](const std::string& schema, const ListedRelation& listed) -> Result<void> {
        auto relation = run.find_relation({catalog, schema, listed.name});
        // A relation that cannot be read must not hide the others; one that went away neither.
        if (!relation || !*relation) return {};
        return visit(schema, listed.name, **relation);
      });
}

}  // namespace tarn::engine
