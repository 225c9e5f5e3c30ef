// SPDX-License-Identifier: Apache-2.0
// Rows of the caller as a table in SQL: `system.given.<name>`, for one session and as long as the
// caller wants.
#pragma once

#include <memory>
#include <vector>

#include "engine/answer.h"

namespace tarn::engine {

struct GivenTable {
  std::vector<AnswerColumn> columns;  // names in lower case
  // Each row as wide as the columns. Read only; not copied as a whole.
  std::shared_ptr<const std::vector<Row>> rows;
};

}  // namespace tarn::engine
