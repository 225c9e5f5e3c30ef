// SPDX-License-Identifier: Apache-2.0
// run_results.json, version 6: written for people's tools, read by `retry` and by the selector
// method `result`.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "run/node_result.h"

namespace boost::json {
class object;
}

namespace tarn::run {

struct RunResultsHead {
  std::string dbt_version;
  std::string invocation_id;
  std::int64_t generated_micros = 0;
  // Of the command line: what `retry` takes over. Values are JSON texts.
  std::vector<std::pair<std::string, std::string>> arguments;
};

// `metadata` of an artifact; `schema` is the last part of its address: `run-results/v6`.
boost::json::object artifact_metadata(std::string_view schema, const RunResultsHead& head);

std::string write_run_results(const RunResultsHead& head, const RunSummary& summary);

struct PreviousResult {
  std::string unique_id;
  NodeStatus status = NodeStatus::Success;
};
struct PreviousRun {
  std::string command;  // `which` of the arguments
  std::vector<PreviousResult> results;
  std::map<std::string, std::string> arguments;  // JSON texts
};
// ErrorCode::Corrupt for other documents.
Result<PreviousRun> read_run_results(std::string_view text);

// The text of a JSON string; empty for other values.
std::string text_of_json(std::string_view json);

// `2024-01-01T10:00:00.123456Z`
std::string artifact_time(std::int64_t micros);

}  // namespace tarn::run
