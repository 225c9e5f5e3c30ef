// SPDX-License-Identifier: Apache-2.0
#include "project/sample.h"

#include <algorithm>

#include "base/text.h"
#include "base/time.h"
#include "project/data.h"
#include "project/microbatch.h"
#include "project/project_file.h"
#include "yaml/load.h"

namespace tarn::project {

namespace {

// More than 10,000 years of hours would leave the calendar.
constexpr std::int64_t kCountMax = 80'000'000;

std::int64_t months_back(std::int64_t time, std::int64_t count) {
  const std::int64_t days = floor_divide(time, kMicrosPerDay);
  const auto date = civil_from_days(days);
  const std::int64_t months = date.year * 12 + (date.month - 1) - count;
  const std::int64_t year = floor_divide(months, std::int64_t{12});
  const int month = static_cast<int>(floor_modulo(months, std::int64_t{12})) + 1;
  const std::int64_t next =
      month == 12 ? days_from_civil({year + 1, 1, 1}) : days_from_civil({year, month + 1, 1});
  const std::int64_t first = days_from_civil({year, month, 1});
  const std::int64_t day = std::min<std::int64_t>(date.day, next - first);
  return (first + day - 1) * kMicrosPerDay + (time - days * kMicrosPerDay);
}

Result<std::int64_t> back_by(std::int64_t now, std::int64_t count, std::string_view grain) {
  std::string unit = to_lower(grain);
  while (unit.ends_with('s')) unit.pop_back();
  if (count > kCountMax || count < -kCountMax) {
    return invalid_input("a sample of {} {} is out of range", count, grain);
  }
  std::int64_t out = 0;
  if (unit == "hour") {
    out = now - count * kMicrosPerHour;
  } else if (unit == "day") {
    out = std::abs(count) > 4'000'000 ? INT64_MIN : now - count * kMicrosPerDay;
  } else if (unit == "month" || unit == "year") {
    if (std::abs(count) > 200'000)
      return invalid_input("a sample of {} {} is out of range", count, grain);
    out = months_back(now, unit == "year" ? count * 12 : count);
  } else {
    return invalid_input("invalid grain size `{}` of --sample: use hours, days, months or years",
                         grain);
  }
  if (out < days_from_civil({1, 1, 1}) * kMicrosPerDay ||
      out >= days_from_civil({10'000, 1, 1}) * kMicrosPerDay) {
    return invalid_input("a sample of {} {} is out of range", count, grain);
  }
  return out;
}

Result<std::int64_t> bound_of(const Data& data, std::string_view key) {
  const Data value = data.get(key);
  if (value.is_null()) return invalid_input("--sample needs `{}`", key);
  const std::string text = to_python(value);
  // dbt would take the clock reading of another zone for one in UTC.
  const auto zone = text.find_last_of("+-");
  if (zone != std::string::npos && zone > 10 && text.substr(zone + 1) != "00:00") {
    return invalid_input("give the times of --sample in UTC, not `{}`", text);
  }
  return parse_event_time(text);
}

Result<SampleWindow> parse_bounds(std::string_view text) {
  const auto document = yaml::load(text, {.mode = yaml::LoadMode::Plain});
  if (!document) return yaml_error(document.error(), text, "--sample");
  Arena arena;
  const Data data = from_yaml(*document->root, arena);
  const std::int64_t start = TRY(bound_of(data, "start"));
  const std::int64_t end = TRY(bound_of(data, "end"));
  return SampleWindow{event_time_text(start), event_time_text(end)};
}

}  // namespace

Result<SampleWindow> parse_sample(std::string_view text, std::int64_t now_micros) {
  if (trim_left(text).starts_with('{')) return parse_bounds(text);
  const auto words = split(text, ' ');
  if (words.size() != 2) {
    return invalid_input(
        "cannot read the sample `{}`: it must be like `3 days` or `{{'start': …, 'end': …}}`",
        text);
  }
  const auto count = parse_int64(words[0]);
  if (!count) return invalid_input("unable to convert `{}` of --sample to an integer", words[0]);
  const std::int64_t start = TRY(back_by(now_micros, *count, words[1]));
  return SampleWindow{event_time_text(start), event_time_text(now_micros)};
}

}  // namespace tarn::project
