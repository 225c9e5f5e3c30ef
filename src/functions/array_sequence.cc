// SPDX-License-Identifier: Apache-2.0
// sequence(start, stop[, step]) of numbers, dates and timestamps.
#include <algorithm>

#include "base/time.h"
#include "functions/date_field.h"
#include "functions/lists.h"
#include "types/error_name.h"

namespace tarn::functions {

namespace {

using types::TypeKind;
using types::Value;
using Arguments = std::span<const Value>;

constexpr std::int64_t kSequenceMax = 10'000;
constexpr std::int64_t kMicrosPerMilli = 1'000;

template <typename... Args>
Error bad_sequence(fmt::format_string<Args...> format, Args&&... args) {
  return types::named_error("INVALID_FUNCTION_ARGUMENT", {}, format, std::forward<Args>(args)...);
}

Result<void> check_step(std::int64_t start, std::int64_t stop, std::int64_t step) {
  if (step == 0) return bad_sequence("step must not be zero");
  if (step > 0 ? stop < start : stop > start) {
    return bad_sequence(
        "sequence stop value should be greater than or equal to start value if step is greater "
        "than zero otherwise stop should be less than or equal to start");
  }
  return ok();
}

Result<void> check_entries(Int128 count) {
  if (count <= kSequenceMax) return ok();
  return bad_sequence("result of sequence function must not have more than {} entries",
                      kSequenceMax);
}

Result<std::vector<std::int64_t>> number_steps(std::int64_t start, std::int64_t stop,
                                               std::int64_t step) {
  TRY(check_step(start, stop, step));
  const Int128 count = (Int128{stop} - start) / step + 1;
  TRY(check_entries(count));
  std::vector<std::int64_t> out;
  Int128 next = start;
  for (Int128 i = 0; i < count; ++i, next += step) out.push_back(static_cast<std::int64_t>(next));
  return out;
}

std::vector<Value> as_values(const std::vector<std::int64_t>& numbers) {
  std::vector<Value> out;
  out.reserve(numbers.size());
  for (std::int64_t number : numbers) out.push_back(Value(number));
  return out;
}

// Days of start, start + step, … months; `reaches` says whether a day is not beyond the end.
template <typename Reaches>
Result<std::vector<std::int64_t>> month_steps(std::int64_t start, std::int64_t step,
                                              const Reaches& reaches) {
  std::vector<std::int64_t> out;
  for (Int128 months = 0;; months += step) {
    const std::int64_t day = add_months(start, static_cast<std::int64_t>(months));
    if (!reaches(day)) return out;
    out.push_back(day);
    TRY(check_entries(static_cast<Int128>(out.size())));
  }
}

Result<Value> sequence_of_numbers(Arguments v) {
  const std::int64_t start = v[0].as_int();
  const std::int64_t stop = v[1].as_int();
  const std::int64_t step = v.size() > 2 ? v[2].as_int() : stop >= start ? 1 : -1;
  return Value(as_values(TRY(number_steps(start, stop, step))));
}

Result<Value> sequence_of_dates(Arguments v) {
  const std::int64_t millis = v[2].as_int();
  if (millis % kMillisPerDay != 0) {
    return bad_sequence("sequence step must be a day interval if start and end values are dates");
  }
  return Value(as_values(TRY(number_steps(v[0].as_int(), v[1].as_int(), millis / kMillisPerDay))));
}

Result<Value> sequence_of_dates_by_month(Arguments v) {
  const std::int64_t start = v[0].as_int();
  const std::int64_t stop = v[1].as_int();
  const std::int64_t step = v[2].as_int();
  TRY(check_step(start, stop, step));
  return Value(as_values(TRY(month_steps(
      start, step, [&](std::int64_t day) { return step > 0 ? day <= stop : day >= stop; }))));
}

Result<Value> sequence_of_timestamps(Arguments v) {
  const types::Timestamp& start = v[0].as_timestamp();
  const Int128 step = Int128{v[2].as_int()} * kMicrosPerMilli;
  if (step > INT64_MAX || step < INT64_MIN) return bad_sequence("step is too large");
  const auto micros =
      TRY(number_steps(start.micros, v[1].as_timestamp().micros, static_cast<std::int64_t>(step)));
  std::vector<Value> out;
  for (std::int64_t point : micros) out.push_back(types::Timestamp{point, start.picos, {}});
  return Value(std::move(out));
}

Result<Value> sequence_of_timestamps_by_month(Arguments v) {
  const types::Timestamp& start = v[0].as_timestamp();
  const std::int64_t stop = v[1].as_timestamp().micros;
  const std::int64_t step = v[2].as_int();
  TRY(check_step(start.micros, stop, step));
  const std::int64_t time = floor_modulo(start.micros, kMicrosPerDay);
  auto point_of = [&](std::int64_t day) { return Int128{day} * kMicrosPerDay + time; };
  const auto days =
      TRY(month_steps(floor_divide(start.micros, kMicrosPerDay), step, [&](std::int64_t day) {
        return step > 0 ? point_of(day) <= stop : point_of(day) >= stop;
      }));
  std::vector<Value> out;
  for (std::int64_t day : days) {
    out.push_back(types::Timestamp{static_cast<std::int64_t>(point_of(day)), start.picos, {}});
  }
  return Value(std::move(out));
}

BoundFunction bind_sequence(const CallSignature& signature) {
  const auto& arguments = signature.arguments;
  const TypeKind kind = arguments[0].kind;
  const TypeKind step = arguments.size() > 2 ? arguments[2].kind : TypeKind::BigInt;
  if (step == TypeKind::BigInt && (kind == TypeKind::BigInt || kind == TypeKind::Date)) {
    return {sequence_of_numbers};
  }
  const bool by_month = step == TypeKind::IntervalYearToMonth;
  if (kind == TypeKind::Date) {
    return {by_month ? sequence_of_dates_by_month : sequence_of_dates};
  }
  if (kind == TypeKind::Timestamp) {
    return {by_month ? sequence_of_timestamps_by_month : sequence_of_timestamps};
  }
  return {};
}

constexpr FunctionEntry kArraySequenceFunctions[] = {{"sequence", bind_sequence}};

}  // namespace

FunctionList array_sequence_functions() { return kArraySequenceFunctions; }

}  // namespace tarn::functions
