// SPDX-License-Identifier: Apache-2.0
#include "project/python_model.h"

#include <fmt/core.h>

#include "base/text.h"
#include "project/static_scan.h"

namespace tarn::project {

Result<void> scan_python_model(std::string_view text, const Node& node, ParseRecord& record) {
  std::size_t models = 0;
  std::string calls;
  for (auto line : split(text, '\n')) {
    if (line.starts_with("def model(")) ++models;
    line = line.substr(0, line.find('#'));
    for (const char* function : {"ref", "source", "config"}) {
      const std::string start = fmt::format("dbt.{}(", function);
      for (auto at = line.find(start); at != std::string_view::npos;
           at = line.find(start, at + 1)) {
        const auto close = line.find(')', at);
        if (close == std::string_view::npos) continue;
        calls += fmt::format("{{{{ {} }}}}", line.substr(at + 4, close - at - 3));
      }
    }
  }
  if (models != 1) {
    return invalid_input(
        "in model {} ({}): exactly one function `model` must be defined in a Python file, found {}",
        node.name, node.original_path, models);
  }
  if (!scan_static(record.arena.copy(calls), record)) {
    return unsupported(
        "in model {} ({}): dbt.ref(), dbt.source() and dbt.config() need literal "
        "arguments",
        node.name, node.original_path);
  }
  return ok();
}

}  // namespace tarn::project
