// SPDX-License-Identifier: Apache-2.0
// Builds the next table metadata from the present one and a list of updates, as every catalog does.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "base/result.h"
#include "iceberg/table_metadata.h"
#include "iceberg/table_update.h"

namespace tarn::iceberg {

struct ApplyOptions {
  std::int64_t now_ms = 0;
  // Where `base` was read from, for the metadata log; "" when it was never stored.
  std::string base_location;
};

// `base` with the updates in order; a list that changes nothing gives `base` as it is. Ids of
// schemas, specs and orders are given here (equal ones are reused), `last-updated-ms`, snapshot log
// and metadata log kept, refs and statistics of removed snapshots dropped. Time never goes back. A
// snapshot with a stale sequence number or first row id is ErrorCode::Conflict (the client must
// rebase), anything else that cannot be is ErrorCode::InvalidInput.
Result<TableMetadata> apply_updates(const TableMetadata& base,
                                    const std::vector<TableUpdate>& updates,
                                    const ApplyOptions& options);

// The metadata that `updates` of a create start from: no uuid, no schema, version 2 unless the
// updates upgrade it. Only good for apply_updates(), which fails unless they fill it.
TableMetadata empty_metadata(int format_version = kFormatVersionDefault);

// What a new table is made of. Field ids in `schema` are assigned anew and the spec and order
// follow them.
struct NewTable {
  Schema schema;
  PartitionSpec spec;
  SortOrder sort_order;
  std::string location;
  std::string uuid;
  // `format-version` among them sets the version and is not stored.
  std::map<std::string, std::string> properties;
};
Result<TableMetadata> make_table_metadata(NewTable table, std::int64_t now_ms);
// The updates that make `metadata` out of empty_metadata(), for a commit with require_not_exists().
std::vector<TableUpdate> updates_for_create(const TableMetadata& metadata);

}  // namespace tarn::iceberg
