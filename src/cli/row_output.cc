// SPDX-License-Identifier: Apache-2.0
#include "cli/row_output.h"

#include "base/json_text.h"
#include "cli/result_writer.h"
#include "project/data.h"
#include "types/wire.h"

namespace tarn::cli {

std::string rows_table(const warehouse::Answer& answer, const Terminal& terminal) {
  std::string out;
  const auto writer = make_result_writer(
      "table", [&](std::string_view text) { out += text; }, terminal);
  std::vector<engine::AnswerColumn> columns;
  for (const auto& column : answer.columns) columns.push_back({column.name, column.type});
  writer->begin(columns);
  writer->rows(answer.rows);
  writer->end();
  return out;
}

std::string rows_json(const std::string& name, const warehouse::Answer& answer) {
  std::string out = "{\n  \"node\": ";
  append_json_text(out, name);
  out += ",\n  \"show\": [";
  for (std::size_t r = 0; r < answer.rows.size(); ++r) {
    out += r == 0 ? "\n    {" : ",\n    {";
    for (std::size_t i = 0; i < answer.columns.size(); ++i) {
      if (i > 0) out += ", ";
      append_json_text(out, answer.columns[i].name);
      out += ": ";
      types::append_wire_json(out, answer.columns[i].type, answer.rows[r][i]);
    }
    out += '}';
  }
  return out + (answer.rows.empty() ? "]\n}\n" : "\n  ]\n}\n");
}

}  // namespace tarn::cli
