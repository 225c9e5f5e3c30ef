// SPDX-License-Identifier: Apache-2.0
// A table of a lake as the text that reads it, hidden columns included.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "analysis/table_lookup.h"
#include "duckdb/instance.h"
#include "engine/scan_source.h"
#include "iceberg/catalog.h"
#include "storage/store.h"

namespace tarn::engine {

struct LakeTableState {
  duckdb::Instance* instance = nullptr;
  std::shared_ptr<storage::Store> store;
  iceberg::LoadedTable table;
  const iceberg::Snapshot* snapshot = nullptr;
  std::string from;  // `"lake"."s"."t" AT (VERSION => 5)`
};

// `$path`, `$file_modified_time`, `$partition`.
void add_hidden_columns(std::vector<analysis::TableColumn>& columns);

// REQUIRES: `columns` end with those of add_hidden_columns().
std::shared_ptr<const ScanSource> make_lake_source(LakeTableState state,
                                                   std::vector<analysis::TableColumn> columns);

}  // namespace tarn::engine
