// SPDX-License-Identifier: Apache-2.0
#include "types/zone_rules.h"

#include <algorithm>
#include <utility>

#include "base/bytes.h"
#include "base/time.h"

namespace tarn::types {
namespace {

constexpr std::int64_t kSecondsPerDay = 86'400;

class TailParser {
 public:
  explicit TailParser(std::string_view text) : text_(text) {}

  Result<ZoneTail> parse() {
    ZoneTail tail;
    TRY(skip_name());
    tail.standard_offset = -TRY(read_seconds());
    if (at_end()) return tail;
    tail.has_summer_time = true;
    TRY(skip_name());
    tail.summer_offset = tail.standard_offset + 3600;
    if (!at_end() && text_[position_] != ',') tail.summer_offset = -TRY(read_seconds());
    tail.summer_begin = TRY(read_change());
    tail.summer_end = TRY(read_change());
    if (!at_end()) return bad();
    return tail;
  }

 private:
  bool at_end() const { return position_ == text_.size(); }
  Error bad() const { return corrupt("bad time zone rule `{}`", text_.substr(0, 100)); }

  Result<void> skip_name() {
    const std::size_t begin = position_;
    if (!at_end() && text_[position_] == '<') {
      position_ = std::min(text_.find('>', position_), text_.size());
      if (at_end()) return bad();
      ++position_;
      return ok();
    }
    while (!at_end() && ((text_[position_] | 0x20) >= 'a' && (text_[position_] | 0x20) <= 'z')) {
      ++position_;
    }
    if (position_ == begin) return bad();
    return ok();
  }

  Result<int> read_number() {
    int value = 0;
    const std::size_t begin = position_;
    while (!at_end() && text_[position_] >= '0' && text_[position_] <= '9') {
      value = value * 10 + (text_[position_++] - '0');
      if (value > 10'000) return bad();
    }
    if (position_ == begin) return bad();
    return value;
  }

  bool accept(char c) {
    if (at_end() || text_[position_] != c) return false;
    ++position_;
    return true;
  }

  // [+-]h[h[h]][:mm[:ss]]
  Result<std::int32_t> read_seconds() {
    const int sign = accept('-') ? -1 : 1;
    accept('+');
    std::int32_t seconds = TRY(read_number()) * 3600;
    if (accept(':')) seconds += TRY(read_number()) * 60;
    if (accept(':')) seconds += TRY(read_number());
    return sign * seconds;
  }

  Result<YearlyChange> read_change() {
    YearlyChange change;
    if (!accept(',')) return bad();
    if (accept('M')) {
      change.month = TRY(read_number());
      if (!accept('.')) return bad();
      change.week = TRY(read_number());
      if (!accept('.')) return bad();
      change.day = TRY(read_number());
      if (change.month < 1 || change.month > 12 || change.week < 1 || change.week > 5 ||
          change.day > 6) {
        return bad();
      }
    } else {
      change.kind =
          accept('J') ? YearlyChange::Kind::JulianWithoutLeapDay : YearlyChange::Kind::DayOfYear;
      change.day = TRY(read_number());
    }
    if (accept('/')) change.seconds = TRY(read_seconds());
    return change;
  }

  std::string_view text_;
  std::size_t position_ = 0;
};

// Local seconds since 1970 at which the change happens in that year.
std::int64_t change_in_year(const YearlyChange& change, std::int64_t year) {
  const std::int64_t new_year = days_from_civil({year, 1, 1});
  std::int64_t day = 0;
  switch (change.kind) {
    case YearlyChange::Kind::DayOfYear:
      day = new_year + change.day;
      break;
    case YearlyChange::Kind::JulianWithoutLeapDay: {
      const bool leap = days_from_civil({year, 12, 31}) - new_year == 365;
      day = new_year + change.day - 1 + (leap && change.day >= 60 ? 1 : 0);
      break;
    }
    case YearlyChange::Kind::MonthWeekDay: {
      const std::int64_t first = days_from_civil({year, change.month, 1});
      // 1970-01-01 was a Thursday.
      const std::int64_t first_week_day = floor_modulo(first + 4, 7);
      day = first + floor_modulo(change.day - first_week_day, 7) + (change.week - 1) * 7;
      const std::int64_t next_month = change.month == 12
                                          ? days_from_civil({year + 1, 1, 1})
                                          : days_from_civil({year, change.month + 1, 1});
      if (day >= next_month) day -= 7;
      break;
    }
  }
  return day * kSecondsPerDay + change.seconds;
}

std::int32_t tail_offset_at(const ZoneTail& tail, std::int64_t epoch_seconds) {
  if (!tail.has_summer_time) return tail.standard_offset;
  const std::int64_t local_day = floor_divide(epoch_seconds + tail.standard_offset, kSecondsPerDay);
  const std::int64_t year = civil_from_days(local_day).year;
  const std::int64_t begin = change_in_year(tail.summer_begin, year) - tail.standard_offset;
  const std::int64_t end = change_in_year(tail.summer_end, year) - tail.summer_offset;
  const bool summer = begin < end ? epoch_seconds >= begin && epoch_seconds < end
                                  : epoch_seconds >= begin || epoch_seconds < end;
  return summer ? tail.summer_offset : tail.standard_offset;
}

struct TzifCounts {
  std::uint32_t ut_indicators, standard_indicators, leap_seconds, transitions, kinds, characters;
};

Result<TzifCounts> read_tzif_header(ByteReader& reader) {
  const std::string_view magic = TRY(reader.read_bytes(4));
  if (magic != "TZif") return corrupt("no TZif file");
  TRY(reader.skip(16));
  TzifCounts counts{};
  for (std::uint32_t* count :
       {&counts.ut_indicators, &counts.standard_indicators, &counts.leap_seconds,
        &counts.transitions, &counts.kinds, &counts.characters}) {
    *count = TRY(reader.read_big_endian<std::uint32_t>());
    if (*count > 100'000) return corrupt("TZif file with absurd counts");
  }
  return counts;
}

}  // namespace

std::int32_t ZoneRules::offset_at(std::int64_t epoch_seconds) const {
  const auto next = std::upper_bound(transitions.begin(), transitions.end(), epoch_seconds);
  if (next == transitions.end() && tail) return tail_offset_at(*tail, epoch_seconds);
  return offsets[static_cast<std::size_t>(next - transitions.begin())];
}

Result<ZoneTail> parse_zone_tail(std::string_view text) { return TailParser(text).parse(); }

Result<ZoneRules> parse_zone_rules(std::string name, std::string_view bytes) {
  ByteReader reader(bytes);
  if (bytes.size() < 5 || bytes[4] < '2') return corrupt("TZif file of version 1");
  const TzifCounts old = TRY(read_tzif_header(reader));
  TRY(reader.skip(old.transitions * 5ULL + old.kinds * 6ULL + old.characters +
                  old.leap_seconds * 8ULL + old.standard_indicators + old.ut_indicators));
  const TzifCounts counts = TRY(read_tzif_header(reader));
  if (counts.kinds == 0) return corrupt("TZif file without local time types");

  ZoneRules rules;
  rules.name = std::move(name);
  for (std::uint32_t i = 0; i < counts.transitions; ++i) {
    rules.transitions.push_back(TRY(reader.read_big_endian<std::int64_t>()));
  }
  if (!std::is_sorted(rules.transitions.begin(), rules.transitions.end())) {
    return corrupt("TZif file with unsorted transitions");
  }
  const std::string_view kinds = TRY(reader.read_bytes(counts.transitions));
  std::vector<std::int32_t> kind_offsets;
  for (std::uint32_t i = 0; i < counts.kinds; ++i) {
    kind_offsets.push_back(TRY(reader.read_big_endian<std::int32_t>()));
    TRY(reader.skip(2));
  }
  rules.offsets.push_back(kind_offsets[0]);
  for (const char kind : kinds) {
    const auto index = static_cast<unsigned char>(kind);
    if (index >= kind_offsets.size()) return corrupt("TZif file with a bad type index");
    rules.offsets.push_back(kind_offsets[index]);
  }
  TRY(reader.skip(counts.characters + counts.leap_seconds * 12ULL + counts.standard_indicators +
                  counts.ut_indicators));
  const std::string_view rest = TRY(reader.read_bytes(reader.remaining()));
  if (rest.size() > 2 && rest.front() == '\n' && rest.back() == '\n') {
    rules.tail = TRY(parse_zone_tail(rest.substr(1, rest.size() - 2)));
  }
  return rules;
}

}  // namespace tarn::types
