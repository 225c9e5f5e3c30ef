// SPDX-License-Identifier: Apache-2.0
// What one attached lake shares between its statements, and what a statement sees of a table.
// Internal to this folder; shows no DuckDB type.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/result.h"
#include "duckdb/instance.h"
#include "duckdb/lake.h"
#include "iceberg/catalog.h"
#include "iceberg/deletion_vector.h"
#include "iceberg/manifest_cache.h"
#include "iceberg/scan/plan.h"
#include "storage/store.h"

namespace tarn::duckdb {

using SharedVector = std::shared_ptr<const iceberg::DeletionVector>;

// The deleted rows of data files, loaded once: position deletes, deletion vectors, and equality
// deletes as the positions that they hit. Thread-safe.
class DeleteLoader {
 public:
  DeleteLoader(Instance& instance, storage::Store& store) : instance_(instance), store_(store) {}

  // nullptr when nothing is deleted.
  Result<SharedVector> load(const iceberg::ScanFile& file, const iceberg::TableMetadata& metadata);

 private:
  // Deleted positions of one delete file by data file (normal form).
  using PositionsByFile = std::unordered_map<std::string, iceberg::DeletionVector>;

  Result<std::shared_ptr<const PositionsByFile>> read_position_deletes(
      const iceberg::DataFile& deletes);
  Result<iceberg::DeletionVector> read_vector(const iceberg::DataFile& deletes);
  Result<void> add_equality_deletes(const iceberg::DataFile& data,
                                    const std::vector<const iceberg::DataFile*>& deletes,
                                    const iceberg::TableMetadata& metadata,
                                    iceberg::DeletionVector& deleted);
  SharedVector find(const std::string& key);
  void keep(const std::string& key, SharedVector vector);

  Instance& instance_;
  storage::Store& store_;
  std::mutex mutex_;
  std::unordered_map<std::string, SharedVector> vectors_;
  std::unordered_map<std::string, std::shared_ptr<const PositionsByFile>> position_files_;
  std::uint64_t positions_ = 0;  // kept in both maps, about
};

// One lake, attached under one name.
struct Lake {
  Instance& instance;
  LakeOptions options;
  iceberg::Catalog& catalog;
  storage::Store& store;
  iceberg::ManifestCache manifests;
  DeleteLoader deletes;

  Lake(Instance& the_instance, LakeOptions the_options)
      : instance(the_instance),
        options(std::move(the_options)),
        catalog(*options.catalog),
        store(*options.store),
        deletes(the_instance, *options.store) {}
};

// What a transaction has done to one table so far. Paths are in normal form.
struct PendingChanges {
  std::vector<iceberg::SharedEntry> added;                           // data files, all rows
  std::unordered_map<std::string, iceberg::DeletionVector> deleted;  // rows, by data file
  bool empty() const { return added.empty() && deleted.empty(); }
};

// A table as one statement sees it. Immutable.
struct TableState {
  std::shared_ptr<Lake> lake;
  iceberg::LoadedTable table;
  const iceberg::Snapshot* snapshot = nullptr;  // nullptr: no rows
  const iceberg::Schema* schema = nullptr;      // of the rows read
  std::shared_ptr<const PendingChanges> pending;
  // Instead of the snapshot's files, whatever the filter is: for rewriting files.
  std::shared_ptr<const std::vector<iceberg::ScanFile>> only_files;
};

// DuckDB's text for reading `path` as it is, whatever glob characters are in it, quoted.
std::string quote_file(const std::string& path);

}  // namespace tarn::duckdb
