// SPDX-License-Identifier: Apache-2.0
// Aggregates of Trino that DuckDB lacks or answers otherwise, as aggregates of DuckDB's SQL:
//
//   tarn_sum(DECIMAL(38,s))   same type; more than 38 digits are Trino's error
//   tarn_avg(DECIMAL(38,s))   same type, half away from zero, no overflow
//   tarn_var_pop, tarn_var_samp, tarn_stddev_pop, tarn_stddev_samp, tarn_skewness, tarn_kurtosis,
//   tarn_geometric_mean       DOUBLE of DOUBLE; NaN and infinity are no errors
//   tarn_corr, tarn_covar_pop, tarn_covar_samp, tarn_regr_slope, tarn_regr_intercept,
//   tarn_regr_avgx, …         DOUBLE of (y DOUBLE, x DOUBLE)
//
// NULLs do not count; NULL without rows. Internal: shows DuckDB's types.
#pragma once

#include "duckdb/native.h"

namespace tarn::duckdb {

// Throws DuckDB's exceptions.
void register_aggregates(dk::DatabaseInstance& database);

}  // namespace tarn::duckdb
