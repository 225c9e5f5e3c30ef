// SPDX-License-Identifier: Apache-2.0
#include "base/check.h"

#include <cstdio>
#include <cstdlib>

namespace tarn {

void check_failed(std::string_view condition, std::string_view note, std::source_location where) {
  std::fprintf(stderr, "tarn: bug: %s:%u: %.*s %.*s\n", where.file_name(), where.line(),
               static_cast<int>(condition.size()), condition.data(), static_cast<int>(note.size()),
               note.data());
  std::abort();
}

}  // namespace tarn
