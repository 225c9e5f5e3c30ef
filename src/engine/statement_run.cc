// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "base/text.h"
#include "engine/session_state.h"
#include "types/error_name.h"

namespace tarn::engine {

StatementRun::StatementRun(SessionState& session, const Cancel* cancel)
    : session_(session), cancel_(cancel) {
  values_.start_micros = session.options.clock->now_micros();
  values_.time_zone = session.options.time_zone;
  values_.user = session.options.user;
  values_.catalog = session.options.catalog;
  values_.schema = session.options.schema;
  options_.catalog = session.options.catalog;
  options_.schema = session.options.schema;
  options_.time_zone = session.options.time_zone;
  if (auto depth = parse_int64(property("max_recursion_depth", "10"))) {
    values_.max_recursion_depth = static_cast<int>(*depth);
    options_.max_recursion_depth = static_cast<int>(*depth);
  }
}

StatementRun::~StatementRun() { rollback(); }

QueryContext StatementRun::query_context() {
  return {*this, options_, values_, session_.connection, cancel_};
}

Result<const CatalogHandle*> StatementRun::handle(const std::string& catalog) {
  if (catalog == "system") return static_cast<const CatalogHandle*>(nullptr);
  auto found = session_.catalogs.find(catalog);
  if (found) return found;
  if (found.error().code == ErrorCode::NotFound && !types::has_name(found.error())) {
    const auto names = session_.catalogs.names();
    if (std::find(names.begin(), names.end(), catalog) == names.end()) {
      return types::named_error("CATALOG_NOT_FOUND", {}, "Catalog '{}' not found", catalog);
    }
  }
  return std::move(found).error();
}

Result<CatalogAccess*> StatementRun::access(const std::string& catalog) {
  if (auto found = accesses_.find(catalog); found != accesses_.end()) return found->second.get();
  const CatalogHandle* handle = TRY(this->handle(catalog));
  std::unique_ptr<CatalogAccess> access;
  if (handle == nullptr) {
    access = make_system_access(*this);
  } else if (const auto* lake = std::get_if<LakeCatalog>(handle)) {
    access = make_lake_access(*this, *lake);
  } else if (const auto* postgres = std::get_if<PostgresCatalog>(handle)) {
    access = make_postgres_access(*this, *postgres);
  } else {
    access = make_tpch_access(*this, std::get<TpchCatalog>(*handle));
  }
  return (accesses_[catalog] = std::move(access)).get();
}

Result<analysis::TableInfoPtr> StatementRun::find_table(
    const analysis::TableId& id, const std::optional<analysis::TableVersion>& version) {
  read_.insert(to_string(id));
  CatalogAccess* access = TRY(this->access(id.catalog));
  if (id.schema == "information_schema") {
    auto relation = find_information_table(*this, id);
    return relation ? relation->info : nullptr;
  }
  if (!TRY(access->has_schema(id.schema))) {
    return types::named_error("SCHEMA_NOT_FOUND", {}, "Schema '{}' does not exist", id.schema);
  }
  auto relation = TRY(access->find(id, version));
  return relation ? relation->info : nullptr;
}

Result<RelationPtr> StatementRun::find_relation(const analysis::TableId& id) {
  CatalogAccess* access = TRY(this->access(id.catalog));
  if (id.schema == "information_schema") return find_information_table(*this, id);
  if (!TRY(access->has_schema(id.schema))) {
    return types::named_error("SCHEMA_NOT_FOUND", {}, "Schema '{}' does not exist", id.schema);
  }
  return access->find(id, std::nullopt);
}

Result<analysis::TableId> StatementRun::resolve(const sql::QualifiedName& name) {
  return analysis::resolve_table_name(name, options_);
}

Result<StatementRun::SchemaId> StatementRun::resolve_schema(
    const std::optional<sql::QualifiedName>& name) {
  SchemaId id;
  const std::size_t parts = name ? name->parts.size() : 0;
  if (parts > 2) {
    return types::named_error("SYNTAX_ERROR", name->span, "Too many parts in schema name: {}",
                              sql::to_string(*name));
  }
  if (parts == 2) {
    id.catalog = to_lower(name->parts[0].value);
  } else if (options_.catalog) {
    id.catalog = *options_.catalog;
  } else {
    return types::named_error("MISSING_CATALOG_NAME", {},
                              "Catalog must be specified when session catalog is not set");
  }
  if (parts >= 1) {
    id.schema = to_lower(name->parts[parts - 1].value);
  } else if (options_.schema) {
    id.schema = *options_.schema;
  } else {
    return types::named_error("MISSING_SCHEMA_NAME", {},
                              "Schema must be specified when session schema is not set");
  }
  return id;
}

Result<types::TypedValue> StatementRun::constant(const sql::Expression& expression) {
  auto typed = TRY(analysis::analyze_constant(expression, options_));
  if (typed->kind == analysis::TypedKind::Constant) {
    return types::TypedValue{typed->type, typed->constant};
  }
  types::Value value = TRY(evaluate_constant(*typed, query_context()));
  return types::TypedValue{typed->type, std::move(value)};
}

Result<std::vector<std::pair<std::string, std::optional<types::TypedValue>>>>
StatementRun::constants(const std::vector<sql::Property>& properties) {
  std::vector<std::pair<std::string, std::optional<types::TypedValue>>> out;
  for (const sql::Property& property : properties) {
    std::optional<types::TypedValue> value;
    if (property.value) value = TRY(constant(*property.value));
    out.emplace_back(to_lower(property.name.value), std::move(value));
  }
  return out;
}

Result<void> StatementRun::begin() {
  if (owns_transaction_ || session_.transaction) return {};
  TRY(session_.connection.execute("BEGIN TRANSACTION"));
  owns_transaction_ = true;
  return {};
}

Result<void> StatementRun::commit() {
  if (!owns_transaction_) return {};
  owns_transaction_ = false;
  auto done = session_.connection.execute("COMMIT");
  if (done) return {};
  // What failed to commit is rolled back already; a second try only clears the connection.
  auto cleared = session_.connection.execute("ROLLBACK");
  (void)cleared;
  return std::move(done).error();
}

void StatementRun::rollback() {
  if (!owns_transaction_) return;
  owns_transaction_ = false;
  auto done = session_.connection.execute("ROLLBACK");
  (void)done;  // the transaction is over in any case
}

Result<void> StatementRun::check_write(const std::string& catalog) {
  (void)catalog;
  if (session_.transaction && session_.transaction->read_only) {
    return types::named_error("READ_ONLY_VIOLATION", {},
                              "Cannot execute write in a read-only transaction");
  }
  return {};
}

Result<void> StatementRun::check_autocommit(const std::string& catalog) {
  TRY(check_write(catalog));
  if (session_.transaction) {
    return types::named_error("AUTOCOMMIT_WRITE_CONFLICT", {},
                              "Catalog only supports writes using autocommit: {}", catalog);
  }
  return {};
}

std::string StatementRun::property(const std::string& name, std::string fallback) const {
  const auto found = session_.properties.find(name);
  return found == session_.properties.end() ? std::move(fallback) : found->second;
}

}  // namespace tarn::engine
