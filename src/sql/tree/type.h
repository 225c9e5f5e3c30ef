// SPDX-License-Identifier: Apache-2.0
// Types as written in SQL text, before their names are looked up.
#pragma once

#include <cstdint>
#include <optional>

#include "sql/tree/node.h"

namespace tarn::sql {

enum class IntervalField { Year, Month, Day, Hour, Minute, Second };

struct TypeParameter;
struct RowTypeField;

// `name(parameter, …)` covers most; `x ARRAY`, `ARRAY<x>` and `DOUBLE PRECISION` are read as
// `array(x)` and `double`. TIME and TIMESTAMP have their zone in the kind.
struct DataType {
  enum class Kind { Named, Row, Interval, DateTime };
  TextSpan span;
  Kind kind = Kind::Named;
  Identifier name;                        // Named; `time` or `timestamp` for DateTime
  std::vector<TypeParameter> parameters;  // Named; at most one for DateTime
  std::vector<RowTypeField> row_fields;   // Row
  bool with_time_zone = false;            // DateTime
  IntervalField from = IntervalField::Day;
  IntervalField to = IntervalField::Second;
  static auto fields(auto& self) {
    return std::tie(self.kind, self.name, self.parameters, self.row_fields, self.with_time_zone,
                    self.from, self.to);
  }
};

// Either a number or a type.
struct TypeParameter {
  std::optional<std::int64_t> number;
  std::vector<DataType> type;  // one, if it is not a number
  static auto fields(auto& self) { return std::tie(self.number, self.type); }
};

struct RowTypeField {
  std::optional<Identifier> name;
  DataType type;
  static auto fields(auto& self) { return std::tie(self.name, self.type); }
};

}  // namespace tarn::sql
