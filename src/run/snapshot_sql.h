// SPDX-License-Identifier: Apache-2.0
// The statements of a snapshot (slowly changing dimension, type 2) in Trino SQL: the first one
// creates the history, the later one compares the source with the open versions and closes and
// opens versions in a single MERGE. The source is read once; no table beside the target is needed.
//
// Rows and values are those of dbt's staging query: a changed row gives an `update` (closes the
// open version) and an `insert`, a new key an `insert`, a vanished one a `delete`, and with
// `new_record` an `insert` of a deletion record. Pure.
#pragma once

#include <string>
#include <vector>

#include "run/key_check.h"

namespace tarn::run {

enum class HardDeletes { Ignore, Invalidate, NewRecord };

// Names of the columns that a snapshot adds.
struct SnapshotColumns {
  std::string valid_from = "dbt_valid_from";
  std::string valid_to = "dbt_valid_to";
  std::string scd_id = "dbt_scd_id";
  std::string updated_at = "dbt_updated_at";
  std::string is_deleted = "dbt_is_deleted";
};

// What the strategy's macro says; texts are SQL over the source's columns.
struct SnapshotStrategy {
  std::vector<std::string> unique_key;
  std::string updated_at;
  std::string scd_id;
  // Over `source_data` (the new row) and `snapshotted_data` (the open version).
  std::string row_changed;
  HardDeletes hard_deletes = HardDeletes::Ignore;
};

struct SnapshotStatement {
  std::string target;      // relation as in SQL
  std::string source_sql;  // the snapshot's compiled query
  SnapshotStrategy strategy;
  SnapshotColumns columns;
  std::string valid_to_current;  // SQL; empty: NULL
  std::string now;               // SQL of the snapshot's time
  // Columns of the source, in order; quoted names are made here.
  std::vector<std::string> source_columns;
  KeyCheck key_check = KeyCheck::Fail;
  KeySearch key_search = KeySearch::Window;
};

// The query whose rows are the first versions.
std::string snapshot_first_query(const SnapshotStatement& statement);
// The MERGE of a later run. Columns of the target that the source does not have stay NULL in new
// versions.
std::string snapshot_merge(const SnapshotStatement& statement);
// Keys of the source that are NULL or occur several times: `key…, times`, at most five.
std::string snapshot_key_report(const SnapshotStatement& statement);

}  // namespace tarn::run
