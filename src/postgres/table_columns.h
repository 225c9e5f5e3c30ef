// SPDX-License-Identifier: Apache-2.0
// What a server says about the columns of a table, as far as reading it needs: the input of
// type_mapping.h. Reads catalogs only, in the transaction that the connection is in.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "postgres/connection.h"
#include "postgres/type_mapping.h"

namespace tarn::postgres {

struct SourceColumn {
  std::string name;
  std::uint32_t type = 0;  // pg_type.oid
  std::int32_t modifier = -1;
  bool is_nullable = true;
  bool is_generated = false;
  int primary_key_position = 0;  // from 1; 0 for none
  std::optional<std::string> comment;
};

// All types that are not built in.
Result<TypeTable> load_type_table(Connection& connection);

// In the table's order, without dropped ones. ErrorCode::NotFound if there is no such table, view,
// materialized view or foreign table.
Result<std::vector<SourceColumn>> load_columns(Connection& connection, std::string_view schema,
                                               std::string_view table);

// Digits of the fraction of money in the server's locale, for TypePolicy::money_scale.
Result<int> load_money_scale(Connection& connection);

}  // namespace tarn::postgres
