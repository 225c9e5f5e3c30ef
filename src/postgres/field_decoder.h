// SPDX-License-Identifier: Apache-2.0
// Decodes single binary values into column buffers.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/result.h"
#include "postgres/column_plan.h"
#include "postgres/row_batch.h"

namespace tarn::postgres {

// What one column's values share while they are decoded.
struct FieldContext {
  TextHeap* heap = nullptr;
  LossCounts counts{};  // values that met each policy, whatever was done
  std::string scratch;
  std::optional<Error> error;
};

// Appends one value to `out`. False if it cannot be, with `context.error`: Corrupt for bytes that
// are not of the type, InvalidInput for a value that the policy does not allow.
// REQUIRES: `out` was made from `plan`.
bool decode_field(const ColumnPlan& plan, const char* data, std::uint32_t size, ColumnBuffer& out,
                  FieldContext& context);

// The same for a text of any column: checks that it is UTF-8.
bool decode_text(const ColumnPlan& plan, const char* data, std::uint32_t size, ColumnBuffer& out,
                 FieldContext& context);

}  // namespace tarn::postgres
