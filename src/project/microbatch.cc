// SPDX-License-Identifier: Apache-2.0
#include "project/microbatch.h"

#include <fmt/core.h>

#include "base/text.h"
#include "base/time.h"
#include "project/config.h"

namespace tarn::project {

namespace {

constexpr std::int64_t kHour = kMicrosPerHour;
constexpr std::int64_t kDay = kMicrosPerDay;
constexpr std::size_t kBatchesMax = 1'000'000;

enum class BatchSize { Hour, Day, Month, Year };

std::int64_t floor_to(std::int64_t value, std::int64_t unit) {
  return floor_divide(value, unit) * unit;
}

std::int64_t micros_of(std::int64_t year, int month, int day) {
  return days_from_civil({year, month, day}) * kDay;
}

std::int64_t truncate(std::int64_t time, BatchSize size) {
  if (size == BatchSize::Hour) return floor_to(time, kHour);
  const std::int64_t day = floor_to(time, kDay);
  if (size == BatchSize::Day) return day;
  const auto date = civil_from_days(day / kDay);
  return micros_of(date.year, size == BatchSize::Month ? date.month : 1, 1);
}

std::int64_t offset(std::int64_t time, BatchSize size, int count) {
  const std::int64_t start = truncate(time, size);
  if (size == BatchSize::Hour) return start + count * kHour;
  if (size == BatchSize::Day) return start + count * kDay;
  const auto date = civil_from_days(start / kDay);
  if (size == BatchSize::Year) return micros_of(date.year + count, 1, 1);
  const std::int64_t months = date.year * 12 + (date.month - 1) + count;
  return micros_of(floor_divide(months, 12), static_cast<int>(floor_modulo(months, 12)) + 1, 1);
}

std::string batch_id(std::int64_t start, BatchSize size) {
  const auto date = civil_from_days(floor_to(start, kDay) / kDay);
  std::string out = fmt::format("{:04}", date.year);
  if (size != BatchSize::Year) out += fmt::format("{:02}", date.month);
  if (size == BatchSize::Day || size == BatchSize::Hour) out += fmt::format("{:02}", date.day);
  if (size == BatchSize::Hour) {
    out += fmt::format("T{:02}", (start - floor_to(start, kDay)) / kHour);
  }
  return out;
}

Result<BatchSize> batch_size_of(const Node& node) {
  const Data size = config_value(node.type, node.config, "batch_size");
  if (size.text() == "hour") return BatchSize::Hour;
  if (size.text() == "day") return BatchSize::Day;
  if (size.text() == "month") return BatchSize::Month;
  if (size.text() == "year") return BatchSize::Year;
  return invalid_input(
      "microbatch model '{}' requires a 'batch_size' configuration: hour, day, month or year",
      node.name);
}

Result<std::int64_t> start_of(const Node& node, const BatchRequest& request, BatchSize size,
                              std::int64_t end) {
  if (request.event_time_start) return truncate(*request.event_time_start, size);
  if (!request.is_incremental) {
    const Data begin = config_value(node.type, node.config, "begin");
    if (begin.text().empty()) {
      return invalid_input("microbatch model '{}' requires a 'begin' configuration", node.name);
    }
    return truncate(TRY(parse_event_time(begin.text())), size);
  }
  const Data lookback = config_value(node.type, node.config, "lookback");
  int count = lookback.kind == DataKind::Int ? static_cast<int>(lookback.integer) : 1;
  // The end of a batch belongs to the batch before.
  if (end == truncate(end, size)) ++count;
  return offset(end, size, -count);
}

}  // namespace

bool is_microbatch(const Node& node) {
  return node.is_model() &&
         config_value(node.type, node.config, "materialized").text() == "incremental" &&
         config_value(node.type, node.config, "incremental_strategy").text() == "microbatch";
}

std::string event_time_text(std::int64_t time) {
  const auto date = civil_from_days(floor_to(time, kDay) / kDay);
  const std::int64_t rest = time - floor_to(time, kDay);
  std::string out =
      fmt::format("{:04}-{:02}-{:02} {:02}:{:02}:{:02}", date.year, date.month, date.day,
                  rest / kHour, rest / 60'000'000 % 60, rest / 1'000'000 % 60);
  if (rest % 1'000'000 != 0) out += fmt::format(".{:06}", rest % 1'000'000);
  return out + "+00:00";
}

Result<std::int64_t> parse_event_time(std::string_view text) {
  text = trim(text);
  if (text.size() == 10) return TRY(parse_date(text)) * kDay;
  return parse_timestamp_micros(text);
}

Result<std::vector<Batch>> plan_batches(const Node& node, const BatchRequest& request) {
  const BatchSize size = TRY(batch_size_of(node));
  std::int64_t end = request.event_time_end.value_or(request.now_micros);
  if (truncate(end, size) != end) end = offset(end, size, 1);
  std::int64_t start = TRY(start_of(node, request, size, end));
  std::vector<Batch> out;
  for (;;) {
    const std::int64_t next = offset(start, size, 1);
    const bool last = next >= end;
    out.push_back(
        {batch_id(start, size), event_time_text(start), event_time_text(last ? end : next)});
    if (last) return out;
    if (out.size() > kBatchesMax) {
      return invalid_input("microbatch model '{}' has more than {} batches", node.name,
                           kBatchesMax);
    }
    start = next;
  }
}

}  // namespace tarn::project
