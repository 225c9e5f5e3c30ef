// SPDX-License-Identifier: Apache-2.0
// Any text: the parser neither crashes nor hangs, and what it reads prints to the same tree.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "sql/parser.h"
#include "sql/printer.h"
#include "sql/tree/compare.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace tarn::sql;
  std::string_view text(reinterpret_cast<const char*>(data), size);
  auto statements = parse_statements(text);
  if (!statements) {
    if (!tarn::sql::show_error(text, statements.error()).empty()) return 0;
    std::abort();
  }
  for (const auto& statement : *statements) {
    auto again = parse_statement(print(*statement));
    // Printing adds parentheses, so that a tree near the limits may be refused the second time.
    if (!again && again.error().message.find("nested too deeply") != std::string::npos) continue;
    if (!again || !same(*statement, **again)) std::abort();
  }
  return 0;
}
