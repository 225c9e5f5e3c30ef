// SPDX-License-Identifier: Apache-2.0
// ALTER TABLE … EXECUTE, CALL system.…, ANALYZE.
#include <algorithm>

#include "base/text.h"
#include "catalog/table_maintenance.h"
#include "duckdb/lake_compaction.h"
#include "engine/lake_change.h"
#include "engine/lake_filter.h"
#include "engine/lake_write.h"
#include "engine/session_properties.h"
#include "engine/statements.h"
#include "sql/parser.h"
#include "sql/printer.h"
#include "types/error_name.h"
#include "types/type_text.h"

namespace tarn::engine {

using types::named_error;
using types::TypedValue;

namespace {

constexpr const char* kUpdateType = "ALTER TABLE EXECUTE";
constexpr std::int64_t kMegabyte = 1024 * 1024;

// The arguments of a procedure by name, positional ones in the order of `names`.
class ProcedureArguments {
 public:
  static Result<ProcedureArguments> read(StatementRun& run,
                                         const std::vector<sql::CallArgument>& given,
                                         std::vector<std::string> names, std::string catalog,
                                         std::string procedure) {
    ProcedureArguments out;
    out.catalog_ = std::move(catalog);
    out.procedure_ = to_upper(procedure);
    for (std::size_t i = 0; i < given.size(); ++i) {
      std::string name;
      if (given[i].name) {
        name = to_lower(given[i].name->value);
      } else if (i < names.size()) {
        name = names[i];
      } else {
        return named_error("INVALID_ARGUMENTS", given[i].span, "Too many positional arguments");
      }
      if (std::find(names.begin(), names.end(), name) == names.end()) {
        return named_error("INVALID_PROCEDURE_ARGUMENT", given[i].span,
                           "Catalog '{}' table procedure '{}' property '{}' does not exist",
                           out.catalog_, out.procedure_, name);
      }
      if (out.values_.contains(name)) {
        return named_error("INVALID_PROCEDURE_ARGUMENT", given[i].span,
                           "Duplicate named argument: {}", name);
      }
      out.values_[name] = TRY(run.constant(*given[i].value));
    }
    return out;
  }

  bool has(const std::string& name) const { return values_.contains(name); }

  Result<std::string> text(const std::string& name, std::string fallback) const {
    const auto found = values_.find(name);
    if (found == values_.end()) return fallback;
    if (!found->second.type.is(types::TypeKind::Varchar) || found->second.value.is_null()) {
      return bad(name, types::to_string(found->second.type), "must be a varchar");
    }
    return found->second.value.as_text();
  }
  Result<std::int64_t> number(const std::string& name, std::int64_t fallback) const {
    const auto found = values_.find(name);
    if (found == values_.end()) return fallback;
    if (!types::is_integral(found->second.type) || found->second.value.is_null()) {
      return bad(name, types::to_string(found->second.type), "must be a number");
    }
    return found->second.value.as_int();
  }
  Result<double> duration(const std::string& name, std::string fallback) const {
    const std::string text = TRY(this->text(name, std::move(fallback)));
    const auto millis = parse_duration(text);
    if (!millis) {
      return bad(name, quote(text, '\''),
                 fmt::format("duration is not a valid data duration string: {}", text));
    }
    return *millis;
  }
  Result<std::int64_t> data_size(const std::string& name, std::string fallback) const {
    const std::string text = TRY(this->text(name, std::move(fallback)));
    const auto size = parse_data_size(text);
    if (!size) {
      return bad(name, quote(text, '\''),
                 fmt::format("size is not a valid data size string: {}", text));
    }
    return *size;
  }

 private:
  Error bad(const std::string& name, std::string_view value, std::string_view why) const {
    return named_error("INVALID_PROCEDURE_ARGUMENT", {},
                       "Unable to set catalog '{}' table procedure '{}' property '{}' to [{}]: {}",
                       catalog_, procedure_, name, value, why);
  }
  static std::optional<std::int64_t> parse_data_size(std::string_view text) {
    std::size_t at = 0;
    while (at < text.size() && ((text[at] >= '0' && text[at] <= '9') || text[at] == '.')) ++at;
    const auto number = parse_double(text.substr(0, at));
    if (at == 0 || !number) return std::nullopt;
    const std::string_view unit = trim(text.substr(at));
    double factor = 0;
    if (unit == "B") factor = 1;
    if (unit == "kB") factor = 1024;
    if (unit == "MB") factor = kMegabyte;
    if (unit == "GB") factor = 1024.0 * kMegabyte;
    if (unit == "TB") factor = 1024.0 * 1024 * kMegabyte;
    if (factor == 0 || *number * factor > 9e18) return std::nullopt;
    return static_cast<std::int64_t>(*number * factor);
  }

  std::string catalog_;
  std::string procedure_;
  std::map<std::string, TypedValue> values_;
};

// Which rows WHERE of optimize takes: whole partitions only.
Result<iceberg::Expression> partition_filter(StatementRun& run, const sql::TableExecute& statement,
                                             const AlterTarget& target) {
  if (!statement.where) return iceberg::always_true();
  const std::string text = fmt::format("DELETE FROM {} WHERE {}", sql::print(statement.table),
                                       sql::print(*statement.where));
  const auto parsed = TRY(sql::parse_statement(text));
  const auto typed =
      TRY(analysis::analyze_delete(static_cast<const sql::Delete&>(*parsed), run, run.options()));
  const ConstantEvaluator evaluate = [&](const analysis::TypedExpression& expression) {
    return evaluate_constant(expression, run.query_context());
  };
  auto filter = TRY(
      to_lake_filter(*typed.condition, *typed.target, target.table.metadata->schema(), evaluate));
  if (!filter) {
    return named_error("NOT_SUPPORTED", statement.span,
                       "Unexpected FilterNode found in plan; probably connector was not able to "
                       "handle provided WHERE expression");
  }
  return iceberg::bind_expression(*filter, target.table.metadata->schema());
}

Result<Answer> run_optimize(StatementRun& run, const sql::TableExecute& statement,
                            const AlterTarget& target) {
  const auto arguments = TRY(ProcedureArguments::read(
      run, statement.arguments, {"file_size_threshold"}, target.id.catalog, "optimize"));
  duckdb::CompactionOptions options;
  options.small_file_bytes = TRY(arguments.data_size("file_size_threshold", "100MB"));
  options.filter = TRY(partition_filter(run, statement, target));
  TRY(check_writable_format(table_format(*target.table.metadata)));
  run.rollback();  // what evaluated the arguments is done
  auto environment = commit_environment(run, *target.lake);
  auto done = duckdb::compact_table(run.catalogs().instance(), target.lake->name, environment,
                                    target.table, options);
  if (!done) {
    if (done.error().code == ErrorCode::Unsupported && !types::has_name(done.error())) {
      return types::with_name(std::move(done).error(), "NOT_SUPPORTED", statement.span);
    }
    return types::with_name(std::move(done).error(), "ICEBERG_COMMIT_ERROR", statement.span);
  }
  return make_update(kUpdateType);
}

// The threshold must be at least what the session allows.
Result<std::int64_t> checked_retention(StatementRun& run, const ProcedureArguments& arguments,
                                       const AlterTarget& target, const std::string& property,
                                       const std::string& setting, const TextSpan& span) {
  const double retention = TRY(arguments.duration("retention_threshold", "7d"));
  const double minimum =
      parse_duration(run.property(target.id.catalog + "." + property, "7d")).value_or(604'800e3);
  if (retention < minimum) {
    return named_error("INVALID_PROCEDURE_ARGUMENT", span,
                       "Retention specified ({}) is shorter than the minimum retention configured "
                       "in the system ({}). Minimum retention can be changed with iceberg.{} "
                       "configuration property or iceberg.{} session property",
                       show_duration(retention), show_duration(minimum), setting, property);
  }
  return static_cast<std::int64_t>(retention);
}

Result<Answer> run_expire(StatementRun& run, const sql::TableExecute& statement,
                          const AlterTarget& target) {
  const auto arguments = TRY(ProcedureArguments::read(
      run, statement.arguments, {"retention_threshold", "retain_last", "clean_expired_metadata"},
      target.id.catalog, "expire_snapshots"));
  const std::int64_t retention =
      TRY(checked_retention(run, arguments, target, "expire_snapshots_min_retention",
                            "expire-snapshots.min-retention", statement.span));
  iceberg::ExpireOptions options;
  options.older_than_ms = run.values().start_micros / 1'000 - retention;
  options.retain_last = static_cast<int>(TRY(arguments.number("retain_last", 1)));
  run.rollback();
  auto done = catalog::expire_table_snapshots(commit_environment(run, *target.lake), target.table,
                                              options, catalog::Act::Do);
  if (!done) {
    return types::with_name(std::move(done).error(), "ICEBERG_COMMIT_ERROR", statement.span);
  }
  return make_update(kUpdateType);
}

Result<Answer> run_remove_orphans(StatementRun& run, const sql::TableExecute& statement,
                                  const AlterTarget& target) {
  const auto arguments = TRY(ProcedureArguments::read(
      run, statement.arguments, {"retention_threshold"}, target.id.catalog, "remove_orphan_files"));
  const std::int64_t retention =
      TRY(checked_retention(run, arguments, target, "remove_orphan_files_min_retention",
                            "remove-orphan-files.min-retention", statement.span));
  run.rollback();
  auto done = catalog::remove_table_orphans(commit_environment(run, *target.lake), target.table,
                                            run.values().start_micros - retention * 1'000,
                                            catalog::Act::Do);
  if (!done) {
    return types::with_name(std::move(done).error(), "ICEBERG_FILESYSTEM_ERROR", statement.span);
  }
  return make_update(kUpdateType);
}

Result<void> roll_back(StatementRun& run, const LakeCatalog& lake,
                       const iceberg::LoadedTable& table, std::int64_t id, const TextSpan& span) {
  const iceberg::SnapshotId wanted(id);
  if (table.metadata->find_snapshot(wanted) == nullptr) {
    return named_error("INVALID_PROCEDURE_ARGUMENT", span,
                       "Cannot roll back to unknown snapshot id: {}", id);
  }
  const auto& current = table.metadata->current_snapshot_id;
  if (current && *current == wanted) return {};
  TRY(change_table(run, lake, table, [&](iceberg::TableTransaction& change) {
    iceberg::SnapshotRef ref;
    const auto main = table.metadata->refs.find(std::string(iceberg::kMainBranch));
    if (main != table.metadata->refs.end()) ref = main->second;
    ref.snapshot_id = wanted;
    change.set_ref(std::string(iceberg::kMainBranch), ref);
  }));
  return {};
}

Result<Answer> run_rollback(StatementRun& run, const sql::TableExecute& statement,
                            const AlterTarget& target) {
  const auto arguments = TRY(ProcedureArguments::read(run, statement.arguments, {"snapshot_id"},
                                                      target.id.catalog, "rollback_to_snapshot"));
  if (!arguments.has("snapshot_id")) {
    return named_error("INVALID_PROCEDURE_ARGUMENT", statement.span,
                       "Required table procedure argument 'snapshot_id' is missing");
  }
  const std::int64_t id = TRY(arguments.number("snapshot_id", 0));
  run.rollback();
  TRY(roll_back(run, *target.lake, target.table, id, statement.span));
  return make_update(kUpdateType);
}

Result<Answer> run_drop_statistics(StatementRun& run, const AlterTarget& target) {
  const auto& statistics = target.table.metadata->statistics;
  if (!statistics.empty()) {
    TRY(change_table(run, *target.lake, target.table, [&](iceberg::TableTransaction& table) {
      for (const auto& file : statistics) table.remove_statistics(file.snapshot_id);
    }));
  }
  return make_update(kUpdateType);
}

}  // namespace

Result<Answer> run_table_execute(StatementRun& run, const sql::TableExecute& statement) {
  const auto id = TRY(run.resolve(statement.table));
  const std::string procedure = to_lower(statement.procedure.value);
  const CatalogHandle* handle = TRY(run.handle(id.catalog));
  if (handle == nullptr || !std::holds_alternative<LakeCatalog>(*handle)) {
    return named_error("PROCEDURE_NOT_FOUND", statement.span, "Table procedure not registered: {}",
                       procedure);
  }
  auto relation = TRY(run.find_relation(id));
  if (relation && relation->kind != RelationKind::Table) {
    return named_error("NOT_SUPPORTED", statement.span,
                       "ALTER TABLE EXECUTE is not supported for {}s", to_string(relation->kind));
  }
  const auto target = TRY(open_alter_target(run, statement.table, false, statement.span));
  if (statement.where && procedure != "optimize") {
    return named_error("NOT_SUPPORTED", statement.span, "WHERE not supported for procedure {}",
                       to_upper(procedure));
  }
  const bool deletes_files = procedure == "expire_snapshots" || procedure == "remove_orphan_files";
  if (deletes_files && target->lake->catalog->is_staging()) {
    return named_error("NOT_SUPPORTED", statement.span,
                       "{} deletes files and cannot be part of a run that is published as a whole",
                       to_upper(procedure));
  }
  if (procedure == "optimize") return run_optimize(run, statement, *target);
  if (procedure == "expire_snapshots") return run_expire(run, statement, *target);
  if (procedure == "remove_orphan_files") return run_remove_orphans(run, statement, *target);
  if (procedure == "rollback_to_snapshot") return run_rollback(run, statement, *target);
  if (procedure == "drop_extended_stats") return run_drop_statistics(run, *target);
  if (procedure == "optimize_manifests") {
    run.rollback();
    TRY(change_table(run, *target->lake, target->table,
                     [](iceberg::TableTransaction& table) { table.rewrite_manifests(); }));
    return make_update(kUpdateType);
  }
  return named_error("PROCEDURE_NOT_FOUND", statement.span,
                     "Procedure {} not registered for catalog {}", to_upper(procedure), id.catalog);
}

namespace {

struct CallTarget {
  std::string catalog;
  std::string procedure;
};

Result<CallTarget> resolve_procedure(StatementRun& run, const sql::Call& statement) {
  const auto& parts = statement.name.parts;
  CallTarget target;
  target.procedure = to_lower(parts.back().value);
  const std::string schema = parts.size() >= 2 ? to_lower(parts[parts.size() - 2].value)
                                               : run.values().schema.value_or("");
  if (parts.size() == 3) {
    target.catalog = to_lower(parts[0].value);
  } else if (run.values().catalog) {
    target.catalog = *run.values().catalog;
  } else {
    return named_error("MISSING_CATALOG_NAME", statement.span,
                       "Catalog must be specified when session catalog is not set");
  }
  if (schema != "system") {
    return named_error("PROCEDURE_NOT_FOUND", statement.span, "Procedure not registered: {}.{}",
                       schema, target.procedure);
  }
  return target;
}

Result<Answer> call_lake(StatementRun& run, const LakeCatalog& lake, const sql::Call& statement,
                         const CallTarget& call) {
  std::vector<std::string> names = {"schema_name", "table_name"};
  if (call.procedure == "register_table") {
    names.insert(names.end(), {"table_location", "metadata_file_name"});
  } else if (call.procedure == "rollback_to_snapshot") {
    names = {"schema", "table", "snapshot_id"};
  } else if (call.procedure != "unregister_table" && call.procedure != "flush_metadata_cache") {
    return named_error("PROCEDURE_NOT_FOUND", statement.span, "Procedure not registered: system.{}",
                       call.procedure);
  }
  const auto arguments =
      TRY(ProcedureArguments::read(run, statement.arguments, names, call.catalog, call.procedure));
  if (call.procedure == "flush_metadata_cache") return make_update("CALL");
  const analysis::TableId id{call.catalog, to_lower(TRY(arguments.text(names[0], ""))),
                             to_lower(TRY(arguments.text(names[1], "")))};
  if (id.schema.empty() || id.table.empty()) {
    return named_error("INVALID_ARGUMENTS", statement.span,
                       "Required procedure argument '{}' is missing",
                       id.schema.empty() ? names[0] : names[1]);
  }
  run.rollback();
  TRY(run.check_autocommit(call.catalog));
  if (call.procedure == "register_table") {
    std::string location = TRY(arguments.text("table_location", ""));
    const std::string file = TRY(arguments.text("metadata_file_name", ""));
    if (!file.empty()) {
      location = storage::join_location(storage::join_location(location, "metadata"), file);
    }
    if (!location.ends_with(".json")) {
      return named_error("NOT_SUPPORTED", statement.span,
                         "register_table needs metadata_file_name: the newest metadata file of a "
                         "location cannot be told by listing");
    }
    auto done = lake.catalog->register_table(identifier_of(id), location);
    if (!done) {
      return types::with_name(std::move(done).error(), "ICEBERG_INVALID_METADATA", statement.span);
    }
    return make_update("CALL");
  }
  auto object = TRY(find_lake_object(lake, id));
  if (!object || !object->table) {
    return named_error("TABLE_NOT_FOUND", statement.span, "Table '{}.{}' not found", id.schema,
                       id.table);
  }
  if (call.procedure == "unregister_table") {
    TRY(lake.catalog->drop_table(object->table->identifier, iceberg::DropMode::Unregister));
  } else {
    TRY(roll_back(run, lake, *object->table, TRY(arguments.number("snapshot_id", 0)),
                  statement.span));
  }
  return make_update("CALL");
}

}  // namespace

Result<Answer> run_call(StatementRun& run, const sql::Call& statement) {
  const CallTarget call = TRY(resolve_procedure(run, statement));
  const analysis::TableId target{call.catalog, "system", call.procedure};
  if (auto answer = TRY(run_in_postgres(run, statement, target))) return *std::move(answer);
  const CatalogHandle* handle = TRY(run.handle(call.catalog));
  if (handle != nullptr && std::holds_alternative<LakeCatalog>(*handle)) {
    return call_lake(run, std::get<LakeCatalog>(*handle), statement, call);
  }
  return named_error("PROCEDURE_NOT_FOUND", statement.span, "Procedure not registered: system.{}",
                     call.procedure);
}

// Metrics of all columns are in the manifests from the start: there is nothing to gather.
Result<Answer> run_analyze(StatementRun& run, const sql::Analyze& statement) {
  const auto id = TRY(run.resolve(statement.table));
  const auto relation = TRY(run.find_relation(id));
  if (!relation || relation->kind == RelationKind::MaterializedView) {
    return named_error("TABLE_NOT_FOUND", statement.span, "Table '{}' does not exist",
                       to_string(id));
  }
  if (relation->kind != RelationKind::Table) {
    return named_error("NOT_SUPPORTED", statement.span, "Analyzing views is not supported");
  }
  for (const auto& [name, value] : TRY(run.constants(statement.properties))) {
    if (name != "columns") {
      return named_error("INVALID_ANALYZE_PROPERTY", statement.span,
                         "Catalog '{}' analyze property '{}' does not exist", id.catalog, name);
    }
  }
  return make_update("ANALYZE");
}

}  // namespace tarn::engine
