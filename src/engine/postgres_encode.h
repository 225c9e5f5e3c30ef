// SPDX-License-Identifier: Apache-2.0
// Trino's values as fields of a binary COPY into Postgres. Pure.
#pragma once

#include <string>

#include "base/result.h"
#include "engine/postgres_column.h"
#include "types/value.h"

namespace tarn::engine {

// The header, and the end of a stream.
void append_copy_header(std::string& out);
void append_copy_trailer(std::string& out);
void append_row_start(std::string& out, std::size_t field_count);

// The column can be sent as its own type; else it is sent as text and cast by the server.
bool has_binary_form(const PostgresColumn& column);
// One field: a value of the column's Trino type. REQUIRES: the column's own type or text, as
// `has_binary_form` says. InvalidInput for values that Postgres has no place for.
Result<void> append_field(std::string& out, const PostgresColumn& column,
                          const types::Value& value);

// The value of `$row`: fields of types oid and tid.
Result<void> append_row_place(std::string& out, const std::string& place);

}  // namespace tarn::engine
