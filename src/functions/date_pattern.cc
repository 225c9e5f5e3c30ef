// SPDX-License-Identifier: Apache-2.0
// How formats become patterns, and printing.
#include "functions/date_pattern.h"

#include <array>

#include "base/text.h"
#include "base/time.h"
#include "functions/call_error.h"
#include "functions/date_field.h"
#include "functions/date_names.h"
#include "types/datetime_text.h"

namespace tarn::functions {

namespace {

using Field = PatternField;

void append_literal(std::vector<PatternPart>& parts, std::string_view text) {
  if (!parts.empty() && parts.back().field == Field::Literal) {
    parts.back().text += text;
  } else {
    parts.push_back({.text = std::string(text)});
  }
}

// Java's characters, UTF-8 here: the whole code point at `at`.
std::string_view code_point_at(std::string_view text, std::size_t at) {
  std::size_t end = at;
  next_code_point(text, end);
  return text.substr(at, end - at);
}

struct MysqlField {
  char letter;
  Field field;
  int min_digits;
  int max_digits;
};
constexpr MysqlField kMysqlFields[] = {
    {'a', Field::DayShortName, 0, 0},
    {'b', Field::MonthShortName, 0, 0},
    {'c', Field::Month, 1, 2},
    {'d', Field::DayOfMonth, 2, 2},
    {'e', Field::DayOfMonth, 1, 2},
    {'f', Field::Fraction, 6, 9},
    {'H', Field::Hour, 2, 2},
    {'h', Field::ClockHourOfHalf, 2, 2},
    {'I', Field::ClockHourOfHalf, 2, 2},
    {'i', Field::Minute, 2, 2},
    {'j', Field::DayOfYear, 3, 3},
    {'k', Field::Hour, 1, 2},
    {'l', Field::ClockHourOfHalf, 1, 2},
    {'M', Field::MonthName, 0, 0},
    {'m', Field::Month, 2, 2},
    {'p', Field::HalfDay, 0, 0},
    {'S', Field::Second, 2, 2},
    {'s', Field::Second, 2, 2},
    {'v', Field::Week, 2, 2},
    {'x', Field::WeekYear, 4, 4},
    {'W', Field::DayName, 0, 0},
    {'Y', Field::Year, 4, 4},
};

// Appends the parts of one MySQL specifier; false if Trino does not support it.
bool append_mysql(std::vector<PatternPart>& parts, std::string_view specifier) {
  constexpr int kMysqlPivot = 2020;
  const char letter = specifier[0];
  for (const MysqlField& known : kMysqlFields) {
    if (known.letter != letter) continue;
    parts.push_back({known.field, known.min_digits, known.max_digits});
    return true;
  }
  if (letter == 'y') {
    parts.push_back({.field = Field::YearOfPivot, .pivot = kMysqlPivot});
  } else if (letter == 'r' || letter == 'T') {
    parts.push_back({letter == 'r' ? Field::ClockHourOfHalf : Field::Hour, 2, 2});
    append_literal(parts, ":");
    parts.push_back({Field::Minute, 2, 2});
    append_literal(parts, ":");
    parts.push_back({Field::Second, 2, 2});
    if (letter == 'r') {
      append_literal(parts, " ");
      parts.push_back({Field::HalfDay, 0, 0});
    }
  } else if (std::string_view("wUuVXD").find(letter) != std::string_view::npos) {
    return false;
  } else {
    append_literal(parts, specifier);
  }
  return true;
}

bool is_pattern_letter(char c) { return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'); }

// One token of a Joda pattern: letters of one kind, or a text.
struct JodaToken {
  char letter = '\0';
  int count = 0;
  std::string text = {};

  bool is_number() const {
    if (letter == 'M') return count <= 2;
    return letter != '\0' &&
           std::string_view("CYxywWkKhHmsSdDFe").find(letter) != std::string_view::npos;
  }
};

std::vector<JodaToken> split_joda(std::string_view pattern) {
  std::vector<JodaToken> tokens;
  std::size_t at = 0;
  while (at < pattern.size()) {
    JodaToken token;
    if (is_pattern_letter(pattern[at])) {
      token.letter = pattern[at];
      for (; at < pattern.size() && pattern[at] == token.letter; ++at) ++token.count;
      tokens.push_back(std::move(token));
      continue;
    }
    bool quoted = false;
    for (; at < pattern.size(); ++at) {
      const char c = pattern[at];
      if (c == '\'') {
        if (at + 1 < pattern.size() && pattern[at + 1] == '\'') {
          token.text += c;
          ++at;
        } else {
          quoted = !quoted;
        }
      } else if (!quoted && is_pattern_letter(c)) {
        break;
      } else {
        token.text += c;
      }
    }
    tokens.push_back(std::move(token));
  }
  return tokens;
}

PatternPart joda_year(const JodaToken& token, bool before_number) {
  PatternPart part{.min_digits = token.count, .max_digits = before_number ? token.count : 9};
  if (token.count == 2) {
    part.field = token.letter == 'x' ? Field::WeekYearOfPivot : Field::YearOfPivot;
    part.lenient = !before_number;
    return part;
  }
  part.field = token.letter == 'x'   ? Field::WeekYear
               : token.letter == 'y' ? Field::Year
                                     : Field::YearOfEra;
  return part;
}

std::optional<PatternPart> joda_part(const JodaToken& token, bool before_number) {
  const int count = token.count;
  const auto number = [&](Field field, int max) {
    return PatternPart{field, count, std::max(count, max)};
  };
  switch (token.letter) {
    case 'G':
      return PatternPart{Field::Era};
    case 'C':
      return number(Field::Century, count);
    case 'x':
    case 'y':
    case 'Y':
      return joda_year(token, before_number);
    case 'M':
      if (count >= 3) return PatternPart{count >= 4 ? Field::MonthName : Field::MonthShortName};
      return number(Field::Month, 2);
    case 'd':
      return number(Field::DayOfMonth, 2);
    case 'a':
      return PatternPart{Field::HalfDay};
    case 'h':
      return number(Field::ClockHourOfHalf, 2);
    case 'H':
      return number(Field::Hour, 2);
    case 'k':
      return number(Field::ClockHour, 2);
    case 'K':
      return number(Field::HourOfHalf, 2);
    case 'm':
      return number(Field::Minute, 2);
    case 's':
      return number(Field::Second, 2);
    case 'S':
      return PatternPart{Field::Fraction, count, count};
    case 'e':
      return number(Field::DayOfWeek, 1);
    case 'E':
      return PatternPart{count >= 4 ? Field::DayName : Field::DayShortName};
    case 'D':
      return number(Field::DayOfYear, 3);
    case 'w':
      return number(Field::Week, 2);
    case 'z':
      return PatternPart{.field = Field::ZoneAbbreviation, .lenient = count >= 4};
    case 'Z':
      if (count >= 3) return PatternPart{Field::ZoneName};
      return PatternPart{.field = Field::Offset, .lenient = count == 2};
    default:
      return std::nullopt;
  }
}

void append_number(std::string& out, std::int64_t value, int min_digits) {
  if (value < 0) out += '-';
  const std::string digits = std::to_string(value < 0 ? -value : value);
  for (int i = static_cast<int>(digits.size()); i < min_digits; ++i) out += '0';
  out += digits;
}

// Milliseconds, as many digits as there are but for zeros at the end beyond the least number.
void append_fraction(std::string& out, std::int64_t millis, int min_digits, int max_digits) {
  std::string digits = fmt::format("{:03}", millis);
  digits.resize(static_cast<std::size_t>(std::max(max_digits, 3)), '0');
  digits.resize(static_cast<std::size_t>(max_digits));
  while (static_cast<int>(digits.size()) > min_digits && digits.ends_with('0')) digits.pop_back();
  out += digits;
}

void append_offset(std::string& out, std::int64_t seconds, bool with_colon) {
  out += seconds < 0 ? '-' : '+';
  const std::int64_t absolute = seconds < 0 ? -seconds : seconds;
  out += fmt::format("{:02}{}{:02}", absolute / 3600, with_colon ? ":" : "", absolute / 60 % 60);
}

std::int64_t two_digits(std::int64_t year) { return (year < 0 ? -year : year) % 100; }

// What a print needs of a timestamp.
struct PrintedTime {
  std::int64_t day = 0;
  std::int64_t millis = 0;  // of the day
  CivilDate date;
  WeekDate week;
  types::TimeZone zone;
  std::int64_t offset_seconds = 0;

  std::int64_t hour() const { return millis / 3'600'000; }
};

PrintedTime printed_time(const types::Timestamp& time) {
  PrintedTime out;
  const types::Timestamp local = types::to_local(time);
  out.zone = time.zone;
  out.offset_seconds = (local.micros - time.micros) / kMicrosPerSecond;
  out.day = floor_divide(local.micros, kMicrosPerDay);
  out.millis = floor_modulo(local.micros, kMicrosPerDay) / 1000;
  out.date = civil_from_days(out.day);
  out.week = week_date_of(out.day);
  return out;
}

// The number of a field; nullopt for fields that are no number.
std::optional<std::int64_t> number_of(const PrintedTime& time, Field field) {
  const std::int64_t year = time.date.year;
  const std::int64_t year_of_era = year > 0 ? year : 1 - year;
  switch (field) {
    case Field::Century:
      return year_of_era / 100;
    case Field::YearOfEra:
      return year_of_era;
    case Field::Year:
      return year;
    case Field::WeekYear:
      return time.week.year;
    case Field::Month:
      return time.date.month;
    case Field::DayOfMonth:
      return time.date.day;
    case Field::DayOfYear:
      return time.day - truncate_day(time.day, DateField::Year) + 1;
    case Field::Week:
      return time.week.week;
    case Field::DayOfWeek:
      return time.week.week_day;
    case Field::Hour:
      return time.hour();
    case Field::ClockHour:
      return time.hour() == 0 ? 24 : time.hour();
    case Field::HourOfHalf:
      return time.hour() % 12;
    case Field::ClockHourOfHalf:
      return (time.hour() + 11) % 12 + 1;
    case Field::Minute:
      return time.millis / 60'000 % 60;
    case Field::Second:
      return time.millis / 1'000 % 60;
    default:
      return std::nullopt;
  }
}

Result<void> append_zone_name(std::string& out, const PrintedTime& time, bool long_name) {
  const std::string name = time.zone.name();
  if (time.zone.is_utc()) {
    out += long_name ? "Coordinated Universal Time" : "UTC";
  } else if (name[0] == '+' || name[0] == '-') {
    out += name;
  } else {
    return not_supported("the abbreviation of time zone {}", name);
  }
  return ok();
}

Result<void> append_part(std::string& out, const PrintedTime& time, const PatternPart& part) {
  switch (part.field) {
    case Field::Literal:
      out += part.text;
      break;
    case Field::Era:
      out += time.date.year > 0 ? "AD" : "BC";
      break;
    case Field::YearOfPivot:
      append_number(out, two_digits(time.date.year), 2);
      break;
    case Field::WeekYearOfPivot:
      append_number(out, two_digits(time.week.year), 2);
      break;
    case Field::MonthName:
      out += kMonthNames[static_cast<std::size_t>(time.date.month - 1)];
      break;
    case Field::MonthShortName:
      out += kMonthNames[static_cast<std::size_t>(time.date.month - 1)].substr(0, 3);
      break;
    case Field::DayName:
      out += kDayNames[static_cast<std::size_t>(time.week.week_day - 1)];
      break;
    case Field::DayShortName:
      out += kDayNames[static_cast<std::size_t>(time.week.week_day - 1)].substr(0, 3);
      break;
    case Field::HalfDay:
      out += time.hour() < 12 ? "AM" : "PM";
      break;
    case Field::Fraction:
      append_fraction(out, time.millis % 1000, part.min_digits, part.max_digits);
      break;
    case Field::Offset:
      append_offset(out, time.offset_seconds, part.lenient);
      break;
    case Field::ZoneName:
      out += time.zone.name();
      break;
    case Field::ZoneAbbreviation:
      return append_zone_name(out, time, part.lenient);
    default:
      append_number(out, number_of(time, part.field).value_or(0), part.min_digits);
      break;
  }
  return ok();
}

}  // namespace

Result<DatePattern> DatePattern::from_mysql(std::string_view format) {
  DatePattern out;
  for (std::size_t at = 0; at < format.size();) {
    std::string_view letter = code_point_at(format, at);
    at += letter.size();
    if (letter != "%" || at == format.size()) {
      if (letter != "%") append_literal(out.parts_, letter);
      continue;
    }
    letter = code_point_at(format, at);
    at += letter.size();
    if (!append_mysql(out.parts_, letter)) {
      return invalid_argument("%{} not supported in date format string", letter);
    }
  }
  if (out.parts_.empty()) return invalid_argument("Both printing and parsing not supported");
  return out;
}

Result<DatePattern> DatePattern::from_joda(std::string_view pattern) {
  if (pattern.empty()) return invalid_argument("Invalid pattern specification");
  constexpr int kCountMax = 100;
  DatePattern out;
  const std::vector<JodaToken> tokens = split_joda(pattern);
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    const JodaToken& token = tokens[i];
    if (token.letter == '\0') {
      append_literal(out.parts_, token.text);
      continue;
    }
    const bool before_number = i + 1 < tokens.size() && tokens[i + 1].is_number();
    auto part = joda_part(token, before_number);
    if (!part) return invalid_argument("Illegal pattern component: {}", token.letter);
    if (token.count > kCountMax) {
      return invalid_argument("Illegal pattern component: {}", token.letter);
    }
    out.parts_.push_back(*std::move(part));
  }
  return out;
}

Result<std::string> DatePattern::print(const types::Timestamp& time) const {
  const PrintedTime printed = printed_time(time);
  std::string out;
  for (const PatternPart& part : parts_) TRY(append_part(out, printed, part));
  return out;
}

}  // namespace tarn::functions
