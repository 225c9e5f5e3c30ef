// SPDX-License-Identifier: Apache-2.0
// A place in a source text (SQL, YAML, Jinja), and the excerpt that shows it to a person.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace tarn {

// `offset` and `length` count bytes from 0; `line` counts from 1, `column` counts characters (code
// points) from 1, of the span's first character.
struct TextSpan {
  std::uint32_t offset = 0;
  std::uint32_t length = 0;
  std::uint32_t line = 1;
  std::uint32_t column = 1;

  std::uint32_t end() const { return offset + length; }
  bool operator==(const TextSpan&) const = default;
};

// Computes line and column of a byte range in `text`. Ranges past the end are clipped.
TextSpan make_text_span(std::string_view text, std::size_t offset, std::size_t length);

// The smallest span that covers both.
TextSpan cover(const TextSpan& first, const TextSpan& last);

// Renders the line of the span with a caret line below it, in the form
//      12 | select colour from t
//         |        ^^^^^^
// Long lines are cut around the span. Ends with a line feed.
std::string excerpt(std::string_view text, const TextSpan& span);

}  // namespace tarn
