// SPDX-License-Identifier: Apache-2.0
// Dates and timestamps as texts of ISO 8601, and as seconds or nanoseconds since 1970; date().
#include <cmath>
#include <limits>

#include "base/text.h"
#include "base/time.h"
#include "functions/call_error.h"
#include "functions/cast.h"
#include "functions/date_field.h"
#include "functions/decimal_arithmetic.h"
#include "functions/lists.h"
#include "types/datetime_text.h"
#include "types/type_text.h"

namespace tarn::functions {

namespace {

using types::TimeZone;
using types::TypeKind;
using types::Value;

// A timestamp with time zone of at most milliseconds has 52 bits for them.
Result<Value> zoned_millis(std::int64_t millis, TimeZone zone) {
  constexpr std::int64_t kMillisEnd = std::int64_t{1} << 51;
  if (millis >= kMillisEnd || millis < -kMillisEnd) {
    return invalid_argument("Millis overflow: {}", millis);
  }
  return Value(types::Timestamp{millis * 1000, 0, zone});
}

struct IsoTime {
  std::int64_t day = 0;
  std::int64_t nanos = 0;  // of the day
  std::optional<TimeZone> zone;
};

// Reads by ISO 8601 as Joda-Time's dateTimeParser does: fields may be short.
class IsoReader {
 public:
  explicit IsoReader(std::string_view text) : text_(text) {}

  bool at_end() const { return position_ == text_.size(); }

  bool read_timestamp(IsoTime& out) {
    if (!accept_letter('T')) {
      if (!read_date(out.day)) return false;
      if (at_end()) return true;
      if (!accept_letter('T')) return false;
    }
    if (is_digit(peek())) {
      if (!read_time(out.nanos)) return false;
    }
    return at_end() || (read_offset(out) && at_end());
  }

  // Year and month and day, week, or day of the year; the rest may be missing.
  bool read_date(std::int64_t& day) {
    const bool negative = peek() == '-';
    if ((negative || peek() == '+') && is_digit(peek(1))) ++position_;
    auto year = number(9);
    if (!year) return false;
    if (negative) year = -*year;
    if (*year < -290'000 || *year > 290'000) return false;
    day = days_from_civil({*year, 1, 1});
    if (peek() != '-') return true;
    if (peek(1) == 'W') return read_week(*year, day);
    std::size_t digits = 1;
    while (is_digit(peek(digits))) ++digits;
    ++position_;
    if (digits - 1 >= 3) {
      const auto of_year = number(3);
      if (!of_year || *of_year < 1) return false;
      day += *of_year - 1;
      return civil_from_days(day).year == *year;
    }
    const auto month = number(2);
    std::optional<std::int64_t> of_month = 1;
    if (accept('-')) of_month = number(2);
    if (!month || !of_month) return false;
    const CivilDate date{*year, static_cast<int>(*month), static_cast<int>(*of_month)};
    day = days_from_civil(date);
    return is_valid_date(date);
  }

 private:
  static bool is_digit(char c) { return c >= '0' && c <= '9'; }
  char peek(std::size_t ahead = 0) const {
    return position_ + ahead < text_.size() ? text_[position_ + ahead] : '\0';
  }
  bool accept(char c) {
    if (at_end() || text_[position_] != c) return false;
    ++position_;
    return true;
  }
  bool accept_letter(char upper) { return accept(upper) || accept(static_cast<char>(upper + 32)); }
  std::optional<std::int64_t> number(std::size_t digits_max) {
    std::size_t size = 0;
    while (size < digits_max && is_digit(peek(size))) ++size;
    if (size == 0) return std::nullopt;
    position_ += size;
    return parse_int64(text_.substr(position_ - size, size));
  }

  bool read_week(std::int64_t year, std::int64_t& day) {
    position_ += 2;
    const auto week = number(2);
    std::optional<std::int64_t> week_day = 1;
    if (accept('-')) week_day = number(1);
    if (!week || *week < 1 || !week_day || *week_day < 1 || *week_day > 7) return false;
    day = week_year_start(year) + (*week - 1) * 7 + *week_day - 1;
    return day < week_year_start(year + 1);
  }

  bool read_time(std::int64_t& nanos) {
    constexpr std::int64_t kNanosPerSecond = 1'000'000'000;
    const auto hour = number(2);
    std::optional<std::int64_t> minute = 0;
    std::optional<std::int64_t> second = 0;
    bool with_minutes = false;
    bool with_seconds = false;
    if (accept(':')) {
      minute = number(2);
      with_minutes = true;
      if (accept(':')) {
        second = number(2);
        with_seconds = true;
      }
    }
    if (!hour || !minute || !second || *hour > 23 || *minute > 59 || *second > 59) return false;
    nanos = ((*hour * 60 + *minute) * 60 + *second) * kNanosPerSecond;
    if (!accept('.') && !accept(',')) return true;
    const std::int64_t whole = kNanosPerSecond * (with_seconds ? 1 : with_minutes ? 60 : 3600);
    const std::size_t begin = position_;
    for (std::int64_t unit = whole / 10; is_digit(peek()); unit /= 10) {
      nanos += (text_[position_++] - '0') * unit;
    }
    return position_ - begin <= 9 && position_ > begin;
  }

  // `Z`, `+hh`, `+hh:mm`, `+hhmm`
  bool read_offset(IsoTime& out) {
    if (accept_letter('Z')) {
      out.zone = TimeZone();
      return true;
    }
    const bool negative = peek() == '-';
    if (!accept('-') && !accept('+')) return false;
    if (!is_digit(peek()) || !is_digit(peek(1))) return false;
    const std::int64_t hours = *number(2);
    std::int64_t minutes = 0;
    if (accept(':') || is_digit(peek())) {
      if (!is_digit(peek()) || !is_digit(peek(1))) return false;
      minutes = *number(2);
    }
    const std::int64_t total = hours * 60 + minutes;
    if (minutes > 59 || total > 840) return false;
    out.zone = TimeZone::from_offset_minutes(static_cast<int>(negative ? -total : total));
    return true;
  }

  std::string_view text_;
  std::size_t position_ = 0;
};

Error bad_iso(std::string_view text) {
  return invalid_argument("Invalid format: \"{}\"", text.substr(0, 200));
}

Result<Value> from_iso8601_date(Arguments v) {
  IsoReader reader(v[0].as_text());
  std::int64_t day = 0;
  if (!reader.read_date(day) || !reader.at_end()) return bad_iso(v[0].as_text());
  return Value(day);
}

// The instant, with nanoseconds.
Result<types::Timestamp> read_iso_timestamp(const std::string& text, TimeZone session) {
  IsoReader reader(text);
  IsoTime parsed;
  if (!reader.read_timestamp(parsed)) return bad_iso(text);
  types::Timestamp local;
  local.micros = parsed.day * kMicrosPerDay + parsed.nanos / 1000;
  local.picos = static_cast<std::int32_t>(parsed.nanos % 1000 * 1000);
  auto zoned = types::to_zoned(local, parsed.zone.value_or(session));
  if (!zoned) return invalid_argument("{}", zoned.error().message);
  return *zoned;
}

BoundFunction bind_from_iso_timestamp(const CallSignature& signature) {
  return {[session = signature.zone](Arguments v) -> Result<Value> {
    const types::Timestamp time = TRY(read_iso_timestamp(v[0].as_text(), session));
    return zoned_millis(floor_divide(time.micros, 1000), time.zone);
  }};
}

// `yyyy-MM-ddThh:mm[:ss[.fffffffff]][offset][[zone]]`, as java.time reads it: full digits.
bool has_java_form(std::string_view text) {
  if (text.starts_with('+') || text.starts_with('-')) text.remove_prefix(1);
  const std::size_t year = text.find('-');
  if (year == std::string_view::npos || year < 4) return false;
  text.remove_prefix(year);
  constexpr std::string_view kForm = "-dd-ddTdd:dd";
  if (text.size() < kForm.size()) return false;
  for (std::size_t i = 0; i < kForm.size(); ++i) {
    const bool digit = text[i] >= '0' && text[i] <= '9';
    if (kForm[i] == 'd' ? !digit : text[i] != kForm[i] && text[i] != (kForm[i] | 0x20)) {
      return false;
    }
  }
  // An offset has minutes behind a colon.
  const std::size_t sign = text.find_first_of("+-", kForm.size());
  return sign == std::string_view::npos || (text.size() == sign + 6 && text[sign + 3] == ':');
}

Result<Value> read_iso_nanos(std::string_view text, TimeZone session) {
  std::string plain(text);
  std::optional<TimeZone> region;
  if (const std::size_t bracket = text.find('['); text.ends_with(']') && bracket < text.size()) {
    auto zone = types::find_value_zone(text.substr(bracket + 1, text.size() - bracket - 2));
    if (!zone) return bad_iso(text);
    region = *zone;
    plain.resize(bracket);
    // The zone stands behind an offset.
    const std::size_t sign = plain.find_last_of("+-Zz");
    if (sign == std::string::npos || sign < plain.find(':')) return bad_iso(text);
  }
  if (!has_java_form(plain)) return bad_iso(text);
  if (plain.ends_with('.')) plain.pop_back();
  types::Timestamp time = TRY(read_iso_timestamp(plain, region.value_or(session)));
  if (region) time.zone = *region;
  return Value(time);
}

BoundFunction bind_from_iso_nanos(const CallSignature& signature) {
  return {[session = signature.zone](Arguments v) -> Result<Value> {
    return read_iso_nanos(v[0].as_text(), session);
  }};
}

Result<Value> date_to_iso(Arguments v) {
  std::string out;
  types::append_date(out, v[0].as_int());
  if (out[0] == '+') out.erase(0, 1);  // as Joda-Time writes years
  return Value(std::move(out));
}

Result<void> append_iso_offset(std::string& out, std::int64_t seconds) {
  if (seconds == 0) {
    out += 'Z';
    return ok();
  }
  if (seconds % 60 != 0) {
    return types::named_error("INVALID_ARGUMENTS", {},
                              "an offset with seconds cannot be rendered as ISO 8601");
  }
  const std::int64_t absolute = seconds < 0 ? -seconds : seconds;
  out += fmt::format("{}{:02}:{:02}", seconds < 0 ? '-' : '+', absolute / 3600, absolute / 60 % 60);
  return ok();
}

BoundFunction bind_to_iso(const CallSignature& signature) {
  const types::Type& type = signature.arguments[0];
  const bool zoned = type.is(TypeKind::TimestampWithTimeZone);
  if (!zoned && !type.is(TypeKind::Timestamp)) return {};
  return {[zoned, precision = type.precision](Arguments v) -> Result<Value> {
    const types::Timestamp& time = v[0].as_timestamp();
    const types::Timestamp local = types::to_local(time);
    std::string out;
    types::append_timestamp(out, local, precision);
    out[out.find(' ')] = 'T';
    if (zoned) TRY(append_iso_offset(out, (local.micros - time.micros) / kMicrosPerSecond));
    return Value(std::move(out));
  }};
}

BoundFunction bind_to_unixtime(const CallSignature& signature) {
  const types::Type& type = signature.arguments[0];
  if (type.is(TypeKind::TimestampWithTimeZone)) {
    return {[](Arguments v) -> Result<Value> {
      const types::Timestamp& time = v[0].as_timestamp();
      const std::int64_t millis = floor_divide(time.micros, 1000);
      const std::int64_t picos = floor_modulo(time.micros, 1000) * 1'000'000 + time.picos;
      return Value(static_cast<double>(millis) / 1000.0 + static_cast<double>(picos) / 1e12);
    }};
  }
  return {};
}

// Java's Math.round.
std::int64_t rounded_millis(double seconds) {
  const double millis = std::floor(seconds * 1000 + 0.5);
  if (std::isnan(millis)) return 0;
  if (millis >= 9223372036854775808.0) return std::numeric_limits<std::int64_t>::max();
  if (millis <= -9223372036854775808.0) return std::numeric_limits<std::int64_t>::min();
  return static_cast<std::int64_t>(millis);
}

BoundFunction bind_from_unixtime(const CallSignature& signature) {
  const std::size_t count = signature.arguments.size();
  if (!signature.arguments[0].is(TypeKind::Double)) return {};
  if (count == 1) {
    return {[zone = signature.zone](Arguments v) -> Result<Value> {
      return zoned_millis(rounded_millis(v[0].as_double()), zone);
    }};
  }
  if (count == 2 && signature.arguments[1].is(TypeKind::Varchar)) {
    return {[](Arguments v) -> Result<Value> {
      const auto zone = types::find_value_zone(v[1].as_text());
      if (!zone) return not_supported("Time zone not supported: {}", v[1].as_text());
      return zoned_millis(rounded_millis(v[0].as_double()), *zone);
    }};
  }
  if (count != 3) return {};
  return {[](Arguments v) -> Result<Value> {
    std::int64_t minutes = 0;
    if (__builtin_mul_overflow(v[1].as_int(), 60, &minutes) ||
        __builtin_add_overflow(minutes, v[2].as_int(), &minutes) || minutes < -840 ||
        minutes > 840) {
      return invalid_argument("Invalid offset minutes {}", minutes);
    }
    return zoned_millis(rounded_millis(v[0].as_double()),
                        TimeZone::from_offset_minutes(static_cast<int>(minutes)));
  }};
}

Result<Value> zoned_nanos(Int128 nanos, TimeZone zone) {
  constexpr int kNanosPerMicro = 1000;
  Int128 micros = nanos / kNanosPerMicro;
  int rest = static_cast<int>(nanos % kNanosPerMicro);
  if (rest < 0) {
    rest += kNanosPerMicro;
    micros -= 1;
  }
  if (micros > std::numeric_limits<std::int64_t>::max() ||
      micros < std::numeric_limits<std::int64_t>::min()) {
    return invalid_argument("long overflow");
  }
  return Value(types::Timestamp{static_cast<std::int64_t>(micros), rest * 1000, zone});
}

BoundFunction bind_from_unixtime_nanos(const CallSignature& signature) {
  const types::Type& type = signature.arguments[0];
  if (type.is(TypeKind::BigInt)) {
    return {[zone = signature.zone](Arguments v) -> Result<Value> {
      return zoned_nanos(v[0].as_int(), zone);
    }};
  }
  if (!type.is(TypeKind::Decimal)) return {};
  return {[zone = signature.zone, scale = type.scale](Arguments v) -> Result<Value> {
    return zoned_nanos(shift_decimal(v[0].as_decimal(), -scale).value_or(0), zone);
  }};
}

// date(x) is CAST(x AS date).
BoundFunction bind_date(const CallSignature& signature) {
  Caster caster = make_caster(signature.arguments[0], signature.result, {.zone = signature.zone});
  if (!caster) return {};
  return {[caster = std::move(caster)](Arguments v) -> Result<Value> { return caster(v[0]); }};
}

constexpr FunctionEntry kIsoTimes[] = {
    {"from_iso8601_date", takes<from_iso8601_date, TypeKind::Varchar>},
    {"from_iso8601_timestamp", bind_from_iso_timestamp},
    {"from_iso8601_timestamp_nanos", bind_from_iso_nanos},
    {"to_iso8601", takes<date_to_iso, TypeKind::Date>},
    {"to_iso8601", bind_to_iso},
    {"from_unixtime", bind_from_unixtime},
    {"from_unixtime_nanos", bind_from_unixtime_nanos},
    {"to_unixtime", bind_to_unixtime},
    {"date", bind_date},
};

}  // namespace

FunctionList iso_time_functions() { return kIsoTimes; }

}  // namespace tarn::functions
