// SPDX-License-Identifier: Apache-2.0
// Types as text. Trino prints a type in two ways: as `typeof` and messages do (`decimal(2,1)`,
// `interval day to second`), and as the `type` of a result column, which is the SQL formatter's
// form (`decimal(2, 1)`, `INTERVAL DAY TO SECOND`, odd field names quoted). The parser reads both.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"
#include "types/type.h"

namespace tarn::types {

// Types nested deeper than this are refused.
inline constexpr int kTypeDepthMax = 100;

// What the letter case of unquoted field names says: nothing in a statement, where they are lower
// case; in the texts that servers send it stands.
enum class FieldNames : std::uint8_t { AsWritten, InSql };

// `row(a bigint, "b c" varchar(3))`, `timestamp(3) with time zone`, `double precision`. Ignores
// letter case outside of field names; `array<bigint>` and `bigint array` are read too. Parameters
// out of range and unknown names are ErrorCode::InvalidInput.
Result<Type> parse_type(std::string_view text, FieldNames names = FieldNames::AsWritten);

// As `typeof`, DESCRIBE and error messages.
std::string to_string(const Type& type);
// As the `type` of a column in the client protocol.
std::string to_sql_text(const Type& type);

// Appends the JSON object of a column's `typeSignature` in the client protocol.
void append_type_signature(std::string& out, const Type& type);

// The word cannot stand as an identifier without quotes in Trino (case ignored).
bool is_reserved_word(std::string_view word);
// The name, quoted if it must be in Trino SQL.
std::string sql_identifier(std::string_view name);

// Gives a time or timestamp type without precision (`timestamp`), as sent to clients that lack the
// capability PARAMETRIC_DATETIME; other types stay, their parts are changed.
std::string to_legacy_sql_text(const Type& type);

}  // namespace tarn::types
