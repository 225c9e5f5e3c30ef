// SPDX-License-Identifier: Apache-2.0
#include "jinja/modules/moment.h"

#include <cmath>

#include "base/time.h"
#include "jinja/methods.h"
#include "jinja/modules.h"

namespace tarn::jinja {

namespace {

constexpr std::int64_t kDeltaMax = INT64_MAX / 4;

int order(std::int64_t a, std::int64_t b) { return a < b ? -1 : a > b ? 1 : 0; }

Result<Value> checked_delta(double micros) {
  if (!(std::fabs(micros) < static_cast<double>(kDeltaMax))) {
    return fail(kOverflowError, "days too large for a timedelta");
  }
  return make_time_delta(static_cast<std::int64_t>(std::nearbyint(micros)));
}

using Found = std::optional<Value>;

}  // namespace

Value make_time_delta(std::int64_t micros) { return make_ref<TimeDelta>(micros); }

Value make_date(std::int64_t days_since_epoch) {
  return make_ref<Moment>(Moment::Kind::Date, days_since_epoch * kMicrosPerDay);
}

std::optional<std::string> date_text(const Value& value) {
  const auto* moment = value.as<Moment>();
  if (moment == nullptr || moment->kind() != Moment::Kind::Date) return std::nullopt;
  const auto text = iso_text(*moment, " ");
  return text ? std::optional(*text) : std::nullopt;
}

Value make_datetime(std::int64_t micros_since_epoch, bool utc) {
  return make_ref<Moment>(Moment::Kind::DateTime, micros_since_epoch,
                          utc ? utc_zone() : Ref<Zone>());
}

Result<std::optional<Value>> TimeDelta::get_attribute(Runtime& runtime, std::string_view name) {
  const std::int64_t days = floor_divide(micros_, kMicrosPerDay);
  const std::int64_t rest = floor_modulo(micros_, kMicrosPerDay);
  if (name == "days") return Found(Value(days));
  if (name == "seconds") return Found(Value(rest / kMicrosPerSecond));
  if (name == "microseconds") return Found(Value(rest % kMicrosPerSecond));
  if (name == "total_seconds") {
    Ref<TimeDelta> self(this);
    return Found(make_function(name, [self](Runtime& inner, const Arguments& arguments) {
      return jinja::call_method(inner, Value(self), "total_seconds", arguments);
    }));
  }
  (void)runtime;
  return Found();
}

Result<std::optional<Value>> TimeDelta::call_method(Runtime& runtime, std::string_view name,
                                                    const Arguments& arguments) {
  if (name == "total_seconds") {
    return Found(Value(static_cast<double>(micros_) / static_cast<double>(kMicrosPerSecond)));
  }
  return Object::call_method(runtime, name, arguments);
}

Result<std::string> TimeDelta::to_text(Runtime&) const {
  const std::int64_t days = floor_divide(micros_, kMicrosPerDay);
  const std::int64_t rest = floor_modulo(micros_, kMicrosPerDay);
  std::string text;
  if (days != 0) text = fmt::format("{} day{}, ", days, std::abs(days) == 1 ? "" : "s");
  const std::int64_t seconds = rest / kMicrosPerSecond;
  text += fmt::format("{}:{:02}:{:02}", seconds / 3'600, seconds / 60 % 60, seconds % 60);
  if (rest % kMicrosPerSecond != 0) text += fmt::format(".{:06}", rest % kMicrosPerSecond);
  return text;
}

Result<std::string> TimeDelta::to_repr(Runtime&) const {
  const std::int64_t days = floor_divide(micros_, kMicrosPerDay);
  const std::int64_t rest = floor_modulo(micros_, kMicrosPerDay);
  std::string parts;
  const auto add = [&parts](std::string_view name, std::int64_t value) {
    if (value == 0) return;
    if (!parts.empty()) parts += ", ";
    parts += fmt::format("{}={}", name, value);
  };
  add("days", days);
  add("seconds", rest / kMicrosPerSecond);
  add("microseconds", rest % kMicrosPerSecond);
  return "datetime.timedelta(" + (parts.empty() ? "0" : parts) + ")";
}

bool TimeDelta::equals(const Object& other) const {
  const auto* delta = dynamic_cast<const TimeDelta*>(&other);
  return delta != nullptr && delta->micros_ == micros_;
}

std::optional<int> TimeDelta::compare(const Object& other) const {
  const auto* delta = dynamic_cast<const TimeDelta*>(&other);
  if (delta == nullptr) return std::nullopt;
  return order(micros_, delta->micros_);
}

Result<std::optional<Value>> TimeDelta::binary(Runtime&, std::string_view op, const Value& other,
                                               bool reflected) const {
  if (op == "negate") return Found(make_time_delta(-micros_));
  if (op == "plus") return Found(make_time_delta(micros_));
  if (op == "absolute") return Found(make_time_delta(std::abs(micros_)));
  const auto* delta = other.as<TimeDelta>();
  const auto exact = static_cast<double>(micros_);
  if (delta != nullptr && !reflected) {
    std::int64_t sum = 0;
    if (op == "+" && !__builtin_add_overflow(micros_, delta->micros_, &sum)) {
      return Found(make_time_delta(sum));
    }
    if (op == "-" && !__builtin_sub_overflow(micros_, delta->micros_, &sum)) {
      return Found(make_time_delta(sum));
    }
    const bool divides = op == "/" || op == "//" || op == "%";
    if (divides && delta->micros_ == 0) {
      return fail(kZeroDivisionError, "{}",
                  op == "/" ? "division by zero" : "integer division or modulo by zero");
    }
    if (op == "/") return Found(Value(exact / static_cast<double>(delta->micros_)));
    if (op == "//") return Found(Value(floor_divide(micros_, delta->micros_)));
    if (op == "%") return Found(make_time_delta(floor_modulo(micros_, delta->micros_)));
    return Found();
  }
  if (other.is_int64()) {
    const std::int64_t number = other.as_int();
    if (op == "*") {
      std::int64_t product = 0;
      if (__builtin_mul_overflow(micros_, number, &product) || std::abs(product) > kDeltaMax) {
        return fail(kOverflowError, "days too large for a timedelta");
      }
      return Found(make_time_delta(product));
    }
    if (reflected || (op != "/" && op != "//")) return Found();
    if (number == 0) {
      return fail(kZeroDivisionError, "integer division or modulo by zero");
    }
    if (op == "//") return Found(make_time_delta(floor_divide(micros_, number)));
    return Found(TRY(checked_delta(exact / static_cast<double>(number))));
  }
  if (other.kind() == jinja::Kind::Float) {
    if (op == "*") return Found(TRY(checked_delta(exact * other.as_float())));
    if (op == "/" && !reflected) {
      if (other.as_float() == 0) return fail(kZeroDivisionError, "division by zero");
      return Found(TRY(checked_delta(exact / other.as_float())));
    }
  }
  return Found();
}

Result<std::int64_t> local_micros_of(const MomentParts& parts) {
  if (parts.year < 1 || parts.year > 9'999) {
    return value_error("year {} is out of range", parts.year);
  }
  if (parts.month < 1 || parts.month > 12) return value_error("month must be in 1..12");
  if (!is_valid_date({parts.year, parts.month, parts.day})) {
    return value_error("day is out of range for month");
  }
  if (parts.hour < 0 || parts.hour > 23) return value_error("hour must be in 0..23");
  if (parts.minute < 0 || parts.minute > 59) return value_error("minute must be in 0..59");
  if (parts.second < 0 || parts.second > 59) return value_error("second must be in 0..59");
  if (parts.micro < 0 || parts.micro > 999'999) {
    return value_error("microsecond must be in 0..999999");
  }
  const std::int64_t days = days_from_civil({parts.year, parts.month, parts.day});
  return days * kMicrosPerDay +
         ((parts.hour * 60LL + parts.minute) * 60 + parts.second) * kMicrosPerSecond + parts.micro;
}

Result<Value> make_moment(Moment::Kind kind, std::int64_t local_micros, Ref<Zone> zone) {
  if (kind != Moment::Kind::Time) {
    const std::int64_t year = civil_from_days(floor_divide(local_micros, kMicrosPerDay)).year;
    if (year < 1 || year > 9'999) return fail(kOverflowError, "date value out of range");
  }
  return Value(make_ref<Moment>(kind, local_micros, std::move(zone)));
}

MomentParts Moment::parts() const {
  MomentParts parts;
  const CivilDate date = civil_from_days(floor_divide(local_, kMicrosPerDay));
  const std::int64_t rest = floor_modulo(local_, kMicrosPerDay);
  parts.year = date.year;
  parts.month = date.month;
  parts.day = date.day;
  parts.micro = static_cast<int>(rest % kMicrosPerSecond);
  const std::int64_t seconds = rest / kMicrosPerSecond;
  parts.hour = static_cast<int>(seconds / 3'600);
  parts.minute = static_cast<int>(seconds / 60 % 60);
  parts.second = static_cast<int>(seconds % 60);
  return parts;
}

std::int64_t Moment::utc_micros() const {
  return zone_ ? local_ - zone_->offset_seconds() * kMicrosPerSecond : local_;
}

std::string_view Moment::type_name() const {
  return kind_ == Kind::Date ? "date" : kind_ == Kind::Time ? "time" : "datetime";
}

std::string Moment::object_type_name() const {
  return fmt::format("datetime.{} object", type_name());
}

Result<std::string> Moment::to_text(Runtime&) const { return iso_text(*this, " "); }

Result<std::string> Moment::to_repr(Runtime& runtime) const {
  const MomentParts p = parts();
  std::string text = fmt::format("datetime.{}(", type_name());
  if (kind_ != Kind::Time) text += fmt::format("{}, {}, {}", p.year, p.month, p.day);
  if (kind_ == Kind::DateTime) text += ", ";
  if (kind_ != Kind::Date) {
    text += fmt::format("{}, {}", p.hour, p.minute);
    if (p.second != 0 || p.micro != 0) text += fmt::format(", {}", p.second);
    if (p.micro != 0) text += fmt::format(", {}", p.micro);
    if (zone_) text += ", tzinfo=" + TRY(zone_->to_repr(runtime));
  }
  return text + ")";
}

bool Moment::equals(const Object& other) const {
  const auto* moment = dynamic_cast<const Moment*>(&other);
  if (moment == nullptr || moment->kind_ != kind_) return false;
  if (static_cast<bool>(moment->zone_) != static_cast<bool>(zone_)) return false;
  return moment->utc_micros() == utc_micros();
}

std::optional<int> Moment::compare(const Object& other) const {
  const auto* moment = dynamic_cast<const Moment*>(&other);
  if (moment == nullptr || moment->kind_ != kind_) return std::nullopt;
  if (static_cast<bool>(moment->zone_) != static_cast<bool>(zone_)) return std::nullopt;
  return order(utc_micros(), moment->utc_micros());
}

Result<std::optional<Value>> Moment::binary(Runtime&, std::string_view op, const Value& other,
                                            bool reflected) const {
  if (kind_ == Kind::Time) return Found();
  if (const auto* delta = other.as<TimeDelta>()) {
    if (op != "+" && (op != "-" || reflected)) return Found();
    std::int64_t micros = delta->micros();
    if (kind_ == Kind::Date) micros = floor_divide(micros, kMicrosPerDay) * kMicrosPerDay;
    std::int64_t sum = 0;
    const bool overflow = op == "+" ? __builtin_add_overflow(local_, micros, &sum)
                                    : __builtin_sub_overflow(local_, micros, &sum);
    if (overflow) return fail(kOverflowError, "date value out of range");
    return Found(TRY(make_moment(kind_, sum, zone_)));
  }
  const auto* moment = other.as<Moment>();
  if (moment == nullptr || op != "-" || reflected || moment->kind_ != kind_) return Found();
  if (static_cast<bool>(moment->zone_) != static_cast<bool>(zone_)) {
    return type_error("can't subtract offset-naive and offset-aware datetimes");
  }
  return Found(make_time_delta(utc_micros() - moment->utc_micros()));
}

Result<std::optional<std::string>> Moment::format(Runtime& runtime, std::string_view spec) const {
  if (spec.empty()) return std::optional<std::string>(TRY(to_text(runtime)));
  return std::optional<std::string>(TRY(format_moment(*this, spec)));
}

int week_day(std::int64_t days) { return static_cast<int>(floor_modulo(days + 3, 7)); }

IsoWeek iso_week(std::int64_t days) {
  // The week belongs to the year of its Thursday.
  const std::int64_t thursday = days - week_day(days) + 3;
  const std::int64_t year = civil_from_days(thursday).year;
  const std::int64_t new_year = days_from_civil({year, 1, 1});
  return {year, static_cast<int>((thursday - new_year) / 7) + 1, week_day(days) + 1};
}

}  // namespace tarn::jinja
