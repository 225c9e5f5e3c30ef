// SPDX-License-Identifier: Apache-2.0
// Rows of a query and columns of a relation as templates see them: agate.Table and Column.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "jinja/object.h"

namespace tarn::project {

// What agate makes of a column: how a seed's column is created.
enum class ValueType : std::uint8_t { Unknown, Integer, Number, Date, DateTime, Boolean, Text };

struct TableData {
  std::vector<std::string> names;
  std::vector<std::vector<jinja::Value>> rows;
  std::vector<ValueType> types;  // as many as names, or none where nobody asked
};

jinja::Value make_table(TableData data);
jinja::Value make_table(std::vector<std::string> columns,
                        std::vector<std::vector<jinja::Value>> rows);
// The table behind a value; nullptr: it is none.
const TableData* table_data(const jinja::Value& value);

// dbt's TrinoColumn.
struct ColumnParts {
  std::string name;
  std::string dtype;  // `varchar`; of all but char, varchar and decimal the whole type
  std::optional<std::int64_t> char_size, precision, scale;
  bool operator==(const ColumnParts&) const = default;

  // From Trino's text of a type.
  static ColumnParts from_description(std::string_view name, std::string_view type);
  bool is_string() const;
  bool is_numeric() const;
  // `varchar(10)`, `decimal(18,2)`; char counts as varchar.
  std::string data_type() const;
  std::int64_t string_size() const;
  // Both are texts and the other one is longer.
  bool can_expand_to(const ColumnParts& other) const;
};

jinja::Value make_column(ColumnParts parts);
jinja::Value make_column(std::string_view name, std::string_view type);
const ColumnParts* column_parts(const jinja::Value& value);

}  // namespace tarn::project
