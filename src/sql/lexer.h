// SPDX-License-Identifier: Apache-2.0
// Splits SQL text into tokens. Never fails: a character that starts no token becomes
// Token::Unrecognized, which no rule of the grammar takes. Comments are kept aside.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "sql/token.h"

namespace tarn::sql {

// A comment with its marks: `-- …` without the line end, or `/* … */`.
struct Comment {
  TextSpan span;
};

struct TokenList {
  std::vector<TokenPlace> tokens;  // ends with one EndOfText
  std::vector<Comment> comments;
  // For a LeftParen the index of its RightParen, else 0; unbalanced ones give 0.
  std::vector<std::uint32_t> partner;
};

// Linear in the size of the text. REQUIRES: text.size() < 4 GiB.
TokenList tokenize(std::string_view text);

}  // namespace tarn::sql
