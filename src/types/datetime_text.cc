// SPDX-License-Identifier: Apache-2.0
#include "types/datetime_text.h"

#include <array>

#include "base/text.h"
#include "base/time.h"

namespace tarn::types {
namespace {

constexpr std::int64_t kPicosPerMicro = 1'000'000;

void append_two(std::string& out, std::int64_t value) {
  out += static_cast<char>('0' + value / 10);
  out += static_cast<char>('0' + value % 10);
}

void append_padded(std::string& out, std::int64_t value, std::size_t width) {
  const std::string digits = std::to_string(value);
  if (digits.size() < width) out.append(width - digits.size(), '0');
  out += digits;
}

std::int64_t power10(int exponent) {
  std::int64_t value = 1;
  for (; exponent > 0; --exponent) value *= 10;
  return value;
}

// Reads the pieces of a text from left to right.
class TextCursor {
 public:
  explicit TextCursor(std::string_view text) : text_(text) {}

  bool at_end() const { return position_ == text_.size(); }
  char peek() const { return at_end() ? '\0' : text_[position_]; }
  std::string_view rest() const { return text_.substr(position_); }

  bool accept(char c) {
    if (peek() != c || at_end()) return false;
    ++position_;
    return true;
  }

  bool skip_spaces() {
    const std::size_t begin = position_;
    while (!at_end() && (peek() == ' ' || (peek() >= '\t' && peek() <= '\r'))) ++position_;
    return position_ != begin;
  }

  std::string_view digits() {
    const std::size_t begin = position_;
    while (peek() >= '0' && peek() <= '9') ++position_;
    return text_.substr(begin, position_ - begin);
  }

  // Between `min` and `max` digits.
  std::optional<std::int64_t> number(std::size_t min, std::size_t max) {
    const std::string_view text = digits();
    if (text.size() < min || text.size() > max) return std::nullopt;
    return parse_int64(text);
  }

 private:
  std::string_view text_;
  std::size_t position_ = 0;
};

std::optional<std::int64_t> read_date(TextCursor& cursor, std::size_t year_digits_min) {
  const bool negative = cursor.accept('-');
  if (!negative) cursor.accept('+');
  const auto year = cursor.number(year_digits_min, 9);
  if (!year || !cursor.accept('-')) return std::nullopt;
  const auto month = cursor.number(1, 2);
  if (!month || !cursor.accept('-')) return std::nullopt;
  const auto day = cursor.number(1, 2);
  if (!day) return std::nullopt;
  const CivilDate date{negative ? -*year : *year, static_cast<int>(*month), static_cast<int>(*day)};
  if (!is_valid_date(date)) return std::nullopt;
  return days_from_civil(date);
}

// `h:m[:s[.f]]`, at the beginning of a digit.
std::optional<ParsedTime> read_time(TextCursor& cursor) {
  const auto hour = cursor.number(1, 2);
  if (!hour || *hour > 23 || !cursor.accept(':')) return std::nullopt;
  const auto minute = cursor.number(1, 2);
  if (!minute || *minute > 59) return std::nullopt;
  ParsedTime time;
  std::int64_t seconds = (*hour * 60 + *minute) * 60;
  std::int64_t fraction = 0;
  if (cursor.accept(':')) {
    const auto second = cursor.number(1, 2);
    if (!second || *second > 59) return std::nullopt;
    seconds += *second;
    if (cursor.accept('.')) {
      const std::string_view digits = cursor.digits();
      if (digits.empty() || digits.size() > 12) return std::nullopt;
      time.digits = static_cast<int>(digits.size());
      fraction = *parse_int64(digits) * power10(12 - time.digits);
    }
  }
  time.picos = seconds * kPicosPerSecond + fraction;
  return time;
}

std::int64_t round_half_up(std::int64_t value, std::int64_t unit) {
  return floor_divide(value + unit / 2, unit) * unit;
}

}  // namespace

void append_date(std::string& out, std::int64_t days) {
  const CivilDate date = civil_from_days(days);
  if (date.year < 0) out += '-';
  if (date.year > 9999) out += '+';
  append_padded(out, date.year < 0 ? -date.year : date.year, 4);
  out += '-';
  append_two(out, date.month);
  out += '-';
  append_two(out, date.day);
}

void append_time(std::string& out, std::int64_t picos_of_day, int precision) {
  const std::int64_t seconds = picos_of_day / kPicosPerSecond;
  append_two(out, seconds / 3600);
  out += ':';
  append_two(out, seconds / 60 % 60);
  out += ':';
  append_two(out, seconds % 60);
  if (precision == 0) return;
  out += '.';
  append_padded(out, picos_of_day % kPicosPerSecond / power10(12 - precision),
                static_cast<std::size_t>(precision));
}

void append_zoned_time(std::string& out, const ZonedTime& time, int precision) {
  append_time(out, time.picos, precision);
  out += format_offset(time.offset_minutes);
}

void append_timestamp(std::string& out, const Timestamp& timestamp, int precision) {
  const std::int64_t days = floor_divide(timestamp.micros, kMicrosPerDay);
  append_date(out, days);
  out += ' ';
  const std::int64_t micros = floor_modulo(timestamp.micros, kMicrosPerDay);
  append_time(out, micros * kPicosPerMicro + timestamp.picos, precision);
}

void append_zoned_timestamp(std::string& out, const Timestamp& timestamp, int precision) {
  append_timestamp(out, to_local(timestamp), precision);
  out += ' ';
  out += timestamp.zone.name();
}

void append_day_interval(std::string& out, std::int64_t millis) {
  std::uint64_t rest =
      millis < 0 ? -static_cast<std::uint64_t>(millis) : static_cast<std::uint64_t>(millis);
  if (millis < 0) out += '-';
  out += std::to_string(rest / 86'400'000);
  rest %= 86'400'000;
  out += ' ';
  append_time(out, static_cast<std::int64_t>(rest) * 1'000'000'000, 3);
}

void append_year_interval(std::string& out, std::int64_t months) {
  const std::int64_t absolute = months < 0 ? -months : months;
  if (months < 0) out += '-';
  out += fmt::format("{}-{}", absolute / 12, absolute % 12);
}

Result<std::int64_t> parse_date_text(std::string_view text) {
  TextCursor cursor(text);
  const auto days = read_date(cursor, 1);
  if (!days || !cursor.at_end() || *days > 2147483647 || *days < -2147483648LL) {
    return invalid_input("`{}` is not a valid date", text.substr(0, 100));
  }
  return *days;
}

Result<ParsedTime> parse_time_text(std::string_view text) {
  const auto bad = [&] { return invalid_input("`{}` is not a valid time", text.substr(0, 100)); };
  TextCursor cursor(text);
  auto time = read_time(cursor);
  if (!time) return bad();
  cursor.skip_spaces();
  if (cursor.at_end()) return *time;
  const bool negative = cursor.accept('-');
  if (!negative && !cursor.accept('+')) return bad();
  const auto hours = cursor.number(1, 2);
  std::optional<std::int64_t> minutes;
  if (cursor.accept(':')) minutes = cursor.number(2, 2);
  if (!hours || !minutes || !cursor.at_end() || *minutes > 59) return bad();
  const int offset = static_cast<int>(*hours * 60 + *minutes);
  if (offset > 14 * 60) return bad();
  time->offset_minutes = negative ? -offset : offset;
  return *time;
}

Result<ParsedTimestamp> parse_timestamp_text(std::string_view text) {
  const auto bad = [&] {
    return invalid_input("`{}` is not a valid timestamp", text.substr(0, 100));
  };
  TextCursor cursor(text);
  const auto days = read_date(cursor, 4);
  if (!days) return bad();
  ParsedTimestamp parsed;
  ParsedTime time;
  if (!cursor.at_end()) {
    if (!cursor.accept(' ')) return bad();
    if (cursor.peek() >= '0' && cursor.peek() <= '9') {
      const auto read = read_time(cursor);
      if (!read) return bad();
      time = *read;
    }
    cursor.skip_spaces();
    if (!cursor.at_end()) {
      auto zone = find_value_zone(cursor.rest());
      if (!zone) return bad();
      parsed.zone = *zone;
    }
  }
  // 292,000 years is what microseconds hold.
  const Int128 micros = Int128{*days} * kMicrosPerDay + time.picos / kPicosPerMicro;
  parsed.local.micros = static_cast<std::int64_t>(micros);
  if (parsed.local.micros != micros) return bad();
  parsed.local.picos = static_cast<std::int32_t>(time.picos % kPicosPerMicro);
  parsed.digits = time.digits;
  return parsed;
}

Timestamp round_timestamp(Timestamp timestamp, int precision) {
  if (precision >= 12) return timestamp;
  if (precision > 6) {
    const std::int64_t picos = round_half_up(timestamp.picos, power10(12 - precision));
    timestamp.micros += picos / kPicosPerMicro;
    timestamp.picos = static_cast<std::int32_t>(picos % kPicosPerMicro);
    return timestamp;
  }
  if (precision == 6) {
    timestamp.micros += timestamp.picos >= kPicosPerMicro / 2 ? 1 : 0;
  } else {
    timestamp.micros = round_half_up(timestamp.micros, power10(6 - precision));
  }
  timestamp.picos = 0;
  return timestamp;
}

std::int64_t round_time(std::int64_t picos_of_day, int precision) {
  if (precision >= 12) return picos_of_day;
  return round_half_up(picos_of_day, power10(12 - precision)) % kPicosPerDay;
}

Result<TimeZone> find_value_zone(std::string_view name) {
  const TimeZone zone = TRY(find_time_zone(name));
  const auto unknown = [&] {
    return invalid_input("time zone `{}` is not supported", name.substr(0, 100));
  };
  const std::string found = zone.name();
  if (!zone.is_utc() && found[0] != '+' && found[0] != '-') {
    for (const std::string_view abbreviation : {"EST", "MST", "HST", "ROC", "Factory"}) {
      if (name == abbreviation) return unknown();
    }
    if (name != found) return unknown();
    return zone;
  }
  std::string_view word = name.starts_with("Etc/") ? name.substr(4) : name;
  word = word.substr(0, word.find_first_of("+-0123456789"));
  for (const std::string_view known :
       {"", "UTC", "Z", "UT", "UCT", "GMT", "Greenwich", "Universal", "Zulu"}) {
    if (word == known) return zone;
  }
  return unknown();
}

Result<Timestamp> to_zoned(const Timestamp& local, TimeZone zone) {
  const std::int64_t seconds = floor_divide(local.micros, kMicrosPerSecond);
  const TimeZone::Local match = zone.resolve_local(seconds);
  if (match.match == TimeZone::Match::Gap) {
    return invalid_input("the local time does not exist in time zone `{}`", zone.name());
  }
  Timestamp zoned = local;
  zoned.micros -= match.offset_seconds * kMicrosPerSecond;
  zoned.zone = zone;
  return zoned;
}

Timestamp to_local(const Timestamp& zoned) {
  Timestamp local = zoned;
  const std::int64_t seconds = floor_divide(zoned.micros, kMicrosPerSecond);
  local.micros += zoned.zone.offset_seconds_at(seconds) * kMicrosPerSecond;
  local.zone = TimeZone();
  return local;
}

}  // namespace tarn::types
