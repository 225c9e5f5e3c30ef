// SPDX-License-Identifier: Apache-2.0
// LIKE … ESCAPE of SHOW statements. Internal to the engine.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "sql/tree/statement.h"

namespace tarn::engine {

class ShowPattern {
 public:
  // Matches everything.
  ShowPattern() = default;
  static Result<ShowPattern> make(std::string_view pattern, std::optional<std::string> escape);
  bool matches(std::string_view text) const;

 private:
  struct Part {
    enum class Kind { Text, One, Any } kind;
    char32_t letter = 0;
  };
  bool is_set_ = false;
  std::vector<Part> parts_;
};

Result<ShowPattern> read_pattern(const std::optional<sql::LikePattern>& like);

}  // namespace tarn::engine
