// SPDX-License-Identifier: Apache-2.0
// ASCII and UTF-8 text: splitting, trimming, case, numbers, suggestions for misspelled names.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace tarn {

// "a,,b" by ',' gives {"a", "", "b"}; "" gives {""}.
std::vector<std::string_view> split(std::string_view text, char separator);
std::string join(std::span<const std::string> parts, std::string_view separator);
// Removes ASCII white space (space, tab, CR, LF, VT, FF).
std::string_view trim(std::string_view text);
std::string_view trim_left(std::string_view text);
std::string_view trim_right(std::string_view text);
// ASCII only; other bytes stay.
std::string to_lower(std::string_view text);
std::string to_upper(std::string_view text);
bool equals_ignore_case(std::string_view a, std::string_view b);
std::string replace_all(std::string_view text, std::string_view from, std::string_view to);
// `it's` → `'it''s'` for mark ' and likewise for ".
std::string quote(std::string_view text, char mark);

// The whole text must be a decimal number in range, with an optional sign.
std::optional<std::int64_t> parse_int64(std::string_view text);
std::optional<double> parse_double(std::string_view text);
// Shortest text that reads back to the same value: `0.1`, `1e+20`, `inf`, `nan`.
std::string shortest_double(double value);

// UTF-8. `next_code_point` reads at `offset` and moves it on; malformed bytes give U+FFFD, one byte
// at a time.
char32_t next_code_point(std::string_view text, std::size_t& offset);
void append_utf8(std::string& out, char32_t code_point);
bool is_valid_utf8(std::string_view text);
std::size_t count_code_points(std::string_view text);
// The first `count` code points.
std::string_view utf8_prefix(std::string_view text, std::size_t count);
// Columns on a terminal (wide characters count 2, combining ones 0).
std::size_t display_width(std::string_view text);
// Full Unicode case mapping of single code points (no locale).
std::string utf8_lower(std::string_view text);
std::string utf8_upper(std::string_view text);

// The candidate nearest to `name` by edit distance, letter case aside, if it is near enough to be
// worth a "did you mean"; ties go to the first.
std::optional<std::string> nearest_name(std::string_view name,
                                        std::span<const std::string> candidates);
// ", did you mean `x`?" or "".
std::string did_you_mean(std::string_view name, std::span<const std::string> candidates);

// Shell-like pattern: `*` any text, `?` one character, `[abc]`; the whole text must match.
bool matches_glob(std::string_view pattern, std::string_view text);

// Bytes for a person: `999 B`, `1.5 KB`, `3.2 GB` (powers of 1000).
std::string human_bytes(std::uint64_t bytes);
// 1234567 → `1,234,567`.
std::string human_count(std::int64_t count);

// Removes passwords from URLs (`scheme://user:secret@host`, `password=secret` in queries and in
// libpq key/value texts): each becomes `***`.
std::string mask_secrets(std::string_view text);

}  // namespace tarn
