// SPDX-License-Identifier: Apache-2.0
// The sample data of TPC-H, made by DuckDB's extension in memory. Shows no DuckDB type.
#pragma once

#include <string>

#include "base/result.h"
#include "duckdb/instance.h"

namespace tarn::duckdb {

// A larger scale does not belong into one process.
inline constexpr double kTpchScaleMax = 10;

// Makes the tables of that scale unless the instance has them, which takes seconds at scale 1. The
// text of their schema for FROM: `"tarn_tpch"."sf0.01"`. ErrorCode::Unsupported above the limit,
// Cancelled when `cancel` was requested: then there are none.
Result<std::string> make_tpch_schema(Instance& instance, double scale,
                                     const Cancel* cancel = nullptr);

}  // namespace tarn::duckdb
