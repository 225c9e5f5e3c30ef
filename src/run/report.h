// SPDX-License-Identifier: Apache-2.0
// Events of a run as lines of text, as people know them from dbt. Pure.
#pragma once

#include <string>

#include "run/events.h"

namespace tarn::run {

enum class Tone { Plain, Good, Bad, Doubtful };

struct Line {
  std::string text;    // `1 of 4 OK created sql table model shop.orders`
  std::string status;  // `CREATE TABLE (12 rows) in 0.21s`
  Tone tone = Tone::Plain;
};

// `sql incremental model shop.orders`, `snapshot dbt_snapshots.customer`, `test not_null_a_b`.
std::string node_label(const project::Node& node);

Line started_line(const NodeStarted& event);
Line finished_line(const NodeFinished& event);
// `2 of 4 RUNNING sql table model shop.orders: 1.2M rows read, 300k rows written, 12 s`.
std::string running_text(const RunProgressed::Running& node, std::size_t total);
// Filled with dots up to `width`: `… ....... [OK in 0.21s]`.
std::string layout_line(const Line& line, std::size_t width);

// `Found 2 models, 1 snapshot, 3 data tests` of what is there.
std::string found_text(const project::Project& project);
// `Finished running 2 table models, 1 snapshot in 1.20 s`, then `Done. PASS=3 WARN=0 …`.
std::string finished_text(const RunSummary& summary);
std::string totals_text(const RunSummary& summary);
// Of a run that is published as a whole: that it was, or why not. Empty for others.
std::string publication_text(const RunSummary& summary);
// What to do now: `tarn retry`, … Empty if all is well.
std::string next_step_text(const RunSummary& summary);

}  // namespace tarn::run
