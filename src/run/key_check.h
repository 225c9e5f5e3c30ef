// SPDX-License-Identifier: Apache-2.0
// Keys that must be there once: NULL and repeated ones are found in the statement itself, by one
// pass over its rows, and named in its error.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "project/adapter.h"
#include "project/resource.h"
#include "warehouse/warehouse.h"

namespace tarn::run {

// What happens to keys that are NULL or occur twice in the source.
enum class KeyCheck {
  Fail,    // the statement fails and names the key
  Accept,  // as dbt does: NULL is new each time, duplicates fail at their first change
};

// By the config `tarn_key_check`: `fail` (the default) or `accept`.
Result<KeyCheck> key_check_of(const project::Node& node);

// How repeated keys are found.
enum class KeySearch {
  Window,     // by a count over all rows of the key: anywhere
  FirstSeen,  // by `tarn_first_seen` of its text: rows are not kept, by the embedded engine only
};
// FirstSeen where every key is a column whose text tells all values apart.
KeySearch key_search(warehouse::Kind kind, const std::vector<std::string>& keys,
                     const std::vector<project::ColumnInfo>& columns);

// A query with the rows of `query` that fails at the first bad key. `keys` are SQL expressions over
// its columns, `owner` a word for the message, `columns` the columns that it gives.
std::string checked_query(const std::string& query, const std::vector<std::string>& keys,
                          std::string_view owner, const std::vector<std::string>& columns,
                          KeySearch search);

}  // namespace tarn::run
