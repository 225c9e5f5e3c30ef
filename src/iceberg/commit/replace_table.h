// SPDX-License-Identifier: Apache-2.0
// An existing table becomes another one in a single commit: same identity and history, other
// columns, layout and rows.
#pragma once

#include <functional>

#include "base/result.h"
#include "iceberg/catalog.h"
#include "iceberg/commit/transaction.h"

namespace tarn::iceberg {

struct Replacement {
  // The table as it will be, without rows: what the new files are written for.
  LoadedTable staged;
  // The same changes, for the commit. Rows are no part of them.
  std::function<void(TableTransaction&)> changes;
};

// Columns that are there with the same type keep their ids; the others are dropped and added.
Result<Replacement> make_replacement(const LoadedTable& existing, const TableCreation& wanted);

}  // namespace tarn::iceberg
