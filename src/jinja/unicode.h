// SPDX-License-Identifier: Apache-2.0
// Properties of characters as Python's str methods see them.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace tarn::jinja {

bool is_space(char32_t c);
bool is_alpha(char32_t c);
bool is_decimal(char32_t c);
bool is_digit(char32_t c);
bool is_numeric(char32_t c);
bool is_upper(char32_t c);
bool is_lower(char32_t c);
bool is_title(char32_t c);
bool is_cased(char32_t c);
// What repr shows as it is.
bool is_printable(char32_t c);
// `\w`: letters, digits and the underscore.
bool is_word(char32_t c);
bool is_identifier(std::string_view text);
// 0–9 of any script; -1 otherwise.
int decimal_value(char32_t c);

// Full mappings of whole texts (`ß` becomes `SS`).
std::string upper_text(std::string_view text);
std::string lower_text(std::string_view text);
std::string title_text(std::string_view text);
std::string capitalize_text(std::string_view text);
std::string swap_case_text(std::string_view text);
std::string casefold_text(std::string_view text);

// Byte offset of the code point with this index (size at the end).
std::size_t offset_of_code_point(std::string_view text, std::size_t index);
std::string_view strip_spaces(std::string_view text, bool left, bool right);

}  // namespace tarn::jinja
