// SPDX-License-Identifier: Apache-2.0
#include "cli/row_output.h"

#include "cli/text_table.h"
#include "project/data.h"
#include "types/value_text.h"
#include "types/wire.h"

namespace tarn::cli {

namespace {

// All but containers, bytes, and floats, whose cast has an exponent: `9.1E0`.
bool is_scalar_text(const types::Type& type) {
  switch (type.kind) {
    case types::TypeKind::Array:
    case types::TypeKind::Map:
    case types::TypeKind::Row:
    case types::TypeKind::Varbinary:
    case types::TypeKind::Real:
    case types::TypeKind::Double:
      return false;
    default:
      return true;
  }
}

std::string cell_text(const types::Type& type, const types::Value& value) {
  if (is_scalar_text(type)) return types::cast_to_text(type, value);
  std::string out;
  types::append_wire_json(out, type, value);
  return out;
}

}  // namespace

std::string rows_table(const warehouse::Answer& answer, const Terminal& terminal) {
  TextTable table;
  for (const auto& column : answer.columns) {
    table.columns.push_back(
        {column.name, types::is_numeric(column.type) ? Align::Right : Align::Left});
  }
  for (const auto& row : answer.rows) {
    std::vector<std::optional<std::string>> cells;
    for (std::size_t i = 0; i < row.size(); ++i) {
      if (row[i].is_null()) {
        cells.emplace_back();
      } else {
        cells.emplace_back(cell_text(answer.columns[i].type, row[i]));
      }
    }
    table.add(std::move(cells));
  }
  return format_table(table, terminal);
}

std::string rows_json(const std::string& name, const warehouse::Answer& answer) {
  std::string out = "{\n  \"node\": ";
  project::append_json_text(out, name);
  out += ",\n  \"show\": [";
  for (std::size_t r = 0; r < answer.rows.size(); ++r) {
    out += r == 0 ? "\n    {" : ",\n    {";
    for (std::size_t i = 0; i < answer.columns.size(); ++i) {
      if (i > 0) out += ", ";
      project::append_json_text(out, answer.columns[i].name);
      out += ": ";
      types::append_wire_json(out, answer.columns[i].type, answer.rows[r][i]);
    }
    out += '}';
  }
  return out + (answer.rows.empty() ? "]\n}\n" : "\n  ]\n}\n");
}

}  // namespace tarn::cli
