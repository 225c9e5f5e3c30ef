// SPDX-License-Identifier: Apache-2.0
// How the execution of one node ended, and that of a whole command: what the terminal shows and
// run_results.json keeps.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "project/code_map.h"
#include "project/resource.h"
#include "warehouse/warehouse.h"

namespace tarn::run {

enum class NodeStatus : std::uint8_t {
  Success,
  Error,
  Skipped,
  PartialSuccess,  // some batches of a microbatch model failed
  NoOp,            // there was nothing to do
  Pass,            // of tests, as the next two
  Warn,
  Fail,
  RuntimeError,  // of source freshness
};
// `success`, `partial success`, `no-op`, …
std::string_view to_string(NodeStatus status);
std::optional<NodeStatus> parse_node_status(std::string_view text);
// The command fails, and what stands behind the node is skipped.
bool is_failure(NodeStatus status);

struct Timing {
  std::string_view name;  // `compile`, `execute`
  std::int64_t started_micros = 0;
  std::int64_t completed_micros = 0;
};

// What the warehouse said of the main statement.
struct AdapterResponse {
  std::string message;  // `MERGE (3 rows)`
  std::string code;     // `MERGE`
  std::optional<std::int64_t> rows_affected;
  std::string query_id;
};

// Of sources.
struct Freshness {
  std::int64_t max_loaded_micros = 0;
  std::int64_t snapshotted_micros = 0;
};

struct NodeResult {
  const project::Node* node = nullptr;
  NodeStatus status = NodeStatus::Success;
  std::string message;
  std::optional<std::int64_t> failures;  // of tests
  std::vector<Timing> timings;
  double seconds = 0;
  std::size_t worker = 0;
  AdapterResponse response;
  bool compiled = false;
  std::string compiled_code;
  std::shared_ptr<const project::CodeMap> code_map;  // while the node runs
  std::string compiled_file;                         // where the code was left; may be empty
  warehouse::Work work;                              // rows and files of all its statements
  std::string materialization;
  std::optional<Freshness> freshness;
};

struct RunSummary {
  std::vector<NodeResult> results;
  std::int64_t started_micros = 0;
  double seconds = 0;
  bool cancelled = false;
  // Of a run that is published as a whole.
  bool is_atomic = false;
  bool is_published = false;
  std::string not_published_because;  // when it is not: a sentence
};

// 0: everything succeeded (warnings too); 1: a node failed.
int exit_code_of(const RunSummary& summary);

}  // namespace tarn::run
