// SPDX-License-Identifier: Apache-2.0
// The summary of a snapshot: what it added and removed, and the new totals. Spec: "Appendix F:
// Snapshot Summary".
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <unordered_map>

#include "iceberg/data_file.h"
#include "iceberg/snapshot.h"
#include "iceberg/table_metadata.h"

namespace tarn::iceberg {

class SummaryBuilder {
 public:
  void add_file(const DataFile& file) { count(file, added_, &PartitionChange::added); }
  void remove_file(const DataFile& file) { count(file, removed_, &PartitionChange::removed); }

  bool empty() const { return added_.is_empty() && removed_.is_empty(); }
  bool adds_data() const { return added_.data_files > 0; }
  bool adds_deletes() const { return added_.delete_files > 0; }
  bool removes_data() const { return removed_.data_files > 0; }
  bool removes_deletes() const { return removed_.delete_files > 0; }
  std::int64_t added_records() const { return added_.records; }
  std::int64_t removed_records() const { return removed_.records; }

  // `previous` is the parent; nullptr starts all totals at 0. Totals that the parent does not know
  // are left out.
  std::map<std::string, std::string> build(const TableMetadata& metadata,
                                           const Snapshot* previous) const;

 private:
  struct Counts {
    std::int64_t data_files = 0;
    std::int64_t delete_files = 0;
    std::int64_t equality_delete_files = 0;
    std::int64_t position_delete_files = 0;
    std::int64_t vectors = 0;
    std::int64_t records = 0;
    std::int64_t bytes = 0;
    std::int64_t position_deletes = 0;
    std::int64_t equality_deletes = 0;

    void count(const DataFile& file);
    bool is_empty() const { return data_files == 0 && delete_files == 0; }
  };
  struct PartitionChange {
    Counts added;
    Counts removed;
  };

  void count(const DataFile& file, Counts& counts, Counts PartitionChange::*part);
  static void write_counts(const Counts& added, const Counts& removed,
                           std::map<std::string, std::string>& summary);

  Counts added_;
  Counts removed_;
  std::unordered_map<int, std::unordered_map<PartitionTuple, PartitionChange, PartitionTupleHash>>
      partitions_;
};

}  // namespace tarn::iceberg
