// SPDX-License-Identifier: Apache-2.0
// Seeds: CSV files with the types that dbt (through agate) sees in them.
#pragma once

#include <string_view>
#include <vector>

#include "base/result.h"
#include "project/context/table.h"
#include "project/project.h"

namespace tarn::project {

struct SeedOptions {
  char delimiter = ',';
  std::vector<std::string_view> text_columns;  // with a type of their own: values stay texts
  // Values of columns that are found to be timestamps stay texts, with all their digits.
  bool timestamps_as_texts = false;
};

// RFC 4180 with Python's leniency; the first line holds the names. A column is the first of
// number, date (2024-01-31), timestamp (2024-01-31 10:00:00 or ISO 8601), boolean (true, false)
// that all its values are, else text; `` and `null` are NULL.
Result<TableData> parse_seed(std::string_view csv, const SeedOptions& options);
// The file of a seed node, with its config on top of `options`.
Result<TableData> load_seed(const Project& project, const Node& node, SeedOptions options = {});

}  // namespace tarn::project
