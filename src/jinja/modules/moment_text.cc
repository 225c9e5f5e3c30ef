// SPDX-License-Identifier: Apache-2.0
// strftime, strptime and ISO texts of moments.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/text.h"
#include "base/time.h"
#include "jinja/modules/moment.h"
#include "jinja/unicode.h"

namespace tarn::jinja {

namespace {

constexpr std::array<std::string_view, 7> kDays = {"Monday", "Tuesday",  "Wednesday", "Thursday",
                                                   "Friday", "Saturday", "Sunday"};
constexpr std::array<std::string_view, 12> kMonths = {
    "January", "February", "March",     "April",   "May",      "June",
    "July",    "August",   "September", "October", "November", "December"};

int day_of_year(const MomentParts& parts) {
  return static_cast<int>(days_from_civil({parts.year, parts.month, parts.day}) -
                          days_from_civil({parts.year, 1, 1})) +
         1;
}

// Formats one moment by the directives of C's strftime in the C locale.
class MomentFormatter {
 public:
  MomentFormatter(const Moment& moment, std::string_view format)
      : moment_(moment), parts_(moment.parts()), format_(format) {
    // Times count from 1900-01-01 when they are formatted.
    if (moment.kind() == Moment::Kind::Time) {
      parts_.year = 1900;
      parts_.month = parts_.day = 1;
    }
    days_ = days_from_civil({parts_.year, parts_.month, parts_.day});
  }

  Result<std::string> run() {
    for (std::size_t i = 0; i < format_.size(); ++i) {
      if (format_[i] != '%' || i + 1 >= format_.size()) {
        out_.push_back(format_[i]);
        continue;
      }
      const std::size_t start = i++;
      flag_ = '\0';
      while (i + 1 < format_.size() &&
             std::string_view("-_0^#").find(format_[i]) != std::string_view::npos) {
        flag_ = format_[i++];
      }
      if (!directive(format_[i])) out_ += format_.substr(start, i + 1 - start);
      if (out_.size() > 1'000'000) return value_error("format string is too long");
    }
    return std::move(out_);
  }

 private:
  void number(std::int64_t value, int width, char fill = '0') {
    if (flag_ == '-') {
      width = 0;
    } else if (flag_ == '_') {
      fill = ' ';
    } else if (flag_ == '0') {
      fill = '0';
    }
    const std::string digits = fmt::format("{}", value);
    for (int i = static_cast<int>(digits.size()); i < width; ++i) out_.push_back(fill);
    out_ += digits;
  }
  void word(std::string_view text) { out_ += flag_ == '^' ? to_upper(text) : std::string(text); }
  void nested(std::string_view format) { out_ += *MomentFormatter(moment_, format).run(); }
  int hour12() const { return parts_.hour % 12 == 0 ? 12 : parts_.hour % 12; }

  bool directive(char c) { return date_directive(c) || time_directive(c); }

  bool date_directive(char c) {
    const int weekday = week_day(days_);
    switch (c) {
      case 'a':
        word(kDays[static_cast<std::size_t>(weekday)].substr(0, 3));
        return true;
      case 'A':
        word(kDays[static_cast<std::size_t>(weekday)]);
        return true;
      case 'b':
      case 'h':
        word(kMonths[static_cast<std::size_t>(parts_.month - 1)].substr(0, 3));
        return true;
      case 'B':
        word(kMonths[static_cast<std::size_t>(parts_.month - 1)]);
        return true;
      case 'C':
        number(parts_.year / 100, 2);
        return true;
      case 'd':
        number(parts_.day, 2);
        return true;
      case 'D':
        nested("%m/%d/%y");
        return true;
      case 'e':
        number(parts_.day, 2, ' ');
        return true;
      case 'F':
        nested("%Y-%m-%d");
        return true;
      case 'g':
        number(iso_week(days_).year % 100, 2);
        return true;
      case 'G':
        number(iso_week(days_).year, 0);
        return true;
      case 'j':
        number(day_of_year(parts_), 3);
        return true;
      case 'm':
        number(parts_.month, 2);
        return true;
      case 'u':
        number(weekday + 1, 0);
        return true;
      case 'U':
        number((day_of_year(parts_) - 1 + 7 - (weekday + 1) % 7) / 7, 2);
        return true;
      case 'V':
        number(iso_week(days_).week, 2);
        return true;
      case 'w':
        number((weekday + 1) % 7, 0);
        return true;
      case 'W':
        number((day_of_year(parts_) - 1 + 7 - weekday) / 7, 2);
        return true;
      case 'x':
        nested("%m/%d/%y");
        return true;
      case 'y':
        number(parts_.year % 100, 2);
        return true;
      case 'Y':
        number(parts_.year, 0);
        return true;
      default:
        return false;
    }
  }

  bool time_directive(char c) {
    switch (c) {
      case 'c':
        nested("%a %b %e %H:%M:%S %Y");
        return true;
      case 'f':
        out_ += fmt::format("{:06}", parts_.micro);
        return true;
      case 'H':
        number(parts_.hour, 2);
        return true;
      case 'I':
        number(hour12(), 2);
        return true;
      case 'k':
        number(parts_.hour, 2, ' ');
        return true;
      case 'l':
        number(hour12(), 2, ' ');
        return true;
      case 'M':
        number(parts_.minute, 2);
        return true;
      case 'n':
        out_.push_back('\n');
        return true;
      case 'p':
        word(parts_.hour < 12 ? "AM" : "PM");
        return true;
      case 'P':
        word(parts_.hour < 12 ? "am" : "pm");
        return true;
      case 'r':
        nested("%I:%M:%S %p");
        return true;
      case 'R':
        nested("%H:%M");
        return true;
      case 's':
        number(floor_divide(moment_.utc_micros(), kMicrosPerSecond), 0);
        return true;
      case 'S':
        number(parts_.second, 2);
        return true;
      case 't':
        out_.push_back('\t');
        return true;
      case 'T':
      case 'X':
        nested("%H:%M:%S");
        return true;
      case 'z':
        if (moment_.zone()) out_ += offset_text(moment_.zone()->offset_seconds(), "");
        return true;
      case 'Z':
        if (moment_.zone()) word(moment_.zone()->abbreviation());
        return true;
      case '%':
        out_.push_back('%');
        return true;
      default:
        return false;
    }
  }

  const Moment& moment_;
  MomentParts parts_;
  std::int64_t days_ = 0;
  std::string_view format_;
  char flag_ = '\0';
  std::string out_;
};

}  // namespace

std::string offset_text(std::int64_t seconds, std::string_view colon) {
  const std::int64_t size = std::abs(seconds);
  std::string text =
      fmt::format("{}{:02}{}{:02}", seconds < 0 ? '-' : '+', size / 3'600, colon, size / 60 % 60);
  if (size % 60 != 0) text += fmt::format("{}{:02}", colon, size % 60);
  return text;
}

Result<std::string> iso_text(const Moment& moment, std::string_view separator,
                             std::string_view timespec) {
  const MomentParts p = moment.parts();
  std::string text;
  if (moment.kind() != Moment::Kind::Time) {
    text = fmt::format("{:04}-{:02}-{:02}", p.year, p.month, p.day);
  }
  if (moment.kind() == Moment::Kind::Date) return text;
  if (moment.kind() == Moment::Kind::DateTime) text += separator;
  if (timespec == "auto") timespec = p.micro != 0 ? "microseconds" : "seconds";
  text += fmt::format("{:02}", p.hour);
  if (timespec != "hours") text += fmt::format(":{:02}", p.minute);
  if (timespec != "hours" && timespec != "minutes") text += fmt::format(":{:02}", p.second);
  if (timespec == "milliseconds") {
    text += fmt::format(".{:03}", p.micro / 1'000);
  } else if (timespec == "microseconds") {
    text += fmt::format(".{:06}", p.micro);
  } else if (timespec != "hours" && timespec != "minutes" && timespec != "seconds") {
    return value_error("Unknown timespec value");
  }
  if (moment.zone()) text += offset_text(moment.zone()->offset_seconds(), ":");
  return text;
}

Result<std::string> format_moment(const Moment& moment, std::string_view format) {
  return MomentFormatter(moment, format).run();
}

namespace {

class MomentParser {
 public:
  MomentParser(std::string_view text, std::string_view format) : text_(text), format_(format) {}

  Result<Value> run() {
    TRY(match(format_));
    if (at_ < text_.size()) {
      return value_error("unconverted data remains: {}", text_.substr(at_));
    }
    if (afternoon_) {
      parts_.hour = parts_.hour % 12 + (*afternoon_ ? 12 : 0);
    } else if (hour12_) {
      parts_.hour %= 24;
    }
    if (year_day_ && !has_month_) {
      const CivilDate date = civil_from_days(days_from_civil({parts_.year, 1, 1}) + *year_day_ - 1);
      parts_.month = date.month;
      parts_.day = date.day;
    }
    return make_moment(Moment::Kind::DateTime, TRY(local_micros_of(parts_)), zone_);
  }

 private:
  Error mismatch() const {
    return value_error("time data '{}' does not match format '{}'", text_, format_);
  }

  Result<void> match(std::string_view format) {
    for (std::size_t i = 0; i < format.size(); ++i) {
      std::size_t next = i;
      const char32_t c = next_code_point(format, next);
      if (is_space(c)) {
        if (at_ >= text_.size()) return mismatch();
        std::size_t after = at_;
        if (!is_space(next_code_point(text_, after))) return mismatch();
        text_after_spaces();
        while (next < format.size() && is_space(static_cast<unsigned char>(format[next]))) ++next;
        i = next - 1;
        continue;
      }
      if (c != '%') {
        const std::string_view literal = format.substr(i, next - i);
        if (!equals_ignore_case(text_.substr(at_, literal.size()), literal)) return mismatch();
        at_ += literal.size();
        i = next - 1;
        continue;
      }
      if (++i >= format.size()) return value_error("stray % in format '{}'", format_);
      TRY(directive(format[i]));
    }
    return {};
  }

  void text_after_spaces() {
    while (at_ < text_.size()) {
      std::size_t next = at_;
      if (!is_space(next_code_point(text_, next))) return;
      at_ = next;
    }
  }

  // Up to `digits_max` digits whose number is within bounds; fewer if more would be too large.
  Result<int> number(std::size_t digits_max, int low, int high, bool blank_first = false) {
    std::size_t start = at_;
    if (blank_first && start < text_.size() && text_[start] == ' ') ++start;
    std::size_t count = 0;
    while (count < digits_max && start + count < text_.size() && text_[start + count] >= '0' &&
           text_[start + count] <= '9') {
      ++count;
    }
    for (; count > 0; --count) {
      const auto value = parse_int64(text_.substr(start, count));
      if (!value || *value < low || *value > high) continue;
      at_ = start + count;
      return static_cast<int>(*value);
    }
    return mismatch();
  }

  template <std::size_t N>
  Result<int> name(const std::array<std::string_view, N>& names, bool whole) {
    for (std::size_t i = 0; i < N; ++i) {
      const std::string_view wanted = whole ? names[i] : names[i].substr(0, 3);
      if (equals_ignore_case(text_.substr(at_, wanted.size()), wanted)) {
        at_ += wanted.size();
        return static_cast<int>(i);
      }
    }
    return mismatch();
  }

  Result<void> directive(char c) {
    switch (c) {
      case 'Y': {
        const std::string_view digits = text_.substr(std::min(at_, text_.size()), 4);
        if (digits.size() < 4) return mismatch();
        parts_.year = TRY(number(4, 0, 9'999));
        return {};
      }
      case 'y': {
        const int year = TRY(number(2, 0, 99));
        parts_.year = year + (year < 69 ? 2'000 : 1'900);
        return {};
      }
      case 'm':
        parts_.month = TRY(number(2, 1, 12));
        has_month_ = true;
        return {};
      case 'd':
        parts_.day = TRY(number(2, 1, 31, true));
        return {};
      case 'H':
        parts_.hour = TRY(number(2, 0, 23));
        return {};
      case 'I':
        parts_.hour = TRY(number(2, 1, 12));
        hour12_ = true;
        return {};
      case 'M':
        parts_.minute = TRY(number(2, 0, 59));
        return {};
      case 'S':
        parts_.second = std::min(TRY(number(2, 0, 61)), 59);
        return {};
      case 'f': {
        const std::size_t start = at_;
        int value = TRY(number(6, 0, 999'999));
        for (std::size_t i = at_ - start; i < 6; ++i) value *= 10;
        parts_.micro = value;
        return {};
      }
      case 'j':
        year_day_ = TRY(number(3, 1, 366));
        return {};
      case 'p': {
        const bool morning = equals_ignore_case(text_.substr(at_, 2), "AM");
        if (!morning && !equals_ignore_case(text_.substr(at_, 2), "PM")) return mismatch();
        afternoon_ = !morning;
        at_ += 2;
        return {};
      }
      case 'b':
        parts_.month = TRY(name(kMonths, false)) + 1;
        has_month_ = true;
        return {};
      case 'B':
        parts_.month = TRY(name(kMonths, true)) + 1;
        has_month_ = true;
        return {};
      case 'a':
        TRY(name(kDays, false));
        return {};
      case 'A':
        TRY(name(kDays, true));
        return {};
      case 'w':
        TRY(number(1, 0, 6));
        return {};
      case 'z':
        return offset();
      case 'Z':
        return zone_name();
      case 'x':
      case 'D':
        return match("%m/%d/%y");
      case 'X':
      case 'T':
        return match("%H:%M:%S");
      case 'c':
        return match("%a %b %d %H:%M:%S %Y");
      case '%':
        if (text_.substr(at_, 1) != "%") return mismatch();
        ++at_;
        return {};
      case 'U':
      case 'W':
      case 'G':
      case 'V':
      case 'u':
        return unsupported("the directive %{} of strptime", c);
      default:
        return value_error("'{}' is a bad directive in format '{}'", c, format_);
    }
  }

  Result<void> offset() {
    if (text_.substr(at_, 1) == "Z") {
      ++at_;
      zone_ = fixed_zone(0);
      return {};
    }
    const char sign = at_ < text_.size() ? text_[at_] : '\0';
    if (sign != '+' && sign != '-') return mismatch();
    ++at_;
    std::int64_t seconds = TRY(number(2, 0, 24)) * 3'600LL;
    const bool colon = text_.substr(at_, 1) == ":";
    if (colon) ++at_;
    seconds += TRY(number(2, 0, 59)) * 60LL;
    if (colon && text_.substr(at_, 1) == ":") {
      ++at_;
      seconds += TRY(number(2, 0, 59));
    }
    zone_ = fixed_zone(sign == '-' ? -seconds : seconds);
    return {};
  }

  // Names of zones are read, but make no zone.
  Result<void> zone_name() {
    for (const std::string_view known : {"UTC", "GMT"}) {
      if (!equals_ignore_case(text_.substr(at_, 3), known)) continue;
      at_ += 3;
      return {};
    }
    return mismatch();
  }

  std::string_view text_;
  std::string_view format_;
  std::size_t at_ = 0;
  MomentParts parts_{.year = 1900};
  Ref<Zone> zone_;
  std::optional<bool> afternoon_;
  std::optional<int> year_day_;
  bool hour12_ = false;
  bool has_month_ = false;
};

}  // namespace

Result<Value> parse_moment(std::string_view text, std::string_view format) {
  return MomentParser(text, format).run();
}

Result<Value> parse_iso_moment(std::string_view text, Moment::Kind kind) {
  const auto invalid = [&] { return value_error("Invalid isoformat string: '{}'", text); };
  std::string_view date = kind == Moment::Kind::Time ? std::string_view("1970-01-01") : text;
  std::string_view time = kind == Moment::Kind::Time ? text : std::string_view();
  const std::size_t date_size = date.find('-') == 4 ? 10 : 8;
  if (kind == Moment::Kind::DateTime && text.size() > date_size) {
    date = text.substr(0, date_size);
    time = text.substr(date_size + 1);
    if (time.empty()) return invalid();
  }
  std::string format = date.size() == 8 ? "%Y%m%d" : "%Y-%m-%d";
  std::string whole(date);
  if (!time.empty()) {
    const std::size_t zone_at = time.find_first_of("+-Z");
    const std::string_view clock = time.substr(0, zone_at);
    const bool colons = clock.size() > 2 && clock[2] == ':';
    const std::size_t dot = clock.find_first_of(".,");
    const std::size_t fields = std::min(dot, clock.size());
    const std::size_t step = colons ? 3 : 2;
    format += "T%H";
    if (fields > 2) format += colons ? ":%M" : "%M";
    if (fields > 2 + step) format += colons ? ":%S" : "%S";
    std::string shown(clock);
    if (dot != std::string_view::npos) {
      if (clock.size() - dot > 7) shown.resize(dot + 7);
      shown[dot] = '.';
      format += ".%f";
    }
    whole += "T" + shown;
    if (zone_at != std::string_view::npos) {
      format += "%z";
      whole += time.substr(zone_at);
    }
  }
  auto parsed = parse_moment(whole, format);
  if (!parsed) {
    if (parsed.error().kind == kValueError &&
        parsed.error().message.find("range") == std::string::npos) {
      return invalid();
    }
    return parsed;
  }
  if (kind == Moment::Kind::DateTime) return parsed;
  const auto& moment = *parsed->as<Moment>();
  return make_moment(kind, moment.local_micros(), moment.zone());
}

}  // namespace tarn::jinja
