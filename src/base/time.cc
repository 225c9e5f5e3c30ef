// SPDX-License-Identifier: Apache-2.0
#include "base/time.h"

#include <fmt/format.h>

#include <array>

namespace tarn {

namespace {

constexpr std::int64_t kNanosPerMicro = 1'000;
constexpr std::int64_t kNanosPerDay = kMicrosPerDay * kNanosPerMicro;
// From 0000-03-01 to 1970-01-01: years that begin in March have the leap day at their end.
constexpr std::int64_t kDaysToEpoch = 719'468;
constexpr std::int64_t kDaysPerEra = 146'097;  // 400 years

constexpr bool is_leap_year(std::int64_t year) {
  return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

// `.001`, `.000001` or `.000000001`: the shortest of these that is exact; nothing for zero.
std::string format_fraction(std::int64_t nanos) {
  if (nanos == 0) return {};
  if (nanos % 1'000'000 == 0) return fmt::format(".{:03}", nanos / 1'000'000);
  if (nanos % 1'000 == 0) return fmt::format(".{:06}", nanos / 1'000);
  return fmt::format(".{:09}", nanos);
}

std::string format_time_nanos(std::int64_t nanos_of_day) {
  const std::int64_t seconds = nanos_of_day / 1'000'000'000;
  return fmt::format("{:02}:{:02}:{:02}{}", seconds / 3600, seconds / 60 % 60, seconds % 60,
                     format_fraction(nanos_of_day % 1'000'000'000));
}

// Takes texts apart from the left.
class TimeScanner {
 public:
  explicit TimeScanner(std::string_view text) : rest_(text) {}

  bool at_end() const { return rest_.empty(); }
  char peek() const { return rest_.empty() ? '\0' : rest_[0]; }
  bool take(char c) {
    if (peek() != c || rest_.empty()) return false;
    rest_.remove_prefix(1);
    return true;
  }
  // A number of `least` to `most` digits; -1 if there are fewer.
  std::int64_t digits(int least, int most) {
    std::int64_t value = 0;
    int count = 0;
    while (count < most && peek() >= '0' && peek() <= '9') {
      value = value * 10 + (peek() - '0');
      rest_.remove_prefix(1);
      ++count;
    }
    count_ = count;
    return count < least ? -1 : value;
  }
  // Digits that the last call of digits() took.
  int digit_count() const { return count_; }

 private:
  std::string_view rest_;
  int count_ = 0;
};

bool scan_date(TimeScanner& scanner, std::int64_t& days) {
  const bool negative = scanner.take('-');
  if (!negative) scanner.take('+');
  CivilDate date;
  date.year = scanner.digits(4, 9);
  if (date.year < 0 || !scanner.take('-')) return false;
  if (negative) date.year = -date.year;
  date.month = static_cast<int>(scanner.digits(2, 2));
  if (!scanner.take('-')) return false;
  date.day = static_cast<int>(scanner.digits(2, 2));
  if (!is_valid_date(date)) return false;
  days = days_from_civil(date);
  return true;
}

// Reads `hh:mm[:ss[.f…]]` with up to `digits_max` digits of fraction, as nanoseconds.
bool scan_time(TimeScanner& scanner, int digits_max, std::int64_t& nanos) {
  const std::int64_t hour = scanner.digits(2, 2);
  if (hour < 0 || hour > 23 || !scanner.take(':')) return false;
  const std::int64_t minute = scanner.digits(2, 2);
  if (minute < 0 || minute > 59) return false;
  std::int64_t second = 0;
  std::int64_t fraction = 0;
  if (scanner.take(':')) {
    second = scanner.digits(2, 2);
    if (second < 0 || second > 59) return false;
    if (scanner.take('.')) {
      fraction = scanner.digits(1, digits_max);
      if (fraction < 0) return false;
      for (int i = scanner.digit_count(); i < 9; ++i) fraction *= 10;
    }
  }
  nanos = ((hour * 60 + minute) * 60 + second) * 1'000'000'000 + fraction;
  return true;
}

// Reads `Z`, `+hh`, `+hhmm`, `+hh:mm` or `+hh:mm:ss`, as seconds; nothing is zero.
bool scan_offset(TimeScanner& scanner, std::int64_t& seconds) {
  seconds = 0;
  if (scanner.at_end() || scanner.take('Z') || scanner.take('z')) return true;
  const bool negative = scanner.peek() == '-';
  if (!scanner.take('-') && !scanner.take('+')) return false;
  const std::int64_t hour = scanner.digits(2, 2);
  if (hour < 0 || hour > 18) return false;
  std::int64_t minute = 0;
  std::int64_t second = 0;
  if (scanner.take(':')) {
    minute = scanner.digits(2, 2);
    if (scanner.take(':')) second = scanner.digits(2, 2);
  } else if (!scanner.at_end()) {
    minute = scanner.digits(2, 2);
  }
  if (minute < 0 || minute > 59 || second < 0 || second > 59) return false;
  seconds = (hour * 60 + minute) * 60 + second;
  if (negative) seconds = -seconds;
  return true;
}

struct DayAndNanos {
  std::int64_t day = 0;
  std::int64_t nanos = 0;  // of the day; outside it by the offset
};

Result<DayAndNanos> parse_day_and_nanos(std::string_view text, int digits_max) {
  TimeScanner scanner(text);
  DayAndNanos result;
  std::int64_t offset = 0;
  const bool parsed = scan_date(scanner, result.day) && (scanner.take('T') || scanner.take(' ')) &&
                      scan_time(scanner, digits_max, result.nanos) && scan_offset(scanner, offset);
  if (!parsed || !scanner.at_end()) return invalid_input("not a timestamp: `{}`", text);
  result.nanos -= offset * 1'000'000'000;
  return result;
}

// day · units_per_day + units, if that is in range.
Result<std::int64_t> join_day(std::int64_t day, std::int64_t units_per_day, std::int64_t units,
                              std::string_view text) {
  // The lowest day does not begin in range; counting back from its end does not overflow.
  if (day < 0) {
    day += 1;
    units -= units_per_day;
  }
  std::int64_t result = 0;
  if (__builtin_mul_overflow(day, units_per_day, &result) ||
      __builtin_add_overflow(result, units, &result)) {
    return invalid_input("timestamp out of range: `{}`", text);
  }
  return result;
}

}  // namespace

std::int64_t days_from_civil(const CivilDate& date) {
  const std::int64_t year = date.year - (date.month <= 2 ? 1 : 0);
  const std::int64_t era = floor_divide(year, 400);
  const std::int64_t year_of_era = year - era * 400;
  const std::int64_t month = (date.month + 9) % 12;  // March is 0
  const std::int64_t day_of_year = (153 * month + 2) / 5 + date.day - 1;
  const std::int64_t day_of_era =
      year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
  return era * kDaysPerEra + day_of_era - kDaysToEpoch;
}

CivilDate civil_from_days(std::int64_t days) {
  const std::int64_t shifted = days + kDaysToEpoch;
  const std::int64_t era = floor_divide(shifted, kDaysPerEra);
  const std::int64_t day_of_era = shifted - era * kDaysPerEra;
  const std::int64_t year_of_era =
      (day_of_era - day_of_era / 1'460 + day_of_era / 36'524 - day_of_era / 146'096) / 365;
  const std::int64_t day_of_year =
      day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  const std::int64_t month = (5 * day_of_year + 2) / 153;
  CivilDate date;
  date.day = static_cast<int>(day_of_year - (153 * month + 2) / 5 + 1);
  date.month = static_cast<int>(month < 10 ? month + 3 : month - 9);
  date.year = year_of_era + era * 400 + (date.month <= 2 ? 1 : 0);
  return date;
}

bool is_valid_date(const CivilDate& date) {
  constexpr std::array<int, 12> kDays = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  if (date.month < 1 || date.month > 12 || date.day < 1) return false;
  const int extra = date.month == 2 && is_leap_year(date.year) ? 1 : 0;
  return date.day <= kDays[static_cast<std::size_t>(date.month - 1)] + extra;
}

std::string format_date(std::int64_t days) {
  const CivilDate date = civil_from_days(days);
  const std::int64_t year = date.year < 0 ? -date.year : date.year;
  const char* sign = date.year < 0 ? "-" : date.year > 9999 ? "+" : "";
  return fmt::format("{}{:04}-{:02}-{:02}", sign, year, date.month, date.day);
}

std::string format_time_micros(std::int64_t micros_of_day) {
  return format_time_nanos(micros_of_day * kNanosPerMicro);
}

std::string format_timestamp_micros(std::int64_t micros) {
  return format_date(floor_divide(micros, kMicrosPerDay)) + "T" +
         format_time_micros(floor_modulo(micros, kMicrosPerDay));
}

std::string format_timestamp_nanos(std::int64_t nanos) {
  return format_date(floor_divide(nanos, kNanosPerDay)) + "T" +
         format_time_nanos(floor_modulo(nanos, kNanosPerDay));
}

Result<std::int64_t> parse_date(std::string_view text) {
  TimeScanner scanner(text);
  std::int64_t days = 0;
  if (!scan_date(scanner, days) || !scanner.at_end()) {
    return invalid_input("not a date: `{}`", text);
  }
  return days;
}

Result<std::int64_t> parse_time_micros(std::string_view text) {
  TimeScanner scanner(text);
  std::int64_t nanos = 0;
  if (!scan_time(scanner, 6, nanos) || !scanner.at_end()) {
    return invalid_input("not a time of day: `{}`", text);
  }
  return nanos / kNanosPerMicro;
}

Result<std::int64_t> parse_timestamp_micros(std::string_view text) {
  const auto parts = TRY(parse_day_and_nanos(text, 6));
  return join_day(parts.day, kMicrosPerDay, parts.nanos / kNanosPerMicro, text);
}

Result<std::int64_t> parse_timestamp_nanos(std::string_view text) {
  const auto parts = TRY(parse_day_and_nanos(text, 9));
  return join_day(parts.day, kNanosPerDay, parts.nanos, text);
}

}  // namespace tarn
