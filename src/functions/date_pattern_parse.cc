// SPDX-License-Identifier: Apache-2.0
// Reading of texts by a pattern: fields are collected, then set from the largest to the smallest,
// as Joda-Time does.
#include <algorithm>
#include <array>

#include "base/text.h"
#include "base/time.h"
#include "functions/call_error.h"
#include "functions/date_field.h"
#include "functions/date_names.h"
#include "functions/date_pattern.h"
#include "types/datetime_text.h"

namespace tarn::functions {

namespace {

using Field = PatternField;

struct SavedField {
  Field field;
  std::int64_t value;
};

// Place in the order of setting: by the range of the field, then by its length.
int rank_of(Field field) {
  switch (field) {
    case Field::Era:
      return 0;
    case Field::Century:
      return 1;
    case Field::Year:
    case Field::YearOfEra:
    case Field::WeekYear:
      return 2;
    case Field::Month:
      return 3;
    case Field::Week:
      return 4;
    case Field::DayOfYear:
      return 5;
    case Field::DayOfMonth:
      return 6;
    case Field::DayOfWeek:
      return 7;
    case Field::HalfDay:
      return 8;
    case Field::Hour:
    case Field::ClockHour:
      return 9;
    case Field::HourOfHalf:
    case Field::ClockHourOfHalf:
      return 10;
    case Field::Minute:
      return 11;
    case Field::Second:
      return 12;
    default:
      return 13;
  }
}

class PatternReader {
 public:
  explicit PatternReader(std::string_view text) : text_(text) {}

  // False where the text does not match.
  Result<bool> read(const PatternPart& part) {
    switch (part.field) {
      case Field::Literal:
        return read_word(part.text);
      case Field::Era:
        return read_era();
      case Field::MonthName:
      case Field::MonthShortName:
        return read_names(kMonthNames, Field::Month);
      case Field::DayName:
      case Field::DayShortName:
        return read_names(kDayNames, Field::DayOfWeek);
      case Field::HalfDay:
        if (read_name("AM")) return save(Field::HalfDay, 0);
        return read_name("PM") && save(Field::HalfDay, 1);
      case Field::YearOfPivot:
      case Field::WeekYearOfPivot:
        return read_pivot_year(part);
      case Field::Fraction:
        return read_fraction(part.max_digits);
      case Field::Offset:
        return read_offset();
      case Field::ZoneName:
        return read_zone_name();
      case Field::ZoneAbbreviation:
        return read_abbreviation();
      default:
        return read_number(part);
    }
  }

  bool at_end() const { return position_ == text_.size(); }
  std::vector<SavedField>& fields() { return fields_; }
  std::optional<types::TimeZone> zone() const { return zone_; }

 private:
  char peek(std::size_t ahead = 0) const {
    return position_ + ahead < text_.size() ? text_[position_ + ahead] : '\0';
  }
  static bool is_digit(char c) { return c >= '0' && c <= '9'; }

  bool save(Field field, std::int64_t value) {
    fields_.push_back({field, value});
    return true;
  }
  bool save_zone(types::TimeZone zone) {
    zone_ = zone;
    return true;
  }

  bool read_word(std::string_view word) {
    if (!equals_ignore_case(text_.substr(position_, word.size()), word)) return false;
    position_ += word.size();
    return true;
  }

  // In the letters of the name, or all large or small ones.
  bool read_name(std::string_view name) {
    const std::string_view found = text_.substr(position_, name.size());
    if (found != name && found != to_lower(name) && found != to_upper(name)) return false;
    position_ += name.size();
    return true;
  }

  bool read_era() {
    for (const std::string_view name : {"AD", "CE"}) {
      if (read_name(name)) return save(Field::Era, 1);
    }
    for (const std::string_view name : {"BCE", "BC"}) {
      if (read_name(name)) return save(Field::Era, 0);
    }
    return false;
  }

  Result<bool> read_abbreviation() {
    struct Known {
      std::string_view name, zone;
    };
    constexpr Known kKnown[] = {
        {"UTC", "UTC"},
        {"GMT", "UTC"},
        {"UT", "UTC"},
        {"EST", "America/New_York"},
        {"EDT", "America/New_York"},
        {"CST", "America/Chicago"},
        {"CDT", "America/Chicago"},
        {"MST", "America/Denver"},
        {"MDT", "America/Denver"},
        {"PST", "America/Los_Angeles"},
        {"PDT", "America/Los_Angeles"},
    };
    for (const Known& known : kKnown) {
      if (!text_.substr(position_).starts_with(known.name)) continue;
      position_ += known.name.size();
      return save_zone(TRY(types::find_time_zone(known.zone)));
    }
    return false;
  }

  // Long names before short ones.
  template <std::size_t size>
  bool read_names(const std::array<std::string_view, size>& names, Field field) {
    for (const bool whole : {true, false}) {
      for (std::size_t i = 0; i < size; ++i) {
        if (read_name(whole ? names[i] : names[i].substr(0, 3))) {
          return save(field, static_cast<std::int64_t>(i) + 1);
        }
      }
    }
    return false;
  }

  std::optional<std::int64_t> digits(std::size_t max) {
    std::size_t size = 0;
    while (size < max && is_digit(peek(size))) ++size;
    if (size == 0 || size > 9) return std::nullopt;
    const auto value = parse_int64(text_.substr(position_, size));
    position_ += size;
    return value;
  }

  bool read_number(const PatternPart& part) {
    const bool with_sign =
        part.field == Field::Year || part.field == Field::WeekYear || part.field == Field::Century;
    bool negative = false;
    if (with_sign && (peek() == '-' || peek() == '+') && is_digit(peek(1))) {
      negative = peek() == '-';
      ++position_;
    }
    const auto value = digits(static_cast<std::size_t>(std::max(part.max_digits, part.min_digits)));
    return value && save(part.field, negative ? -*value : *value);
  }

  Result<bool> read_pivot_year(const PatternPart& part) {
    const Field field = part.field == Field::YearOfPivot ? Field::Year : Field::WeekYear;
    if (!part.lenient) {
      if (!is_digit(peek()) || !is_digit(peek(1))) return false;
    } else {
      const bool with_sign = peek() == '-' || peek() == '+';
      const bool negative = peek() == '-';
      const std::size_t begin = position_ + (with_sign ? 1 : 0);
      std::size_t end = begin;
      while (end < text_.size() && is_digit(text_[end])) ++end;
      if (end == begin || end - begin > 9) return false;
      if (with_sign || end - begin != 2) {
        position_ = begin;
        const std::int64_t year = *digits(9);
        return save(field, negative ? -year : year);
      }
    }
    const std::int64_t year = *digits(2);
    if (part.pivot != 0) {
      const std::int64_t low = part.pivot - 50;
      return save(field, low + floor_modulo(year - low, 100));
    }
    // Joda's window of 100 years begins 80 years before the current one.
    if (year < 45) return save(field, 2000 + year);
    if (year > 70) return save(field, 1900 + year);
    return not_supported("the two digits of year {}, which depend on the current year", year);
  }

  // Digits beyond milliseconds are dropped.
  bool read_fraction(int max_digits) {
    int size = 0;
    std::int64_t millis = 0;
    for (std::int64_t unit = 100; size < max_digits && is_digit(peek()); ++position_, ++size) {
      millis += (peek() - '0') * unit;
      unit /= 10;
    }
    return size > 0 && save(Field::Fraction, millis);
  }

  std::optional<std::int64_t> two_digits() {
    if (!is_digit(peek()) || !is_digit(peek(1))) return std::nullopt;
    return digits(2);
  }

  // `+hh`, `+hhmm`, `+hh:mm`
  bool read_offset() {
    if (read_word("Z")) return save_zone(types::TimeZone());
    const bool negative = peek() == '-';
    if (!negative && peek() != '+') return false;
    ++position_;
    const auto hours = two_digits();
    if (!hours || *hours > 23) return false;
    std::int64_t minutes = 0;
    const bool colon = peek() == ':';
    if (colon || is_digit(peek())) {
      if (colon) ++position_;
      const auto read = two_digits();
      if (!read || *read > 59) return false;
      minutes = *read;
    }
    const std::int64_t total = *hours * 60 + minutes;
    if (total > 840) return false;
    return save_zone(
        types::TimeZone::from_offset_minutes(static_cast<int>(negative ? -total : total)));
  }

  // The longest id of a zone.
  bool read_zone_name() {
    std::size_t size = 0;
    const auto is_part = [](char c) {
      return is_digit(c) || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z') ||
             (c != '\0' && std::string_view("/_+-:").find(c) != std::string_view::npos);
    };
    while (is_part(peek(size)) && size < 64) ++size;
    for (; size > 0; --size) {
      const std::string_view name = text_.substr(position_, size);
      auto zone = types::find_value_zone(name);
      if (!zone || name == "Z") continue;
      position_ += size;
      return save_zone(*zone);
    }
    return false;
  }

  std::string_view text_;
  std::size_t position_ = 0;
  std::vector<SavedField> fields_;
  std::optional<types::TimeZone> zone_;
};

// A local time that fields are set on, from 1970.
struct SetTime {
  std::int64_t day = 0;
  std::int64_t millis = 0;  // of the day

  static bool within(std::int64_t value, std::int64_t low, std::int64_t high) {
    return value >= low && value <= high;
  }

  // Month and day stay.
  bool set_year(std::int64_t year) {
    constexpr std::int64_t kYearMax = 290'000;
    if (!within(year, -kYearMax, kYearMax)) return false;
    day = add_months(day, (year - civil_from_days(day).year) * 12);
    return true;
  }

  bool set_week_year(std::int64_t year) {
    constexpr std::int64_t kYearMax = 290'000;
    if (!within(year, -kYearMax, kYearMax)) return false;
    const std::int64_t of_year = day - week_year_start(week_date_of(day).year);
    const std::int64_t begin = week_year_start(year);
    const std::int64_t weeks = (week_year_start(year + 1) - begin) / 7;
    day = begin + of_year - (of_year / 7 >= weeks ? 7 : 0);
    return true;
  }

  // False for values that the field does not have. Other fields stay where they can.
  bool set(Field field, std::int64_t value) {
    const CivilDate date = civil_from_days(day);
    switch (field) {
      case Field::Era:
        return (value == 1) == (date.year > 0) || set_year(1 - date.year);
      case Field::Century:
        return set_year(value * 100 + date.year % 100);
      case Field::Year:
        return set_year(value);
      case Field::YearOfEra:
        return value > 0 && set_year(date.year > 0 ? value : 1 - value);
      case Field::WeekYear:
        return set_week_year(value);
      case Field::Month:
        day = add_months(day, value - date.month);
        return within(value, 1, 12);
      case Field::Week: {
        const WeekDate week = week_date_of(day);
        day += (value - week.week) * 7;
        return value > 0 && day < week_year_start(week.year + 1);
      }
      case Field::DayOfYear:
        day = days_from_civil({date.year, 1, 1}) + value - 1;
        return value > 0 && civil_from_days(day).year == date.year;
      case Field::DayOfMonth:
        if (!is_valid_date({date.year, date.month, static_cast<int>(value)})) return false;
        day = days_from_civil({date.year, date.month, static_cast<int>(value)});
        return true;
      case Field::DayOfWeek:
        day = truncate_day(day, DateField::Week) + value - 1;
        return within(value, 1, 7);
      default:
        return set_time(field, value);
    }
  }

  bool set_time(Field field, std::int64_t value) {
    constexpr std::int64_t kHour = 3'600'000;
    constexpr std::int64_t kHalf = 12 * kHour;
    const std::int64_t half = millis / kHalf * kHalf;
    const std::int64_t of_hour = millis % kHour;
    switch (field) {
      case Field::HalfDay:
        millis = value * kHalf + millis % kHalf;
        return true;
      case Field::Hour:
        millis = value * kHour + of_hour;
        return within(value, 0, 23);
      case Field::ClockHour:
        millis = value % 24 * kHour + of_hour;
        return within(value, 1, 24);
      case Field::HourOfHalf:
        millis = half + value * kHour + of_hour;
        return within(value, 0, 11);
      case Field::ClockHourOfHalf:
        millis = half + value % 12 * kHour + of_hour;
        return within(value, 1, 12);
      case Field::Minute:
        millis = millis / kHour * kHour + value * 60'000 + millis % 60'000;
        return within(value, 0, 59);
      case Field::Second:
        millis = millis / 60'000 * 60'000 + value * 1'000 + millis % 1'000;
        return within(value, 0, 59);
      default:
        millis = millis / 1'000 * 1'000 + value;
        return true;
    }
  }

  // What is below the field goes.
  void cut_below(Field field) {
    switch (field) {
      case Field::Era:
        break;
      case Field::Century:
      case Field::Year:
      case Field::YearOfEra:
        day = truncate_day(day, DateField::Year);
        millis = 0;
        break;
      case Field::WeekYear:
        day = week_year_start(week_date_of(day).year);
        millis = 0;
        break;
      case Field::Month:
        day = truncate_day(day, DateField::Month);
        millis = 0;
        break;
      case Field::Week:
        day = truncate_day(day, DateField::Week);
        millis = 0;
        break;
      case Field::HalfDay:
        millis -= millis % 43'200'000;
        break;
      case Field::Hour:
      case Field::ClockHour:
      case Field::HourOfHalf:
      case Field::ClockHourOfHalf:
        millis -= millis % 3'600'000;
        break;
      case Field::Minute:
        millis -= millis % 60'000;
        break;
      case Field::Second:
        millis -= millis % 1'000;
        break;
      case Field::Fraction:
        break;
      default:
        millis = 0;
        break;
    }
  }
};

// Twice, as Joda-Time does: the first time from the largest field down, cutting what is below; the
// second time to see that all fields have their values.
bool set_fields(SetTime& time, const std::vector<SavedField>& fields) {
  for (const SavedField& saved : fields) {
    if (!time.set(saved.field, saved.value)) return false;
    time.cut_below(saved.field);
  }
  for (std::size_t i = 0; i < fields.size(); ++i) {
    if (!time.set(fields[i].field, fields[i].value)) return false;
    if (i + 1 == fields.size()) time.cut_below(fields[i].field);
  }
  return true;
}

}  // namespace

Result<DatePattern::Parsed> DatePattern::parse(std::string_view text) const {
  constexpr std::int64_t kYearWithoutYear = 2000;
  PatternReader reader(text);
  bool matches = true;
  for (const PatternPart& part : parts_) {
    matches = matches && TRY(reader.read(part));
  }
  if (!matches || !reader.at_end()) {
    return invalid_argument("Invalid format: \"{}\"", text.substr(0, 200));
  }
  std::vector<SavedField>& fields = reader.fields();
  std::stable_sort(fields.begin(), fields.end(), [](const SavedField& a, const SavedField& b) {
    return rank_of(a.field) < rank_of(b.field);
  });
  if (!fields.empty() && rank_of(fields[0].field) >= rank_of(Field::Month) &&
      rank_of(fields[0].field) <= rank_of(Field::DayOfWeek)) {
    fields.insert(fields.begin(), {Field::Year, kYearWithoutYear});
  }
  SetTime time;
  if (!set_fields(time, fields)) {
    return invalid_argument("Cannot parse \"{}\": a value is out of range", text.substr(0, 200));
  }
  Parsed out;
  out.local.micros = time.day * kMicrosPerDay + time.millis * 1000;
  out.zone = reader.zone();
  return out;
}

}  // namespace tarn::functions
