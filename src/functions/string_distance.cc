// SPDX-License-Identifier: Apache-2.0
// How much texts differ, and codes by which they are compared.
#include <utf8proc.h>

#include <algorithm>
#include <array>
#include <numeric>

#include "base/text.h"
#include "functions/lists.h"
#include "functions/typed_call.h"

namespace tarn::functions {

namespace {

using types::Value;
using enum types::TypeKind;

constexpr std::size_t kLevenshteinWorkMax = 1'000'000;

Result<std::u32string> code_points(const std::string& text) {
  if (!is_valid_utf8(text)) return invalid_argument("Invalid UTF-8 encoding in characters");
  std::u32string out;
  for (std::size_t at = 0; at < text.size();) out += next_code_point(text, at);
  return out;
}

Result<Value> levenshtein_distance(Arguments values) {
  const std::u32string left = TRY(code_points(values[0].as_text()));
  const std::u32string right = TRY(code_points(values[1].as_text()));
  if (left.empty()) return Value(static_cast<std::int64_t>(right.size()));
  if (right.empty()) return Value(static_cast<std::int64_t>(left.size()));
  if (left.size() * (right.size() - 1) > kLevenshteinWorkMax) {
    return invalid_argument("The combined inputs for Levenshtein distance are too large");
  }
  std::vector<std::int64_t> distances(right.size() + 1);
  std::iota(distances.begin(), distances.end(), 0);
  for (std::size_t i = 0; i < left.size(); ++i) {
    std::int64_t diagonal = distances[0]++;
    for (std::size_t j = 0; j < right.size(); ++j) {
      const std::int64_t above = distances[j + 1];
      const std::int64_t replaced = diagonal + (left[i] == right[j] ? 0 : 1);
      distances[j + 1] = std::min({replaced, above + 1, distances[j] + 1});
      diagonal = above;
    }
  }
  return Value(distances.back());
}

Result<Value> hamming_distance(Arguments values) {
  const std::string& left = values[0].as_text();
  const std::string& right = values[1].as_text();
  std::int64_t distance = 0;
  std::size_t i = 0;
  std::size_t j = 0;
  while (i < left.size() && j < right.size()) {
    if (next_code_point(left, i) != next_code_point(right, j)) ++distance;
  }
  if (i != left.size() || j != right.size()) {
    return invalid_argument(
        "The input strings to hamming_distance function must have the same length");
  }
  return Value(distance);
}

Result<Value> luhn_check(Arguments values) {
  const std::string& text = values[0].as_text();
  if (text.empty()) return Value(false);
  int sum = 0;
  bool doubled = false;
  for (auto digit = text.rbegin(); digit != text.rend(); ++digit, doubled = !doubled) {
    if (*digit < '0' || *digit > '9') {
      return invalid_argument("Input contains non-digit character");
    }
    const int number = (*digit - '0') * (doubled ? 2 : 1);
    sum += number > 9 ? number - 9 : number;
  }
  return Value(sum % 10 == 0);
}

bool is_letter(char32_t c) {
  if (c > 0xFFFF) return false;  // Java looks at the halves of a surrogate pair
  const auto category = utf8proc_category(static_cast<utf8proc_int32_t>(c));
  return category == UTF8PROC_CATEGORY_LU || category == UTF8PROC_CATEGORY_LL ||
         category == UTF8PROC_CATEGORY_LT || category == UTF8PROC_CATEGORY_LM ||
         category == UTF8PROC_CATEGORY_LO;
}

// The letters of a text in upper case.
Result<std::string> soundex_letters(const std::string& text) {
  std::string letters;
  for (std::size_t at = 0; at < text.size();) {
    const char32_t c = next_code_point(text, at);
    if (!is_letter(c)) continue;
    if (c == U'ß') {
      letters += "SS";
      continue;
    }
    const utf8proc_int32_t upper = utf8proc_toupper(static_cast<utf8proc_int32_t>(c));
    if (upper >= 'A' && upper <= 'Z') {
      letters += static_cast<char>(upper);
      continue;
    }
    std::string shown;
    append_utf8(shown, static_cast<char32_t>(upper));
    return invalid_argument("The character is not mapped: {} (index={})", shown, upper - 'A');
  }
  return letters;
}

// American Soundex; H and W do not separate letters of one class.
Result<Value> soundex(Arguments values) {
  constexpr std::string_view kClasses = "01230120022455012623010202";
  const std::string letters = TRY(soundex_letters(values[0].as_text()));
  if (letters.empty()) return Value(std::string());
  const auto class_of = [&](char letter) {
    return kClasses[static_cast<std::size_t>(letter - 'A')];
  };
  std::string out(1, letters[0]);
  char last = class_of(letters[0]);
  for (std::size_t i = 1; i < letters.size() && out.size() < 4; ++i) {
    if (letters[i] == 'H' || letters[i] == 'W') continue;
    const char digit = class_of(letters[i]);
    if (digit != '0' && digit != last) out += digit;
    last = digit;
  }
  out.append(4 - out.size(), '0');
  return Value(std::move(out));
}

constexpr FunctionEntry kStringDistanceFunctions[] = {
    {"hamming_distance", takes<hamming_distance, Varchar, Varchar>},
    {"levenshtein_distance", takes<levenshtein_distance, Varchar, Varchar>},
    {"luhn_check", takes<luhn_check, Varchar>},
    {"soundex", takes<soundex, Varchar>},
};

}  // namespace

FunctionList string_distance_functions() { return kStringDistanceFunctions; }

}  // namespace tarn::functions
