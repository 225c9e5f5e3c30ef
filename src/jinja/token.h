// SPDX-License-Identifier: Apache-2.0
// Tokens of a template.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace tarn::jinja {

enum class TokenType : std::uint8_t {
  Data,
  BlockBegin,
  BlockEnd,
  VariableBegin,
  VariableEnd,
  Name,
  String,
  Integer,
  Float,
  Add,
  Subtract,
  Divide,
  FloorDivide,
  Multiply,
  Modulo,
  Power,
  Tilde,
  LeftBracket,
  RightBracket,
  LeftParen,
  RightParen,
  LeftBrace,
  RightBrace,
  Equal,
  NotEqual,
  Greater,
  GreaterEqual,
  Less,
  LessEqual,
  Assign,
  Dot,
  Colon,
  Pipe,
  Comma,
  Semicolon,
  Eof,
  Failure,  // the lexer stopped here; text is its message
};

// `end of print statement`, `==`, …: as messages name it.
std::string_view describe(TokenType type);

struct Token {
  TokenType type = TokenType::Eof;
  std::uint32_t offset = 0;
  std::uint32_t length = 0;
  std::uint32_t line = 1;
  std::string_view text;  // names, numbers, data; strings with their escapes resolved
  bool is_name(std::string_view name) const { return type == TokenType::Name && text == name; }
};

// Ends with Eof or Failure. Views point into the source and into `storage`.
struct TokenList {
  std::vector<Token> tokens;
  std::deque<std::string> storage;
};

// `source` has LF line ends only. Its last line feed is not part of the template.
TokenList tokenize(std::string_view source);

}  // namespace tarn::jinja
