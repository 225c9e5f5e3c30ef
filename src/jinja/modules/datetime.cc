// SPDX-License-Identifier: Apache-2.0
// The classes of Python's datetime module.
#include <cmath>
#include <ctime>

#include "base/time.h"
#include "jinja/methods.h"
#include "jinja/modules.h"
#include "jinja/modules/moment.h"

namespace tarn::jinja {

namespace {

using Found = std::optional<Value>;

Result<int> part_of(const Value& value) {
  if (value.kind() == Kind::Float)
    return type_error("'float' object cannot be interpreted as an integer");
  return static_cast<int>(
      std::clamp<std::int64_t>(TRY(int_argument(value)), INT32_MIN / 2, INT32_MAX / 2));
}

Result<Ref<Zone>> zone_of(const Value& value) {
  if (value.is_none()) return Ref<Zone>();
  auto* zone = value.as<Zone>();
  if (zone == nullptr) {
    return type_error("tzinfo argument must be None or of a tzinfo subclass, not type '{}'",
                      type_name(value));
  }
  return Ref<Zone>(zone);
}

// Seconds that the machine's zone is ahead of UTC; for datetime.now().
std::int64_t local_offset(std::int64_t utc_seconds) {
  const auto time = static_cast<std::time_t>(utc_seconds);
  std::tm parts{};
  return localtime_r(&time, &parts) == nullptr ? 0 : parts.tm_gmtoff;
}

// A class of the module: callable, with class methods as attributes.
class MomentClass final : public Object {
 public:
  MomentClass(Moment::Kind kind, Clock& clock) : kind_(kind), clock_(clock) {}
  std::string_view type_name() const override { return "type"; }
  bool is_callable() const override { return true; }
  Result<std::string> to_repr(Runtime&) const override {
    return fmt::format("<class 'datetime.{}'>", class_name());
  }

  Result<Value> call(Runtime&, const Arguments& arguments) override {
    if (kind_ == Moment::Kind::Date) {
      static const Signature kSignature(
          "date", {{"year", std::nullopt}, {"month", std::nullopt}, {"day", std::nullopt}});
      return build(TRY(kSignature.bind(arguments)), 3);
    }
    if (kind_ == Moment::Kind::Time) {
      static const Signature kSignature("time", {{"hour", Value(0)},
                                                 {"minute", Value(0)},
                                                 {"second", Value(0)},
                                                 {"microsecond", Value(0)},
                                                 {"tzinfo", Value::none()}});
      auto values = TRY(kSignature.bind(arguments));
      values.insert(values.begin(), {Value(1970), Value(1), Value(1)});
      return build(values, 7);
    }
    static const Signature kSignature("datetime", {{"year", std::nullopt},
                                                   {"month", std::nullopt},
                                                   {"day", std::nullopt},
                                                   {"hour", Value(0)},
                                                   {"minute", Value(0)},
                                                   {"second", Value(0)},
                                                   {"microsecond", Value(0)},
                                                   {"tzinfo", Value::none()}});
    return build(TRY(kSignature.bind(arguments)), 7);
  }

  Result<std::optional<Value>> get_attribute(Runtime&, std::string_view name) override {
    if (name == "min" || name == "max") return extreme(name == "min");
    if (!is_class_method(name)) return Found();
    Ref<MomentClass> self(this);
    return Found(make_function(
        name, [self, method = std::string(name)](Runtime& runtime, const Arguments& arguments) {
          return self->class_method(runtime, method, arguments);
        }));
  }

 private:
  std::string_view class_name() const {
    return kind_ == Moment::Kind::Date ? "date" : kind_ == Moment::Kind::Time ? "time" : "datetime";
  }

  Result<Value> build(const std::vector<Value>& values, std::size_t parts_count) const {
    MomentParts parts;
    parts.year = TRY(part_of(values[0]));
    parts.month = TRY(part_of(values[1]));
    parts.day = TRY(part_of(values[2]));
    Ref<Zone> zone;
    if (parts_count > 3) {
      parts.hour = TRY(part_of(values[3]));
      parts.minute = TRY(part_of(values[4]));
      parts.second = TRY(part_of(values[5]));
      parts.micro = TRY(part_of(values[6]));
      zone = TRY(zone_of(values[7]));
    }
    return make_moment(kind_, TRY(local_micros_of(parts)), std::move(zone));
  }

  Result<std::optional<Value>> extreme(bool lowest) const {
    MomentParts parts{.year = lowest ? 1 : 9'999, .month = lowest ? 1 : 12, .day = lowest ? 1 : 31};
    if (kind_ == Moment::Kind::Time) parts = {};
    if (kind_ != Moment::Kind::Date && !lowest) {
      parts.hour = 23;
      parts.minute = parts.second = 59;
      parts.micro = 999'999;
    }
    return Found(TRY(make_moment(kind_, TRY(local_micros_of(parts)))));
  }

  bool is_class_method(std::string_view name) const {
    if (name == "fromisoformat") return true;
    if (kind_ == Moment::Kind::Time) return false;
    if (name == "today" || name == "fromordinal" || name == "fromtimestamp") return true;
    if (kind_ == Moment::Kind::Date) return false;
    return name == "now" || name == "utcnow" || name == "strptime" || name == "combine" ||
           name == "utcfromtimestamp";
  }

  Result<Value> from_utc(std::int64_t utc_micros, const Ref<Zone>& zone) const {
    if (!zone) {
      const std::int64_t seconds = floor_divide(utc_micros, kMicrosPerSecond);
      return trimmed(utc_micros + local_offset(seconds) * kMicrosPerSecond, {});
    }
    auto bound = zone->at_instant(floor_divide(utc_micros, kMicrosPerSecond));
    return trimmed(utc_micros + bound->offset_seconds() * kMicrosPerSecond, bound);
  }

  Result<Value> trimmed(std::int64_t local_micros, Ref<Zone> zone) const {
    if (kind_ == Moment::Kind::Date) {
      local_micros = floor_divide(local_micros, kMicrosPerDay) * kMicrosPerDay;
      zone = {};
    }
    return make_moment(kind_, local_micros, std::move(zone));
  }

  Result<Value> class_method(Runtime&, std::string_view name, const Arguments& arguments) const {
    if (name == "now") {
      static const Signature kSignature("now", {{"tz", Value::none()}});
      return from_utc(clock_.now_micros(), TRY(zone_of(TRY(kSignature.bind(arguments))[0])));
    }
    if (name == "utcnow") return trimmed(clock_.now_micros(), {});
    if (name == "today") return from_utc(clock_.now_micros(), {});
    if (name == "fromtimestamp" || name == "utcfromtimestamp") {
      static const Signature kSignature("fromtimestamp",
                                        {{"timestamp", std::nullopt}, {"tz", Value::none()}});
      const auto values = TRY(kSignature.bind(arguments));
      if (!is_numeric_value(values[0])) {
        return type_error("'{}' object cannot be interpreted as an integer",
                          jinja::type_name(values[0]));
      }
      const double seconds = TRY(to_double(values[0]));
      if (!(std::fabs(seconds) < 1e12)) return value_error("year is out of range");
      const auto micros = static_cast<std::int64_t>(
          std::nearbyint(seconds * static_cast<double>(kMicrosPerSecond)));
      if (name == "utcfromtimestamp") return trimmed(micros, {});
      return from_utc(micros, TRY(zone_of(values[1])));
    }
    if (name == "combine") {
      TRY(expect_arguments("combine", arguments, 2, 2));
      const auto* date = arguments.positional[0].as<Moment>();
      const auto* time = arguments.positional[1].as<Moment>();
      if (date == nullptr || time == nullptr || time->kind() != Moment::Kind::Time) {
        return type_error("combine() needs a date and a time");
      }
      const std::int64_t days = floor_divide(date->local_micros(), kMicrosPerDay);
      return make_moment(kind_, days * kMicrosPerDay + time->local_micros(), time->zone());
    }
    if (name == "fromordinal") {
      TRY(expect_arguments("fromordinal", arguments, 1, 1));
      const std::int64_t ordinal = TRY(int_argument(arguments.positional[0]));
      if (ordinal < 1 || ordinal > 3'652'059) return value_error("ordinal must be >= 1");
      return make_moment(kind_, (ordinal - 719'163) * kMicrosPerDay);
    }
    if (name == "strptime") {
      TRY(expect_arguments("strptime", arguments, 2, 2));
      return parse_moment(TRY(text_argument(arguments.positional[0], "strptime", 1)),
                          TRY(text_argument(arguments.positional[1], "strptime", 2)));
    }
    TRY(expect_arguments("fromisoformat", arguments, 1, 1));
    if (!arguments.positional[0].is_text()) {
      return type_error("fromisoformat: argument must be str");
    }
    return parse_iso_moment(arguments.positional[0].text(), kind_);
  }

  Moment::Kind kind_;
  Clock& clock_;
};

class TimeDeltaClass final : public Object {
 public:
  std::string_view type_name() const override { return "type"; }
  bool is_callable() const override { return true; }
  Result<std::string> to_repr(Runtime&) const override { return "<class 'datetime.timedelta'>"; }
  Result<Value> call(Runtime&, const Arguments& arguments) override {
    static const Signature kSignature("timedelta", {{"days", Value(0)},
                                                    {"seconds", Value(0)},
                                                    {"microseconds", Value(0)},
                                                    {"milliseconds", Value(0)},
                                                    {"minutes", Value(0)},
                                                    {"hours", Value(0)},
                                                    {"weeks", Value(0)}});
    static constexpr std::int64_t kUnits[] = {
        kMicrosPerDay,  kMicrosPerSecond, 1, 1'000, 60 * kMicrosPerSecond,
        kMicrosPerHour, 7 * kMicrosPerDay};
    const auto values = TRY(kSignature.bind(arguments));
    std::int64_t total = 0;
    double fraction = 0;
    for (std::size_t i = 0; i < values.size(); ++i) {
      std::int64_t part = 0;
      bool overflow = false;
      if (values[i].is_int64()) {
        overflow = __builtin_mul_overflow(values[i].as_int(), kUnits[i], &part);
      } else if (values[i].kind() == Kind::Float) {
        const double exact = values[i].as_float() * static_cast<double>(kUnits[i]);
        if (std::isnan(exact)) return value_error("cannot convert float NaN to integer");
        overflow = !(std::fabs(exact) < 9e18);
        if (!overflow) {
          part = static_cast<std::int64_t>(std::trunc(exact));
          fraction += exact - std::trunc(exact);
        }
      } else {
        return type_error("unsupported type for timedelta component: {}",
                          jinja::type_name(values[i]));
      }
      if (overflow || __builtin_add_overflow(total, part, &total)) {
        return fail(kOverflowError, "days too large for a timedelta");
      }
    }
    return make_time_delta(total + static_cast<std::int64_t>(std::nearbyint(fraction)));
  }
  Result<std::optional<Value>> get_attribute(Runtime&, std::string_view name) override {
    if (name == "resolution") return Found(make_time_delta(1));
    return Found();
  }
};

}  // namespace

Value make_datetime_module(Clock& clock) {
  return make_module("dict", {{"date", make_ref<MomentClass>(Moment::Kind::Date, clock)},
                              {"datetime", make_ref<MomentClass>(Moment::Kind::DateTime, clock)},
                              {"time", make_ref<MomentClass>(Moment::Kind::Time, clock)},
                              {"timedelta", make_ref<TimeDeltaClass>()}});
}

Value make_modules(Clock& clock) {
  return make_module("dict", {{"pytz", make_pytz_module()},
                              {"datetime", make_datetime_module(clock)},
                              {"re", make_re_module()},
                              {"itertools", make_itertools_module()}});
}

}  // namespace tarn::jinja
