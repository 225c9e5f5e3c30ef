// SPDX-License-Identifier: Apache-2.0
// Patterns of LIKE: `%` any text, `_` one code point, perhaps an escape character before them.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace tarn::functions {

class LikeMatcher {
 public:
  // A bad escape is INVALID_FUNCTION_ARGUMENT.
  static Result<LikeMatcher> parse(std::string_view pattern,
                                   std::optional<std::string_view> escape);

  bool matches(std::string_view text) const;

 private:
  // What stands between two `%`: a text in which some characters are free.
  struct Piece {
    std::string text;               // with one `_` for each free character
    std::vector<std::size_t> free;  // their offsets in `text`, ascending
  };
  // The end of the piece in the text at `at`, or npos.
  static std::size_t match_at(const Piece& piece, std::string_view text, std::size_t at);
  static std::size_t find_from(const Piece& piece, std::string_view text, std::size_t from,
                               std::size_t& end);
  static bool match_end(const Piece& piece, std::string_view text, std::size_t from);

  std::vector<Piece> pieces_;  // one more than there are `%`
};

}  // namespace tarn::functions
