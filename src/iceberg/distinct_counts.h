// SPDX-License-Identifier: Apache-2.0
// How many different values columns have, as sketches of the table's statistics files tell: Trino
// writes them with ANALYZE and with rows. The files are not read, the metadata has the number.
#pragma once

#include <cstdint>
#include <map>

#include "iceberg/table_metadata.h"

namespace tarn::iceberg {

// By field id, of the current snapshot or else of the nearest one before it that was counted.
std::map<int, std::int64_t> distinct_counts(const TableMetadata& metadata);

}  // namespace tarn::iceberg
