// SPDX-License-Identifier: Apache-2.0
// Keys that must be there once: NULL and repeated ones are found in the statement itself, by one
// pass over its rows, and named in its error.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "project/resource.h"

namespace tarn::run {

// What happens to keys that are NULL or occur twice in the source.
enum class KeyCheck {
  Fail,    // the statement fails and names the key
  Accept,  // as dbt does: NULL is new each time, duplicates fail at their first change
};

// By the config `tarn_key_check`: `fail` (the default) or `accept`.
Result<KeyCheck> key_check_of(const project::Node& node);

// A query with the rows of `query` that fails at the first bad key. `keys` are SQL expressions over
// its columns, `owner` a word for the message, `columns` the columns that it gives.
std::string checked_query(const std::string& query, const std::vector<std::string>& keys,
                          std::string_view owner, const std::vector<std::string>& columns);

}  // namespace tarn::run
