// SPDX-License-Identifier: Apache-2.0
// The tables of TPC-H as Trino's connector shows them. What is made by DuckDB's extension is the
// same in all columns but the free texts `comment` and `address`, which have other words.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace tarn::engine {

struct TpchColumn {
  std::string_view name;
  std::string_view type;  // Trino's
};

struct TpchTable {
  std::string_view name;
  std::string_view prefix;  // of the columns in DuckDB: `l_`
  std::span<const TpchColumn> columns;
};

// Sorted by name.
std::span<const TpchTable> tpch_tables();

// `tiny` is 0.01, `sf10` is 10.
std::optional<double> tpch_scale(std::string_view schema);

}  // namespace tarn::engine
