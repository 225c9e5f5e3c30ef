// SPDX-License-Identifier: Apache-2.0
// Interval literals: which fields may stand in the text, from the first to the last.
#include <array>

#include "base/text.h"
#include "types/datetime_text.h"

namespace tarn::types {
namespace {

constexpr std::array<std::string_view, 6> kIntervalFieldNames = {"YEAR", "MONTH",  "DAY",
                                                                 "HOUR", "MINUTE", "SECOND"};
constexpr std::array<std::int64_t, 6> kIntervalFieldUnits = {12,        1,      86'400'000,
                                                             3'600'000, 60'000, 1'000};

std::string qualifier_text(IntervalField from, std::optional<IntervalField> to) {
  std::string text(kIntervalFieldNames[static_cast<std::size_t>(from)]);
  if (to) {
    text += " TO ";
    text += kIntervalFieldNames[static_cast<std::size_t>(*to)];
  }
  return text;
}

// Digits, and for seconds a fraction. Nullopt if there are none or too many.
std::optional<std::int64_t> read_field(std::string_view& text, IntervalField field) {
  std::size_t size = 0;
  while (size < text.size() && text[size] >= '0' && text[size] <= '9') ++size;
  if (size == 0 || size > 18) return std::nullopt;
  std::int64_t value = 0;
  const std::int64_t unit = kIntervalFieldUnits[static_cast<std::size_t>(field)];
  if (__builtin_mul_overflow(*parse_int64(text.substr(0, size)), unit, &value)) {
    return std::nullopt;
  }
  text.remove_prefix(size);
  if (field != IntervalField::Second || text.empty() || text[0] != '.') return value;
  text.remove_prefix(1);
  std::int64_t scale = 100;
  std::size_t digits = 0;
  for (; digits < text.size() && text[digits] >= '0' && text[digits] <= '9'; ++digits) {
    // Digits beyond the millisecond are cut off.
    value += (text[digits] - '0') * scale;
    scale /= 10;
  }
  if (digits == 0) return std::nullopt;
  text.remove_prefix(digits);
  return value;
}

char separator_before(IntervalField field) {
  switch (field) {
    case IntervalField::Month:
      return '-';
    case IntervalField::Hour:
      return ' ';
    default:
      return ':';
  }
}

}  // namespace

Result<std::int64_t> parse_interval_text(std::string_view text, IntervalField from,
                                         std::optional<IntervalField> last) {
  const IntervalField to = last.value_or(from);
  const bool months = from <= IntervalField::Month;
  if ((last && from >= to) || months != (to <= IntervalField::Month)) {
    return invalid_input("invalid interval qualifier: {}", qualifier_text(from, last));
  }
  const auto bad = [&] {
    return invalid_input("invalid INTERVAL {} value: {}", qualifier_text(from, last),
                         text.substr(0, 100));
  };
  std::string_view rest = text;
  bool negative = false;
  if (!rest.empty() && (rest[0] == '-' || rest[0] == '+')) {
    negative = rest[0] == '-';
    rest.remove_prefix(1);
  }
  std::int64_t total = 0;
  for (auto field = from;; field = static_cast<IntervalField>(static_cast<int>(field) + 1)) {
    const auto value = read_field(rest, field);
    if (!value || __builtin_add_overflow(total, *value, &total)) return bad();
    if (rest.empty()) break;
    const auto next = static_cast<IntervalField>(static_cast<int>(field) + 1);
    if (field == to || rest[0] != separator_before(next)) return bad();
    rest.remove_prefix(1);
  }
  if (months && total > 2147483647) return bad();
  return negative ? -total : total;
}

}  // namespace tarn::types
