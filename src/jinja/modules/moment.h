// SPDX-License-Identifier: Apache-2.0
// Python's date, time, datetime, timedelta and tzinfo as host objects; private to the folder.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "jinja/object.h"
#include "jinja/runtime.h"

namespace tarn::jinja {

class TimeDelta final : public Object {
 public:
  explicit TimeDelta(std::int64_t micros) : micros_(micros) {}
  std::int64_t micros() const { return micros_; }

  std::string_view type_name() const override { return "timedelta"; }
  std::string object_type_name() const override { return "datetime.timedelta object"; }
  Result<std::optional<Value>> get_attribute(Runtime& runtime, std::string_view name) override;
  Result<std::optional<Value>> call_method(Runtime& runtime, std::string_view name,
                                           const Arguments& arguments) override;
  Result<std::string> to_text(Runtime& runtime) const override;
  Result<std::string> to_repr(Runtime& runtime) const override;
  Result<bool> truth(Runtime&) const override { return micros_ != 0; }
  bool equals(const Object& other) const override;
  Result<std::uint64_t> hash() const override { return static_cast<std::uint64_t>(micros_); }
  std::optional<int> compare(const Object& other) const override;
  Result<std::optional<Value>> binary(Runtime& runtime, std::string_view op, const Value& other,
                                      bool reflected) const override;

 private:
  std::int64_t micros_;
};

// A time zone. pytz's zones are bound to one period (such as summer time) when a moment is
// localized; unbound they stand for their oldest period, as in pytz.
class Zone : public Object {
 public:
  std::string_view type_name() const override { return "tzinfo"; }
  std::string object_type_name() const override { return "datetime.tzinfo object"; }
  virtual std::int64_t offset_seconds() const = 0;
  virtual std::int64_t summer_seconds() const { return 0; }
  virtual std::string abbreviation() const = 0;
  // The zone bound to the period of an instant (UTC).
  virtual Ref<Zone> at_instant(std::int64_t utc_seconds) {
    (void)utc_seconds;
    return Ref<Zone>(this);
  }
  // The zone bound to the period of a local time.
  virtual Ref<Zone> at_local(std::int64_t local_seconds, bool is_dst) {
    (void)local_seconds, (void)is_dst;
    return Ref<Zone>(this);
  }
};

Ref<Zone> utc_zone();                               // pytz.utc
Ref<Zone> fixed_zone(std::int64_t offset_seconds);  // datetime.timezone(…)
// Kind `python:UnknownTimeZoneError`.
Result<Ref<Zone>> find_zone(std::string_view name);

// Parts of a moment in its own zone.
struct MomentParts {
  std::int64_t year = 1970;
  int month = 1, day = 1, hour = 0, minute = 0, second = 0, micro = 0;
};

// date, time and datetime in one class: `kind` says which parts count.
class Moment final : public Object {
 public:
  enum class Kind { Date, Time, DateTime };
  Moment(Kind kind, std::int64_t local_micros, Ref<Zone> zone = {})
      : kind_(kind), local_(local_micros), zone_(std::move(zone)) {}

  Kind kind() const { return kind_; }
  std::int64_t local_micros() const { return local_; }  // since 1970, or since midnight
  std::int64_t utc_micros() const;
  const Ref<Zone>& zone() const { return zone_; }
  MomentParts parts() const;

  std::string_view type_name() const override;
  std::string object_type_name() const override;
  Result<std::optional<Value>> get_attribute(Runtime& runtime, std::string_view name) override;
  Result<std::optional<Value>> call_method(Runtime& runtime, std::string_view name,
                                           const Arguments& arguments) override;
  Result<std::string> to_text(Runtime& runtime) const override;
  Result<std::string> to_repr(Runtime& runtime) const override;
  bool equals(const Object& other) const override;
  Result<std::uint64_t> hash() const override { return static_cast<std::uint64_t>(utc_micros()); }
  std::optional<int> compare(const Object& other) const override;
  Result<std::optional<Value>> binary(Runtime& runtime, std::string_view op, const Value& other,
                                      bool reflected) const override;
  Result<std::optional<std::string>> format(Runtime& runtime, std::string_view spec) const override;

 private:
  Kind kind_;
  std::int64_t local_;
  Ref<Zone> zone_;
};

// Years 1–9999; kind `value` with Python's words otherwise.
Result<std::int64_t> local_micros_of(const MomentParts& parts);
Result<Value> make_moment(Moment::Kind kind, std::int64_t local_micros, Ref<Zone> zone = {});

// `2024-01-02T03:04:05.000678+02:00`; timespec is that of Python.
Result<std::string> iso_text(const Moment& moment, std::string_view separator,
                             std::string_view timespec = "auto");
std::string offset_text(std::int64_t seconds, std::string_view colon);
Result<std::string> format_moment(const Moment& moment, std::string_view format);
// datetime.strptime.
Result<Value> parse_moment(std::string_view text, std::string_view format);
Result<Value> parse_iso_moment(std::string_view text, Moment::Kind kind);
// ISO year, week and week day (1–7).
struct IsoWeek {
  std::int64_t year = 0;
  int week = 0, day = 0;
};
IsoWeek iso_week(std::int64_t days);
int week_day(std::int64_t days);  // Monday 0

}  // namespace tarn::jinja
