// SPDX-License-Identifier: Apache-2.0
// Attributes and methods of date, time and datetime.
#include "base/time.h"
#include "jinja/methods.h"
#include "jinja/modules.h"
#include "jinja/modules/moment.h"

namespace tarn::jinja {

namespace {

using Found = std::optional<Value>;

// 0001-01-01 counted from 1970-01-01 is -719162; Python counts it as day 1.
constexpr std::int64_t kOrdinalOffset = 719'163;

// date.isocalendar(): a tuple whose parts have names.
class IsoCalendarDate final : public Object {
 public:
  explicit IsoCalendarDate(const IsoWeek& week) : week_(week) {}
  std::string_view type_name() const override { return "IsoCalendarDate"; }
  bool is_sequence() const override { return true; }
  Result<std::optional<Value>> get_attribute(Runtime&, std::string_view name) override {
    if (name == "year") return Found(Value(week_.year));
    if (name == "week") return Found(Value(week_.week));
    if (name == "weekday") return Found(Value(week_.day));
    return Found();
  }
  Result<std::optional<Value>> get_item(Runtime&, const Value& key) override {
    if (!key.is_int64()) return Found();
    switch (key.as_int() < 0 ? key.as_int() + 3 : key.as_int()) {
      case 0:
        return Found(Value(week_.year));
      case 1:
        return Found(Value(week_.week));
      case 2:
        return Found(Value(week_.day));
      default:
        return Found();
    }
  }
  Result<std::optional<std::size_t>> length(Runtime&) const override {
    return std::optional<std::size_t>(3);
  }
  Result<std::optional<Value>> iterate(Runtime&) override {
    return Found(Value::tuple({Value(week_.year), Value(week_.week), Value(week_.day)}));
  }
  Result<std::string> to_repr(Runtime&) const override {
    return fmt::format("datetime.IsoCalendarDate(year={}, week={}, weekday={})", week_.year,
                       week_.week, week_.day);
  }

 private:
  IsoWeek week_;
};

Result<Value> replace_parts(const Moment& self, const Arguments& arguments) {
  MomentParts parts = self.parts();
  Ref<Zone> zone = self.zone();
  struct Field {
    std::string_view name;
    int MomentParts::*part;
  };
  static constexpr Field kFields[] = {
      {"month", &MomentParts::month},   {"day", &MomentParts::day},
      {"hour", &MomentParts::hour},     {"minute", &MomentParts::minute},
      {"second", &MomentParts::second}, {"microsecond", &MomentParts::micro},
  };
  std::vector<NamedArgument> named(arguments.named.begin(), arguments.named.end());
  static constexpr std::string_view kOrder[] = {"year",   "month",  "day",         "hour",
                                                "minute", "second", "microsecond", "tzinfo"};
  const std::size_t first = self.kind() == Moment::Kind::Time ? 3 : 0;
  for (std::size_t i = 0; i < arguments.positional.size(); ++i) {
    if (first + i >= std::size(kOrder)) return type_error("replace() takes too many arguments");
    named.push_back({kOrder[first + i], arguments.positional[i]});
  }
  for (const auto& [name, value] : named) {
    if (name == "tzinfo") {
      zone = Ref<Zone>(value.as<Zone>());
      continue;
    }
    if (name == "fold") continue;
    const auto number =
        static_cast<int>(std::clamp<std::int64_t>(TRY(int_argument(value)), INT32_MIN, INT32_MAX));
    if (name == "year") {
      parts.year = number;
      continue;
    }
    bool known = false;
    for (const auto& field : kFields) {
      if (field.name != name) continue;
      parts.*field.part = number;
      known = true;
    }
    if (!known) {
      return type_error("replace() got an unexpected keyword argument '{}'", name);
    }
  }
  return make_moment(self.kind(), TRY(local_micros_of(parts)), std::move(zone));
}

Result<Value> as_time_zone(const Moment& self, const Arguments& arguments) {
  TRY(expect_arguments("astimezone", arguments, 0, 1));
  Ref<Zone> target = utc_zone();
  if (!arguments.positional.empty() && !arguments.positional[0].is_none()) {
    auto* zone = arguments.positional[0].as<Zone>();
    if (zone == nullptr) {
      return type_error("tzinfo argument must be None or of a tzinfo subclass, not type '{}'",
                        type_name(arguments.positional[0]));
    }
    target = Ref<Zone>(zone);
  }
  const std::int64_t utc = self.utc_micros();
  auto bound = target->at_instant(floor_divide(utc, kMicrosPerSecond));
  const std::int64_t local = utc + bound->offset_seconds() * kMicrosPerSecond;
  return make_moment(Moment::Kind::DateTime, local, std::move(bound));
}

Result<Value> iso_format(const Moment& self, const Arguments& arguments) {
  static const Signature kSignature("isoformat",
                                    {{"sep", Value("T")}, {"timespec", Value("auto")}});
  auto values = TRY(kSignature.bind(arguments));
  if (self.kind() == Moment::Kind::Time && !arguments.positional.empty()) {
    values = {Value("T"), arguments.positional[0]};
  }
  const auto separator = TRY(text_argument(values[0], "isoformat", 1));
  const auto precision = TRY(text_argument(values[1], "isoformat", 2));
  return Value(TRY(iso_text(self, separator, precision)));
}

Result<std::optional<Value>> date_method(const Moment& self, std::string_view name,
                                         const Arguments& arguments) {
  const std::int64_t days = floor_divide(self.local_micros(), kMicrosPerDay);
  if (name == "weekday") return Found(Value(week_day(days)));
  if (name == "isoweekday") return Found(Value(week_day(days) + 1));
  if (name == "isocalendar") return Found(Value(make_ref<IsoCalendarDate>(iso_week(days))));
  if (name == "toordinal") return Found(Value(days + kOrdinalOffset));
  if (name == "ctime") return Found(Value(TRY(format_moment(self, "%a %b %e %H:%M:%S %Y"))));
  if (name == "timetuple") return unsupported("struct_time in templates (timetuple)");
  (void)arguments;
  return Found();
}

Result<std::optional<Value>> datetime_method(const Moment& self, std::string_view name,
                                             const Arguments& arguments) {
  const std::int64_t days = floor_divide(self.local_micros(), kMicrosPerDay);
  const std::int64_t rest = floor_modulo(self.local_micros(), kMicrosPerDay);
  if (name == "date") return Found(make_date(days));
  if (name == "time") return Found(TRY(make_moment(Moment::Kind::Time, rest)));
  if (name == "timetz") return Found(TRY(make_moment(Moment::Kind::Time, rest, self.zone())));
  if (name == "timestamp") {
    // Naive moments count as UTC here: renders do not depend on the machine's zone.
    return Found(
        Value(static_cast<double>(self.utc_micros()) / static_cast<double>(kMicrosPerSecond)));
  }
  if (name == "astimezone") return Found(TRY(as_time_zone(self, arguments)));
  return Found();
}

constexpr std::string_view kCommonMethods[] = {"isoformat", "strftime", "replace",   "utcoffset",
                                               "dst",       "tzname",   "__format__"};
constexpr std::string_view kDateMethods[] = {"weekday",   "isoweekday", "isocalendar",
                                             "toordinal", "ctime",      "timetuple"};
constexpr std::string_view kDateTimeMethods[] = {"date", "time", "timetz", "timestamp",
                                                 "astimezone"};

bool is_listed(std::string_view name, const auto& names) {
  return std::find(std::begin(names), std::end(names), name) != std::end(names);
}

}  // namespace

Result<std::optional<Value>> Moment::get_attribute(Runtime&, std::string_view name) {
  const MomentParts p = parts();
  if (kind_ != Kind::Time) {
    if (name == "year") return Found(Value(p.year));
    if (name == "month") return Found(Value(p.month));
    if (name == "day") return Found(Value(p.day));
  }
  if (kind_ != Kind::Date) {
    if (name == "hour") return Found(Value(p.hour));
    if (name == "minute") return Found(Value(p.minute));
    if (name == "second") return Found(Value(p.second));
    if (name == "microsecond") return Found(Value(p.micro));
    if (name == "tzinfo") return Found(zone_ ? Value(zone_) : Value::none());
    if (name == "fold") return Found(Value(0));
  }
  const bool method = (is_listed(name, kCommonMethods) && name != "__format__") ||
                      (kind_ != Kind::Time && is_listed(name, kDateMethods)) ||
                      (kind_ == Kind::DateTime && is_listed(name, kDateTimeMethods));
  if (!method) return Found();
  Ref<Moment> self(this);
  return Found(make_function(name,
                             [self, bound = std::string(name)](
                                 Runtime& runtime, const Arguments& arguments) -> Result<Value> {
                               return *TRY(self->call_method(runtime, bound, arguments));
                             }));
}

Result<std::optional<Value>> Moment::call_method(Runtime& runtime, std::string_view name,
                                                 const Arguments& arguments) {
  if (name == "isoformat") return Found(TRY(iso_format(*this, arguments)));
  if (name == "strftime") {
    static const Signature kSignature("strftime", {{"format", std::nullopt}});
    const auto values = TRY(kSignature.bind(arguments));
    return Found(Value(TRY(format_moment(*this, TRY(text_argument(values[0], "strftime", 1))))));
  }
  if (name == "replace") return Found(TRY(replace_parts(*this, arguments)));
  if (kind_ != Kind::Date && (name == "utcoffset" || name == "dst" || name == "tzname")) {
    if (!zone_) return Found(Value::none());
    if (name == "tzname") return Found(Value(zone_->abbreviation()));
    const std::int64_t seconds = name == "dst" ? zone_->summer_seconds() : zone_->offset_seconds();
    return Found(make_time_delta(seconds * kMicrosPerSecond));
  }
  if (kind_ != Kind::Time) {
    auto result = TRY(date_method(*this, name, arguments));
    if (result) return result;
  }
  if (kind_ == Kind::DateTime) {
    auto result = TRY(datetime_method(*this, name, arguments));
    if (result) return result;
  }
  const auto attribute = TRY(get_attribute(runtime, name));
  if (!attribute) return Found();
  return Found(TRY(runtime.call(*attribute, arguments)));
}

}  // namespace tarn::jinja
