// SPDX-License-Identifier: Apache-2.0
// Decodes values that have parts. Internal to the decoder of fields; contracts as decode_field.
#pragma once

#include "postgres/field_decoder.h"

namespace tarn::postgres {

bool decode_array(const ColumnPlan& plan, const char* data, std::uint32_t size, ColumnBuffer& out,
                  FieldContext& context);
bool decode_composite(const ColumnPlan& plan, const char* data, std::uint32_t size,
                      ColumnBuffer& out, FieldContext& context);
bool decode_range(const ColumnPlan& plan, const char* data, std::uint32_t size, ColumnBuffer& out,
                  FieldContext& context);
bool decode_hstore(const ColumnPlan& plan, const char* data, std::uint32_t size, ColumnBuffer& out,
                   FieldContext& context);
// A struct of months, days and microseconds.
bool decode_interval_struct(const ColumnPlan& plan, std::string_view bytes, ColumnBuffer& out,
                            FieldContext& context);

}  // namespace tarn::postgres
