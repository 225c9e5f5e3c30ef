// SPDX-License-Identifier: Apache-2.0
// The counters of work_counters.h, beside DuckDB's session. Internal: shows DuckDB's types.
#pragma once

#include "duckdb/native.h"
#include "duckdb/work_counters.h"

namespace tarn::duckdb {

struct CountedWork final : dk::ClientContextState {
  std::shared_ptr<WorkCounters> counters = std::make_shared<WorkCounters>();

  static const std::shared_ptr<WorkCounters>& of(dk::ClientContext& context) {
    return context.registered_state->GetOrCreate<CountedWork>("tarn_counted_work")->counters;
  }
};

}  // namespace tarn::duckdb
