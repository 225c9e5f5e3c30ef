// SPDX-License-Identifier: Apache-2.0
// Copies tables of Postgres into a lake: each by one commit or not at all, all of them from one
// state of the source.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/cancel.h"
#include "base/event.h"
#include "base/result.h"
#include "lakehouse/lakehouse.h"
#include "migrate/copy_source.h"
#include "migrate/plan.h"
#include "migrate/source_snapshot.h"

namespace tarn::migrate {

// Events. `table` counts from 0.
struct TableStarted {
  std::size_t table = 0;
  const TablePlan* plan = nullptr;
};
struct TableProgressed {  // several a second
  std::size_t table = 0;
  std::int64_t rows = 0;
  std::uint64_t bytes = 0;
};
enum class TablePhase { Copying, Writing, Verifying, Committing };
struct TablePhaseChanged {
  std::size_t table = 0;
  TablePhase phase = TablePhase::Copying;
};
struct TableReport {
  const TablePlan* plan = nullptr;
  std::int64_t rows = 0;
  std::uint64_t copy_bytes = 0;
  std::int64_t file_count = 0;
  std::uint64_t file_bytes = 0;
  std::int64_t micros = 0;
  bool is_verified = false;
  ColumnLosses losses;
};
struct TableFinished {
  std::size_t table = 0;
  const TableReport* report = nullptr;
};
struct TableFailed {
  std::size_t table = 0;
  const TableFailure* failure = nullptr;
};

struct MigrationOutcome {
  std::vector<TableReport> reports;    // of what is done
  std::vector<TableFailure> failures;  // of what is not, while the others went on
};

struct MigrationOptions {
  int jobs = 2;
  bool verify = false;
  const EventStream* events = nullptr;
  Clock* clock = &system_clock();
};

// What crashed runs left in this lake is removed first.
//
// Copies the plans in order. A failure of one table does not stop the others; what stops all (a
// cancel, a server that is gone) is the result. Schemas made for tables that all failed are
// removed. REQUIRES: the lake is opened with Missing::IsCreated; the snapshot is the plans' own.
Result<void> run_migration(lakehouse::Lakehouse& lakehouse, lakehouse::Lake& lake,
                           SourceSnapshot& snapshot, const std::vector<TablePlan>& plans,
                           const MigrationOptions& options, const Cancel& cancel,
                           MigrationOutcome& outcome);

}  // namespace tarn::migrate
