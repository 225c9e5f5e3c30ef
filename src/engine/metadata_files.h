// SPDX-License-Identifier: Apache-2.0
// The metadata tables that list data files: `$files`, `$partitions`, `$entries`.
#pragma once

#include "engine/metadata_table.h"

namespace tarn::engine {

Result<ComputedTable> make_files_table(MetadataSource source);
Result<ComputedTable> make_partitions_table(MetadataSource source);
// Of the snapshot, or of all snapshots that the table knows.
Result<ComputedTable> make_entries_table(MetadataSource source, bool all);

}  // namespace tarn::engine
