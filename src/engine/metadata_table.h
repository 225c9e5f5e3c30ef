// SPDX-License-Identifier: Apache-2.0
// The metadata tables of a table in a lake: `"t$snapshots"`, `"t$files"`, … with the columns of
// Trino's Iceberg connector. Files are only read when rows are asked for.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/cancel.h"
#include "engine/computed_table.h"
#include "iceberg/catalog.h"
#include "storage/store.h"

namespace tarn::engine {

enum class MetadataKind {
  Properties,
  History,
  MetadataLogEntries,
  Snapshots,
  Manifests,
  AllManifests,
  Partitions,
  Files,
  Entries,
  AllEntries,
  Refs,
};

// The part behind the `$`; none for names that are not of a metadata table.
std::optional<MetadataKind> find_metadata_kind(std::string_view name);

// What a metadata table is computed from.
struct MetadataSource {
  std::shared_ptr<storage::Store> store;
  iceberg::LoadedTable table;
  const iceberg::Snapshot* snapshot = nullptr;  // of the table's metadata; nullptr: no rows
};

// NOT_SUPPORTED if a column's type has no form in SQL.
Result<ComputedTable> make_metadata_table(MetadataKind kind, MetadataSource source);

}  // namespace tarn::engine
