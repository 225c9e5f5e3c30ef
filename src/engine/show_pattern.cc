// SPDX-License-Identifier: Apache-2.0
#include "engine/show_pattern.h"

#include "base/text.h"
#include "types/error_name.h"

namespace tarn::engine {

namespace {

std::vector<char32_t> letters_of(std::string_view text) {
  std::vector<char32_t> out;
  for (std::size_t at = 0; at < text.size();) out.push_back(next_code_point(text, at));
  return out;
}

}  // namespace

Result<ShowPattern> ShowPattern::make(std::string_view pattern, std::optional<std::string> escape) {
  ShowPattern out;
  out.is_set_ = true;
  char32_t mark = 0;
  if (escape) {
    const auto letters = letters_of(*escape);
    if (letters.size() != 1) {
      return types::named_error("INVALID_FUNCTION_ARGUMENT", {},
                                "Escape string must be a single character");
    }
    mark = letters[0];
  }
  const auto letters = letters_of(pattern);
  for (std::size_t i = 0; i < letters.size(); ++i) {
    if (mark != 0 && letters[i] == mark) {
      const bool valid = i + 1 < letters.size() &&
                         (letters[i + 1] == mark || letters[i + 1] == '%' || letters[i + 1] == '_');
      if (!valid) {
        return types::named_error(
            "INVALID_FUNCTION_ARGUMENT", {},
            "Escape character must be followed by '%', '_' or the escape character itself");
      }
      out.parts_.push_back({Part::Kind::Text, letters[++i]});
    } else if (letters[i] == '%') {
      out.parts_.push_back({Part::Kind::Any});
    } else if (letters[i] == '_') {
      out.parts_.push_back({Part::Kind::One});
    } else {
      out.parts_.push_back({Part::Kind::Text, letters[i]});
    }
  }
  return out;
}

// Goes back to the last `%` only, so the time is at most pattern times text.
bool ShowPattern::matches(std::string_view text) const {
  if (!is_set_) return true;
  const auto letters = letters_of(text);
  std::size_t at = 0;
  std::size_t part = 0;
  std::optional<std::size_t> any;
  std::size_t any_at = 0;
  while (at < letters.size()) {
    if (part < parts_.size() && parts_[part].kind == Part::Kind::Any) {
      any = part++;
      any_at = at;
    } else if (part < parts_.size() &&
               (parts_[part].kind == Part::Kind::One || parts_[part].letter == letters[at])) {
      ++part;
      ++at;
    } else if (any) {
      part = *any + 1;
      at = ++any_at;
    } else {
      return false;
    }
  }
  while (part < parts_.size() && parts_[part].kind == Part::Kind::Any) ++part;
  return part == parts_.size();
}

Result<ShowPattern> read_pattern(const std::optional<sql::LikePattern>& like) {
  if (!like) return ShowPattern();
  return ShowPattern::make(like->pattern, like->escape);
}

}  // namespace tarn::engine
