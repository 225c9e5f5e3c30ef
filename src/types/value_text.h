// SPDX-License-Identifier: Apache-2.0
// Values as text: what CAST to varchar prints, what typed literals and CAST of varchar read, and
// SQL literals that give the value back.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "types/value.h"

namespace tarn::types {

// CAST(value AS varchar). REQUIRES: a scalar type that has this cast, and no NULL. Varbinary is
// taken as UTF-8.
std::string cast_to_text(const Type& type, const Value& value);

// CAST(text AS type) for scalar types; ErrorCode::InvalidInput where Trino says
// INVALID_CAST_ARGUMENT, ErrorCode::Unsupported for types without this cast. Timestamps without a
// zone in the text are taken in `session_zone` where the type has a zone.
Result<Value> cast_from_text(const Type& type, std::string_view text, TimeZone session_zone);

// `DATE '2024-01-01'`, `TIMESTAMP '… Europe/Paris'`, `DECIMAL '1.10'`, `CHAR 'abc'`: the type
// follows from the text where Trino infers it. `type_text` is what stands before the quote.
Result<TypedValue> parse_typed_literal(std::string_view type_text, std::string_view text,
                                       TimeZone session_zone);

// A Trino SQL expression of exactly this type and value: `CAST(NULL AS bigint)`, `BIGINT '7'`,
// `ARRAY[…]`. Binary sketches are ErrorCode::Unsupported.
Result<std::string> to_sql_literal(const Type& type, const Value& value);

}  // namespace tarn::types
