// SPDX-License-Identifier: Apache-2.0
// What all nodes of one run share.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/cancel.h"
#include "base/clock.h"
#include "base/event.h"
#include "project/commands.h"
#include "project/compile.h"
#include "project/project.h"
#include "project/relation_cache.h"
#include "run/plan.h"
#include "run/warehouse_adapter.h"

namespace tarn::run {

struct RunOptions {
  Command command = Command::Run;
  project::SelectOptions selection;
  // Of `retry`: these unique ids instead of a selection.
  std::optional<std::vector<std::string>> only;
  std::size_t threads = 1;
  bool fail_fast = false;
  // `clone` needs the earlier run without --defer, too.
  project::DeferFlags deferral;
  bool write_json = true;
  // Run the built-in macros one by one as dbt does, instead of the drivers that need fewer
  // statements.
  bool as_dbt = false;
  // Publish what all nodes make together at the end, or nothing.
  bool atomic = false;
  // Bounds of microbatch models, microseconds in UTC.
  std::optional<std::int64_t> event_time_start, event_time_end;
  std::string freshness_file;  // instead of sources.json in the target folder
  // For run_results.json: what `retry` takes over. Values are JSON texts.
  std::vector<std::pair<std::string, std::string>> arguments;
};

// Thread-safe as its parts are. Lives as long as the run.
struct RunContext {
  const project::Project& project;
  WarehouseAdapter& adapter;
  project::RelationCache& cache;
  project::Compiler& compiler;
  const RunOptions& options;
  EventStream& events;
  Clock& clock;
  const Cancel* cancel = nullptr;
  std::vector<std::string> selected;  // unique ids
};

}  // namespace tarn::run
