// SPDX-License-Identifier: Apache-2.0
#include "run/run_results.h"

#include <fmt/format.h>

#include <boost/json.hpp>

#include "base/json.h"
#include "base/time.h"
#include "run/plan.h"

namespace tarn::run {

namespace json = boost::json;

namespace {

json::value or_null(const std::string& text) {
  return text.empty() ? json::value(nullptr) : json::value(text);
}

json::object response_json(const AdapterResponse& response) {
  json::object out;
  if (!response.message.empty()) out["_message"] = response.message;
  if (!response.code.empty()) out["code"] = response.code;
  if (response.rows_affected) out["rows_affected"] = *response.rows_affected;
  if (!response.query_id.empty()) out["query_id"] = response.query_id;
  return out;
}

json::object result_json(const NodeResult& result) {
  json::object out;
  out["status"] = to_string(result.status);
  json::array timing;
  for (const Timing& part : result.timings) {
    timing.push_back(json::object{{"name", part.name},
                                  {"started_at", artifact_time(part.started_micros)},
                                  {"completed_at", artifact_time(part.completed_micros)}});
  }
  out["timing"] = std::move(timing);
  out["thread_id"] = fmt::format("Thread-{}", result.worker + 1);
  out["execution_time"] = result.seconds;
  out["adapter_response"] = response_json(result.response);
  out["message"] = or_null(result.message);
  out["failures"] = result.failures ? json::value(*result.failures) : json::value(nullptr);
  out["unique_id"] = result.node->unique_id;
  out["compiled"] = is_idle(*result.node) ? json::value(nullptr) : json::value(result.compiled);
  out["compiled_code"] = or_null(result.compiled_code);
  out["relation_name"] = or_null(std::string(result.node->relation_name));
  out["batch_results"] = nullptr;
  return out;
}

}  // namespace

std::string artifact_time(std::int64_t micros) {
  const std::int64_t of_day = floor_modulo(micros, kMicrosPerDay);
  const std::int64_t seconds = of_day / kMicrosPerSecond;
  return fmt::format("{}T{:02}:{:02}:{:02}.{:06}Z",
                     format_date(floor_divide(micros, kMicrosPerDay)), seconds / 3'600,
                     seconds / 60 % 60, seconds % 60, of_day % kMicrosPerSecond);
}

json::object artifact_metadata(std::string_view schema, const RunResultsHead& head) {
  return {{"dbt_schema_version", fmt::format("https://schemas.getdbt.com/dbt/{}.json", schema)},
          {"dbt_version", head.dbt_version},
          {"generated_at", artifact_time(head.generated_micros)},
          {"invocation_id", head.invocation_id},
          {"env", json::object()}};
}

std::string write_run_results(const RunResultsHead& head, const RunSummary& summary) {
  json::object metadata = artifact_metadata("run-results/v6", head);
  metadata["invocation_started_at"] = artifact_time(summary.started_micros);
  json::array results;
  for (const NodeResult& result : summary.results) results.push_back(result_json(result));
  json::object arguments;
  for (const auto& [name, value] : head.arguments) {
    auto parsed = parse_json(value);
    if (parsed) arguments[name] = std::move(*parsed);
  }
  json::object out;
  out["metadata"] = std::move(metadata);
  out["results"] = std::move(results);
  out["elapsed_time"] = summary.seconds;
  out["args"] = std::move(arguments);
  return write_json(out);
}

std::string text_of_json(std::string_view text) {
  const auto parsed = parse_json(text);
  if (!parsed || !parsed->is_string()) return {};
  return std::string(parsed->as_string());
}

Result<PreviousRun> read_run_results(std::string_view text) {
  json::value document = TRY(parse_json(text));
  if (!document.is_object()) return corrupt("run_results.json is not a JSON object");
  const json::object& root = document.as_object();
  PreviousRun out;
  for (const json::value& entry : *TRY(json_array(root, "results"))) {
    if (!entry.is_object()) return corrupt("a result in run_results.json is not an object");
    const json::object& result = entry.as_object();
    const std::string status = TRY(json_text(result, "status"));
    auto known = parse_node_status(status);
    if (!known) return corrupt("run_results.json has the unknown status `{}`", status);
    out.results.push_back({TRY(json_text(result, "unique_id")), *known});
  }
  for (const auto& [name, value] : *TRY(json_object(root, "args"))) {
    out.arguments[std::string(name)] = write_json(value);
    if (name == "which" && value.is_string()) out.command = std::string(value.as_string());
  }
  return out;
}

}  // namespace tarn::run
