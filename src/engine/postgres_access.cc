// SPDX-License-Identifier: Apache-2.0
#include "engine/postgres_access.h"

#include <algorithm>

#include "base/text.h"
#include "engine/session_state.h"
#include "postgres/quoting.h"
#include "postgres/table_columns.h"
#include "types/error_name.h"

namespace tarn::engine {
namespace {

constexpr const char* kSchemaQuery =
    "SELECT nspname FROM pg_namespace WHERE nspname NOT LIKE 'pg\\_toast%' AND nspname NOT LIKE "
    "'pg\\_temp%' AND nspname <> 'information_schema' ORDER BY nspname";

constexpr const char* kTableListQuery =
    "SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
    "WHERE n.nspname = $1 AND c.relkind IN ('r', 'p', 'v', 'm', 'f') ORDER BY c.relname";

constexpr const char* kTableQuery =
    "SELECT c.relname, c.relkind, c.reltuples::int8, obj_description(c.oid, 'pg_class') "
    "FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
    "WHERE n.nspname = $1 AND lower(c.relname) = $2 AND c.relkind IN ('r', 'p', 'v', 'm', 'f')";

// The place of the name that is meant: itself, or the only one that differs in case.
std::optional<int> choose_name(const std::vector<std::string>& names, const std::string& wanted) {
  std::optional<int> found;
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (names[i] == wanted) return static_cast<int>(i);
    if (to_lower(names[i]) != wanted) continue;
    if (found) return std::nullopt;
    found = static_cast<int>(i);
  }
  return found;
}

// Where the analyzer looks the table function `system.query` up.
constexpr const char* kQuerySchema = "system$query";

bool can_be_changed(const PostgresTable& table) { return table.kind == 'r' || table.kind == 'p'; }

}  // namespace

Result<std::shared_ptr<PostgresSnapshot>> PostgresAccess::snapshot() {
  if (!snapshot_)
    snapshot_ = TRY(PostgresSnapshot::open(catalog_.options, catalog_.pool, run_.cancel()));
  return snapshot_;
}

Result<const postgres::TypeTable*> PostgresAccess::type_table() {
  if (!types_) {
    auto lease = TRY(TRY(snapshot())->take());
    types_ = TRY(postgres::load_type_table(*lease));
  }
  return &*types_;
}

Result<const PostgresPolicies*> PostgresAccess::policies() {
  if (!policies_) {
    PostgresPolicies policies;
    policies.all = TRY(postgres::with_policies({}, catalog_.policies.all));
    policies.columns = catalog_.policies.columns;
    policies_ = std::move(policies);
  }
  return &*policies_;
}

Result<std::vector<std::string>> PostgresAccess::list_schemas() {
  if (!schemas_) {
    const auto rows = TRY(TRY(snapshot())->query(kSchemaQuery));
    schemas_.emplace();
    for (int row = 0; row < rows.row_count(); ++row) schemas_->emplace_back(rows.at(row, 0));
  }
  std::vector<std::string> names;
  for (const std::string& name : *schemas_) names.push_back(to_lower(name));
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  return names;
}

Result<std::optional<std::string>> PostgresAccess::server_schema(const std::string& schema) {
  TRY(list_schemas());
  const auto at = choose_name(*schemas_, schema);
  if (!at) return std::optional<std::string>();
  return std::optional((*schemas_)[static_cast<std::size_t>(*at)]);
}

Result<bool> PostgresAccess::has_schema(const std::string& schema) {
  if (schema == kQuerySchema) return true;
  return TRY(server_schema(schema)).has_value();
}

Result<std::vector<ListedRelation>> PostgresAccess::list_relations(const std::string& schema) {
  std::vector<ListedRelation> out;
  const auto server_name = TRY(server_schema(schema));
  if (!server_name) return out;
  const std::optional<std::string> parameters[] = {*server_name};
  const auto rows = TRY(TRY(snapshot())->query(kTableListQuery, parameters));
  for (int row = 0; row < rows.row_count(); ++row) {
    out.push_back({to_lower(rows.at(row, 0)), RelationKind::Table});
  }
  std::sort(out.begin(), out.end(), [](const auto& a, const auto& b) { return a.name < b.name; });
  return out;
}

Result<std::shared_ptr<const PostgresTable>> PostgresAccess::find_table(const std::string& schema,
                                                                        const std::string& table) {
  const std::shared_ptr<const PostgresTable> none;
  const auto server_name = TRY(server_schema(schema));
  if (!server_name) return none;
  const std::optional<std::string> parameters[] = {*server_name, table};
  const auto rows = TRY(TRY(snapshot())->query(kTableQuery, parameters));
  std::vector<std::string> names;
  for (int row = 0; row < rows.row_count(); ++row) names.emplace_back(rows.at(row, 0));
  const auto at = choose_name(names, table);
  if (!at) return none;
  auto out = std::make_shared<PostgresTable>();
  out->schema = *server_name;
  out->name = names[static_cast<std::size_t>(*at)];
  out->kind = rows.at(*at, 1).front();
  const auto estimate = parse_int64(rows.at(*at, 2)).value_or(-1);
  if (estimate >= 0) out->row_estimate = estimate;
  out->comment = rows.optional_at(*at, 3);
  auto lease = TRY(TRY(snapshot())->take());
  out->columns =
      TRY(load_postgres_columns(*lease, types_, out->schema, out->name, *TRY(policies())));
  // The order of texts is not known then.
  for (PostgresColumn& column : out->columns) {
    const bool is_text = column.push == PushKind::Text || column.push == PushKind::Char;
    if (is_text && !TRY(snapshot())->is_utf8()) column.push = PushKind::None;
  }
  out->policy_path = policy_path();
  return std::shared_ptr<const PostgresTable>(std::move(out));
}

PostgresPush PostgresAccess::push() const {
  const auto is_on = [&](const char* name) {
    return run_.property(catalog_.name + "." + name, "true") == "true";
  };
  return {.aggregates = is_on("aggregation_pushdown_enabled"),
          .limits = is_on("topn_pushdown_enabled")};
}

Result<RelationPtr> PostgresAccess::find(const analysis::TableId& id,
                                         const std::optional<analysis::TableVersion>& version) {
  if (id.schema == kQuerySchema) return find_query(id);
  auto table = TRY(find_table(id.schema, id.table));
  if (!table) return RelationPtr();
  if (version) {
    return types::named_error("NOT_SUPPORTED", {},
                              "This connector does not support versioned tables");
  }
  auto info = std::make_shared<analysis::TableInfo>();
  info->id = id;
  for (const PostgresColumn& column : table->columns) {
    info->columns.push_back({to_lower(column.name), column.type, false, column.is_nullable});
  }
  if (can_be_changed(*table)) {
    info->columns.push_back({kRowColumn, types::make_varchar(), true, false});
  }
  auto relation = std::make_shared<Relation>();
  relation->comment = table->comment;
  for (const PostgresColumn& column : table->columns) {
    relation->column_comments.push_back(column.comment);
  }
  relation->column_comments.resize(info->columns.size());
  info->handle = std::shared_ptr<const ScanSource>(std::make_shared<PostgresSource>(
      run_.catalogs().instance(), TRY(snapshot()), std::move(table), push()));
  relation->info = std::move(info);
  return RelationPtr(std::move(relation));
}

namespace {

// The rows of a text of the server's own SQL.
class PostgresQuerySource final : public ScanSource {
 public:
  PostgresQuerySource(duckdb::Instance& instance, std::shared_ptr<PostgresSnapshot> snapshot,
                      std::vector<PostgresColumn> columns, std::string query,
                      std::string policy_path)
      : instance_(instance),
        snapshot_(std::move(snapshot)),
        columns_(std::move(columns)),
        query_(std::move(query)),
        policy_path_(std::move(policy_path)) {}

  Result<ScanText> scan(const ScanRequest& request, KeepAlive& alive) const override {
    ScanText all =
        TRY(scan_postgres_query(instance_, snapshot_, columns_, query_, policy_path_, alive));
    ScanText out;
    out.from = std::move(all.from);
    for (const std::int32_t index : request.columns) {
      out.columns.push_back(all.columns.at(static_cast<std::size_t>(index)));
    }
    return out;
  }

 private:
  duckdb::Instance& instance_;
  std::shared_ptr<PostgresSnapshot> snapshot_;
  std::vector<PostgresColumn> columns_;
  std::string query_;
  std::string policy_path_;
};

}  // namespace

Result<RelationPtr> PostgresAccess::find_query(const analysis::TableId& id) {
  auto snapshot = TRY(this->snapshot());
  // On lines of their own: the text may end in a comment.
  const std::string from = " FROM (\n" + id.table + "\n) AS tarn_query";
  auto described = snapshot->query("SELECT *" + from + " LIMIT 0");
  if (!described) {
    return types::with_name(std::move(described).error(), "JDBC_ERROR", {});
  }
  const auto* types = TRY(type_table());
  auto info = std::make_shared<analysis::TableInfo>();
  info->id = {id.catalog, "system", "query"};
  std::vector<PostgresColumn> columns;
  std::string select;
  for (int i = 0; i < described->column_count(); ++i) {
    postgres::SourceColumn source;
    source.name = described->column_name(i);
    source.type = described->column_type(i);
    source.modifier = described->column_type_modifier(i);
    PostgresColumn& column =
        columns.emplace_back(TRY(make_postgres_column(source, *types, TRY(policies())->all)));
    info->columns.push_back({to_lower(column.name), column.type});
    select += (i > 0 ? ", " : "SELECT ") + postgres::quote_identifier(column.name);
    if (!column.plan.cast.empty()) select += "::" + column.plan.cast;
  }
  if (columns.empty()) {
    return types::named_error("NOT_SUPPORTED", {}, "The query has no columns");
  }
  info->handle = std::shared_ptr<const ScanSource>(
      std::make_shared<PostgresQuerySource>(run_.catalogs().instance(), std::move(snapshot),
                                            std::move(columns), select + from, policy_path()));
  auto relation = std::make_shared<Relation>();
  relation->info = std::move(info);
  return RelationPtr(std::move(relation));
}

std::unique_ptr<CatalogAccess> make_postgres_access(StatementRun& run,
                                                    const PostgresCatalog& catalog) {
  return std::make_unique<PostgresAccess>(run, catalog);
}

}  // namespace tarn::engine
