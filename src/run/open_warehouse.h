// SPDX-License-Identifier: Apache-2.0
// The warehouse of a profile's target: the lakehouse of tarn.yml in this process, or a cluster.
#pragma once

#include <memory>

#include "base/diagnostics.h"
#include "base/result.h"
#include "lakehouse/lakehouse.h"
#include "project/profile.h"
#include "warehouse/warehouse.h"

namespace tarn::run {

// Findings in tarn.yml go to `diagnostics`. Options of a cluster are those of dbt-trino's profile:
// a method or key that is not known is InvalidInput with its name.
Result<std::unique_ptr<warehouse::Warehouse>> open_warehouse(const project::Profile& profile,
                                                             const lakehouse::OpenOptions& options,
                                                             Diagnostics& diagnostics);

}  // namespace tarn::run
