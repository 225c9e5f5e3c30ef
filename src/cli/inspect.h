// SPDX-License-Identifier: Apache-2.0
// The commands that look at one table, and the JSON of a snapshot that they share.
#pragma once

#include "base/result.h"
#include "cli/command.h"
#include "iceberg/snapshot.h"

namespace boost::json {
class object;
}

namespace tarn::cli {

Result<int> run_describe(const Invocation& call);
Result<int> run_history(const Invocation& call);
Result<int> run_files(const Invocation& call);

const char* ref_kind_text(const iceberg::SnapshotRef& ref);
boost::json::object snapshot_json(const iceberg::Snapshot& snapshot);

}  // namespace tarn::cli
