// SPDX-License-Identifier: Apache-2.0
// What happens to values that a column cannot hold. Internal to the decoder of fields.
#pragma once

#include <string_view>

#include "postgres/field_decoder.h"

namespace tarn::postgres {

// Sets ErrorCode::Corrupt; gives false.
bool bad_bytes(const ColumnPlan& plan, FieldContext& context);

enum class Treatment { Fail, Null, Clamp };

// Counts the loss and says what to do; sets the error for Fail.
Treatment treat_loss(const ColumnPlan& plan, Loss loss, std::string_view value,
                     FieldContext& context);

// For losses without a nearest value: appends NULL, or fails.
bool null_or_fail(const ColumnPlan& plan, Loss loss, std::string_view value, ColumnBuffer& out,
                  FieldContext& context);

}  // namespace tarn::postgres
