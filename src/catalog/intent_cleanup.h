// SPDX-License-Identifier: Apache-2.0
// Removes what crashed writers left behind: files whose names carry the id of a dead intent and
// that nothing in the table's present state names. Nothing else is ever touched.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "iceberg/catalog.h"
#include "iceberg/write_intent.h"
#include "storage/store.h"

namespace tarn::catalog {

struct CleanupOptions {
  // A writer that cannot be seen from here is dead when it has been silent for so long.
  std::int64_t silence_max_ms = 24LL * 3'600 * 1'000;
  // Only intents on this table.
  std::optional<iceberg::TableIdentifier> table;
};

struct CleanupReport {
  std::vector<iceberg::WriteIntent> dead;  // whose files are gone and which are finished
  std::vector<std::string> removed_files;
  std::vector<std::string> kept_files;  // named by the table: their commit has landed
};

// What REQUIRES care: `catalog`, `store` and `intents` belong to one lake. A writer of this machine
// is dead when its process is gone. An error leaves the intents that were not reached for the next
// time.
Result<CleanupReport> clean_dead_intents(iceberg::Catalog& catalog, storage::Store& store,
                                         iceberg::WriteIntents& intents, Clock& clock,
                                         const CleanupOptions& options = {});

// Ends a write of this process of which certainly nothing was published: removes the files of its
// intent and finishes it.
Result<void> abandon_write(storage::Store& store, iceberg::WriteIntents& intents,
                           const iceberg::WriteIntent& intent);

}  // namespace tarn::catalog
