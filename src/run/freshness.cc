// SPDX-License-Identifier: Apache-2.0
#include "run/freshness.h"

#include <fmt/format.h>

#include <boost/json.hpp>

#include "base/json.h"
#include "base/text.h"
#include "base/time.h"
#include "project/session.h"
#include "run/materialize.h"

namespace tarn::run {

namespace json = boost::json;
using project::Data;
using project::Node;

namespace {

// Microseconds of `{count, period}`; nullopt without a limit.
Result<std::optional<std::int64_t>> limit_of(const Data& criterion) {
  const Data count = criterion.get("count");
  const std::string_view period = criterion.get("period").text();
  if (count.kind != project::DataKind::Int || period.empty()) return std::optional<std::int64_t>();
  if (period == "minute") return std::optional(count.integer * 60 * kMicrosPerSecond);
  if (period == "hour") return std::optional(count.integer * kMicrosPerHour);
  if (period == "day") return std::optional(count.integer * kMicrosPerDay);
  return invalid_input("`{}` is no period of freshness: use minute, hour or day", period);
}

Result<std::int64_t> time_of(const types::Type& type, const types::Value& value,
                             std::string_view field) {
  switch (type.kind) {
    case types::TypeKind::Date:
      return value.as_int() * kMicrosPerDay;
    case types::TypeKind::Timestamp:
    case types::TypeKind::TimestampWithTimeZone:
      return value.as_timestamp().micros;
    default:
      return invalid_input("`{}` is no date or timestamp: cast it in loaded_at_field", field);
  }
}

Result<std::string> freshness_query(const RunContext& context, const Node& source) {
  NodeResult nothing{.node = &source};
  auto options = session_options(context, source, nothing);
  project::Session session(context.project, context.adapter, context.cache, std::move(options));
  const std::string now{trim(TRY(session.call_text("current_timestamp")))};
  if (const auto query = source.body.get("loaded_at_query").text(); !query.empty()) {
    return fmt::format("select ({}) as max_loaded_at, {} as snapshotted_at", query, now);
  }
  const auto filter = source.body.get("freshness").get("filter").text();
  return fmt::format("select max({}) as max_loaded_at, {} as snapshotted_at from {}{}",
                     source.body.get("loaded_at_field").text(), now, source.relation_name,
                     filter.empty() ? "" : fmt::format(" where {}", filter));
}

json::value criterion_json(const Data& criterion) {
  json::object out;
  const Data count = criterion.get("count");
  out["count"] = count.kind == project::DataKind::Int ? json::value(count.integer) : nullptr;
  const auto period = criterion.get("period").text();
  out["period"] = period.empty() ? json::value(nullptr) : json::value(period);
  return out;
}

json::object source_json(const NodeResult& result) {
  const Data freshness = result.node->body.get("freshness");
  json::object out;
  out["unique_id"] = result.node->unique_id;
  if (!result.freshness) {
    out["error"] = result.message;
    out["status"] = "runtime error";
    return out;
  }
  out["max_loaded_at"] = artifact_time(result.freshness->max_loaded_micros);
  out["snapshotted_at"] = artifact_time(result.freshness->snapshotted_micros);
  out["max_loaded_at_time_ago_in_s"] = static_cast<double>(result.freshness->snapshotted_micros -
                                                           result.freshness->max_loaded_micros) /
                                       1e6;
  out["status"] = to_string(result.status);
  json::object criteria;
  criteria["warn_after"] = criterion_json(freshness.get("warn_after"));
  criteria["error_after"] = criterion_json(freshness.get("error_after"));
  const auto filter = freshness.get("filter").text();
  criteria["filter"] = filter.empty() ? json::value(nullptr) : json::value(filter);
  out["criteria"] = std::move(criteria);
  out["adapter_response"] = json::object();
  out["timing"] = json::array();
  out["thread_id"] = fmt::format("Thread-{}", result.worker + 1);
  out["execution_time"] = result.seconds;
  return out;
}

// `45 seconds`, `90 minutes`, `36 hours`, `1402 days`.
std::string age_text(std::int64_t micros) {
  const std::int64_t seconds = micros / kMicrosPerSecond;
  if (seconds < 120) return fmt::format("{} seconds", seconds);
  if (seconds < 2 * 3600) return fmt::format("{} minutes", seconds / 60);
  if (seconds < 2 * 86400) return fmt::format("{} hours", seconds / 3600);
  return fmt::format("{} days", seconds / 86400);
}

}  // namespace

bool has_freshness(const Node& source) {
  const Data freshness = source.body.get("freshness");
  const bool has_limit = !freshness.get("warn_after").get("count").is_null() ||
                         !freshness.get("error_after").get("count").is_null();
  return has_limit && (!source.body.get("loaded_at_field").text().empty() ||
                       !source.body.get("loaded_at_query").text().empty());
}

Result<void> run_freshness(const RunContext& context, const Node& source, NodeResult& result) {
  result.status = NodeStatus::RuntimeError;
  const auto answer =
      TRY(context.adapter.query(TRY(freshness_query(context, source)), source.unique_id));
  if (answer.rows.size() != 1 || answer.rows[0].size() != 2) {
    return internal("the query of freshness did not answer with one row");
  }
  const auto& row = answer.rows[0];
  if (row[0].is_null()) return not_found("{} has no row with a time", source.relation_name);
  Freshness found;
  found.max_loaded_micros =
      TRY(time_of(answer.columns[0].type, row[0], source.body.get("loaded_at_field").text()));
  found.snapshotted_micros = TRY(time_of(answer.columns[1].type, row[1], "current_timestamp"));
  result.freshness = found;
  const std::int64_t age = found.snapshotted_micros - found.max_loaded_micros;
  const Data freshness = source.body.get("freshness");
  const auto error_after = TRY(limit_of(freshness.get("error_after")));
  const auto warn_after = TRY(limit_of(freshness.get("warn_after")));
  result.status = NodeStatus::Pass;
  if (warn_after && age > *warn_after) result.status = NodeStatus::Warn;
  if (error_after && age > *error_after) result.status = NodeStatus::Error;
  result.message = fmt::format("the newest row is {} old", age_text(age));
  return {};
}

std::string write_sources(const RunResultsHead& head, const RunSummary& summary) {
  json::object metadata = artifact_metadata("sources/v3", head);
  metadata["invocation_started_at"] = artifact_time(summary.started_micros);
  json::array results;
  for (const NodeResult& result : summary.results) results.push_back(source_json(result));
  json::object out;
  out["metadata"] = std::move(metadata);
  out["results"] = std::move(results);
  out["elapsed_time"] = summary.seconds;
  return write_json(out);
}

}  // namespace tarn::run
