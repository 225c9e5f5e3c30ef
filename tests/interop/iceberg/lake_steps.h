// SPDX-License-Identifier: Apache-2.0
// Steps of the interop tests: each changes a lake by one commit, as a JSON object says.
#pragma once

#include <string_view>

#include "base/result.h"
#include "catalog/open_lake.h"
#include "iceberg/manifest_cache.h"

namespace tarn::interop {

iceberg::TableIdentifier identifier_of(std::string_view name);

// {"do": "schema" | "create" | "append" | "overwrite" | "delete_rows" | "evolve", …}
Result<void> run_step(catalog::Lake& lake, iceberg::ManifestCache& cache, std::string_view json);

}  // namespace tarn::interop
