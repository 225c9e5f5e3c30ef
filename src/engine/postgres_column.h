// SPDX-License-Identifier: Apache-2.0
// Columns of Postgres as Trino's connector shows them, and more: what it leaves out (numeric
// without precision, intervals, networks, arrays, …) is here by the policies of
// postgres/type_mapping.h. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/result.h"
#include "engine/scan_source.h"
#include "postgres/column_plan.h"
#include "postgres/table_columns.h"
#include "types/type.h"

namespace tarn::engine {

// How conditions on a column may be told to the server.
enum class PushKind : std::uint8_t {
  None,     // only IS NULL
  Changed,  // nothing: a policy gives it other values than the server has
  Number,
  Float,
  Boolean,
  Date,
  Timestamp,
  TimestampTz,
  Uuid,
  Text,
  Char,  // equality only
};

struct PostgresColumn {
  std::string name;  // as the server has it
  postgres::ColumnPlan plan;
  types::Type type;
  PushKind push = PushKind::None;
  bool is_nullable = true;
  std::optional<std::string> comment;
  std::string type_text;  // as the server writes it: `character varying(3)`
};

// The column is an instant or a day whose infinities become NULL or the nearest value.
std::optional<postgres::LossPolicy> infinity_policy(const PostgresColumn& column);

Result<PostgresColumn> make_postgres_column(const postgres::SourceColumn& source,
                                            const postgres::TypeTable& types,
                                            const postgres::TypePolicy& policy = {});

// A column of `tarn_rows` with that plan as a value.
ScanColumn read_postgres_column(const PostgresColumn& column, const std::string& text);

// Postgres' type for a column of Trino's type; NOT_SUPPORTED for rows, maps and others.
Result<std::string> postgres_type(const types::Type& type);

}  // namespace tarn::engine
