// SPDX-License-Identifier: Apache-2.0
// USE, SET SESSION, SET TIME ZONE, transactions.
#include <algorithm>

#include "base/text.h"
#include "engine/lake_access.h"
#include "engine/session_properties.h"
#include "engine/show_pattern.h"
#include "engine/statements.h"
#include "types/error_name.h"
#include "types/type_text.h"

namespace tarn::engine {

using types::named_error;

Result<Answer> run_use(StatementRun& run, const sql::Use& statement) {
  SessionState& session = run.session();
  const auto catalog = statement.catalog ? std::optional(to_lower(statement.catalog->value))
                                         : session.options.catalog;
  if (!catalog) {
    return named_error("MISSING_CATALOG_NAME", statement.span,
                       "Catalog must be specified when session catalog is not set");
  }
  const std::string schema = to_lower(statement.schema.value);
  auto* access = TRY(run.access(*catalog));
  if (schema != "information_schema" && !TRY(access->has_schema(schema))) {
    return named_error("NOT_FOUND", statement.span, "Schema does not exist: {}.{}", *catalog,
                       schema);
  }
  session.options.catalog = *catalog;
  session.options.schema = schema;
  Answer answer = make_update("USE");
  if (statement.catalog) answer.changes.set_catalog = *catalog;
  answer.changes.set_schema = schema;
  return answer;
}

namespace {

struct NamedProperty {
  std::string name;  // `query_priority` or `lake.compression_codec`
  const SessionProperty* property = nullptr;
};

// INVALID_SESSION_PROPERTY if there is none of that name.
Result<NamedProperty> find_session_property(StatementRun& run, const sql::QualifiedName& name) {
  NamedProperty found;
  found.name = to_string(name);
  if (name.parts.size() > 2) {
    return named_error("INVALID_SESSION_PROPERTY", name.span, "Invalid session property '{}'",
                       found.name);
  }
  if (name.parts.size() == 1) {
    found.property = find_property(system_properties(), found.name);
    if (found.property == nullptr) {
      return named_error("INVALID_SESSION_PROPERTY", name.span,
                         "Session property '{}' does not exist", found.name);
    }
    return found;
  }
  const std::string catalog = to_lower(name.parts[0].value);
  const CatalogHandle* handle = TRY(run.handle(catalog));
  if (handle != nullptr && std::holds_alternative<LakeCatalog>(*handle)) {
    found.property = find_property(lake_properties(), to_lower(name.parts[1].value));
  }
  if (handle != nullptr && std::holds_alternative<PostgresCatalog>(*handle)) {
    found.property = find_property(postgres_properties(), to_lower(name.parts[1].value));
  }
  if (found.property == nullptr) {
    return named_error("INVALID_SESSION_PROPERTY", name.span,
                       "Session property '{}' does not exist", found.name);
  }
  return found;
}

Result<void> set_time_zone(SessionState& session, const std::string& name, const TextSpan& span) {
  auto zone = types::find_time_zone(name);
  if (!zone) {
    return named_error("INVALID_SESSION_PROPERTY", span, "Time zone not supported: {}", name);
  }
  session.options.time_zone = *zone;
  return {};
}

}  // namespace

Result<Answer> run_set_session(StatementRun& run, const sql::SetSession& statement) {
  SessionState& session = run.session();
  const bool resets = statement.value == nullptr;
  auto found = find_session_property(run, statement.name);
  if (!found) {
    return types::with_name(std::move(found).error(), "INVALID_SESSION_PROPERTY", statement.span);
  }
  if (resets) {
    session.properties.erase(found->name);
    if (found->name == "time_zone_id") session.options.time_zone = {};
    Answer answer = make_update("RESET SESSION");
    answer.changes.clear_session.push_back(found->name);
    return answer;
  }
  const auto value = TRY(run.constant(*statement.value));
  const std::string text = TRY(property_text(*found->property, value));
  if (found->name == "time_zone_id") TRY(set_time_zone(session, text, statement.span));
  session.properties[found->name] = text;
  Answer answer = make_update("SET SESSION");
  answer.changes.set_session[found->name] = text;
  return answer;
}

Result<Answer> run_set_time_zone(StatementRun& run, const sql::SetTimeZone& statement) {
  SessionState& session = run.session();
  Answer answer = make_update("SET TIME ZONE");
  if (!statement.zone) {
    session.options.time_zone = {};
    session.properties.erase("time_zone_id");
    answer.changes.set_session["time_zone_id"] = "UTC";
    return answer;
  }
  const auto value = TRY(run.constant(*statement.zone));
  std::string zone;
  if (value.type.is(types::TypeKind::Varchar) && !value.value.is_null()) {
    zone = value.value.as_text();
  } else if (value.type.is(types::TypeKind::IntervalDayToSecond) && !value.value.is_null()) {
    const std::int64_t millis = value.value.as_int();
    if (millis % 60'000 != 0) {
      return named_error("INVALID_LITERAL", statement.span,
                         "Invalid time zone offset interval: interval contains seconds");
    }
    const std::int64_t minutes = millis / 60'000;
    if (minutes < -840 || minutes > 840) {
      return named_error("INVALID_LITERAL", statement.span, "Invalid offset minutes {}", minutes);
    }
    zone = types::format_offset(static_cast<int>(minutes));
  } else {
    return named_error("TYPE_MISMATCH", statement.span,
                       "Expected expression of varchar or interval day-time type, but '{}' has {} "
                       "type",
                       "zone", types::to_string(value.type));
  }
  auto found = types::find_time_zone(zone);
  if (!found) {
    return named_error("NOT_SUPPORTED", statement.span, "Time zone not supported: {}", zone);
  }
  session.options.time_zone = *found;
  session.properties["time_zone_id"] = found->name();
  answer.changes.set_session["time_zone_id"] = found->name();
  return answer;
}

Result<Answer> run_start_transaction(StatementRun& run, const sql::StartTransaction& statement) {
  SessionState& session = run.session();
  if (session.transaction) {
    return named_error("NOT_SUPPORTED", statement.span, "Nested transactions not supported");
  }
  TRY(session.connection.execute("BEGIN TRANSACTION"));
  session.transaction.emplace();
  session.transaction->read_only = statement.read_only.value_or(false);
  Answer answer = make_update("START TRANSACTION");
  answer.changes.started_transaction = true;
  return answer;
}

Result<Answer> run_end_transaction(StatementRun& run, const sql::EndTransaction& statement) {
  SessionState& session = run.session();
  if (!session.transaction) {
    return named_error("NOT_IN_TRANSACTION", statement.span, "No transaction in progress");
  }
  const bool aborted = session.transaction->aborted;
  session.transaction.reset();
  if (!statement.commit || aborted) {
    auto done = session.connection.execute("ROLLBACK");
    if (!done && !statement.commit && !aborted) return std::move(done).error();
    if (statement.commit) {
      return named_error("TRANSACTION_ALREADY_ABORTED", statement.span,
                         "Current transaction has already been aborted");
    }
    Answer answer = make_update("ROLLBACK");
    answer.changes.cleared_transaction = true;
    return answer;
  }
  auto committed = session.connection.execute("COMMIT");
  if (!committed) {
    auto cleared = session.connection.execute("ROLLBACK");
    (void)cleared;
    return types::with_name(std::move(committed).error(), "ICEBERG_COMMIT_ERROR", statement.span);
  }
  Answer answer = make_update("COMMIT");
  answer.changes.cleared_transaction = true;
  return answer;
}

Result<Answer> run_show_session(StatementRun& run, const sql::Show& statement) {
  const auto pattern = TRY(read_pattern(statement.like));
  std::vector<Row> rows;
  const auto add = [&](const std::string& prefix, std::span<const SessionProperty> all) {
    for (const SessionProperty& property : all) {
      const std::string name = prefix + std::string(property.name);
      if (!pattern.matches(name)) continue;
      rows.push_back({text_value(name),
                      text_value(run.property(name, std::string(property.fallback))),
                      text_value(std::string(property.fallback)),
                      text_value(std::string(property_type(property.kind))),
                      text_value(std::string(property.description))});
    }
  };
  add("", system_properties());
  for (const std::string& catalog : run.catalogs().names()) {
    auto handle = run.handle(catalog);
    if (handle && *handle != nullptr && std::holds_alternative<LakeCatalog>(**handle)) {
      add(catalog + ".", lake_properties());
    }
    if (handle && *handle != nullptr && std::holds_alternative<PostgresCatalog>(**handle)) {
      add(catalog + ".", postgres_properties());
    }
  }
  std::sort(rows.begin(), rows.end(),
            [](const Row& a, const Row& b) { return a[0].as_text() < b[0].as_text(); });
  const auto text = varchar_type();
  return make_answer(
      {{"Name", text}, {"Value", text}, {"Default", text}, {"Type", text}, {"Description", text}},
      std::move(rows));
}

}  // namespace tarn::engine
