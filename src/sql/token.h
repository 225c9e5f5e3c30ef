// SPDX-License-Identifier: Apache-2.0
// Tokens of Trino SQL. A token is a kind and a place; its text is read from the source.
#pragma once

#include <cstdint>
#include <string_view>

#include "base/text_span.h"

namespace tarn::sql {

enum class Token : std::uint16_t {
  EndOfText,
  Identifier,
  QuotedIdentifier,      // "a""b"
  BackquotedIdentifier,  // `a`: an error in Trino
  DigitIdentifier,       // 1abc: an error in Trino
  String,                // 'it''s'
  UnicodeString,         // U&'\0041'
  Binary,                // X'00ff'
  Integer,               // 12, 1_000, 0xFF, 0o17, 0b11
  Decimal,               // 1.5
  Double,                // 1e0
  DollarString,          // $$ body of a routine $$
  Equal,
  NotEqual,
  Less,
  LessOrEqual,
  Greater,
  GreaterOrEqual,
  Plus,
  Minus,
  Asterisk,
  Slash,
  Percent,
  Concat,
  QuestionMark,
  Semicolon,
  LeftParen,
  RightParen,
  LeftBracket,
  RightBracket,
  Comma,
  Dot,
  Colon,
  Arrow,         // ->
  FatArrow,      // =>
  Unrecognized,  // one character that starts no token
// The keywords follow: Token::Select, Token::From, …
#define KEYWORD(name, text, reserved) Kw##name,
#include "sql/keywords.def"
#undef KEYWORD
};

inline bool is_keyword(Token token) { return token > Token::Unrecognized; }

// `SELECT` for a keyword, `=>` for a mark, `<EOF>`, `<identifier>`, …
std::string_view to_string(Token token);

// True if the token may be an identifier: names and keywords that are not reserved.
bool can_be_identifier(Token token);

struct TokenPlace {
  Token token = Token::EndOfText;
  TextSpan span;
};

}  // namespace tarn::sql
