// SPDX-License-Identifier: Apache-2.0
// Time zones from the system's TZif files (RFC 8536), with the behavior of pytz.
#include <algorithm>
#include <map>
#include <mutex>
#include <vector>

#include "base/file.h"
#include "base/text.h"
#include "base/time.h"
#include "jinja/modules.h"
#include "jinja/modules/moment.h"

namespace tarn::jinja {

namespace {

constexpr std::string_view kZoneFolder = "/usr/share/zoneinfo/";
constexpr std::string_view kUnknownZone = "python:UnknownTimeZoneError";

struct ZonePeriod {
  std::int64_t offset = 0;
  std::int64_t summer = 0;
  std::string abbreviation;
};

struct ZoneFile {
  std::string name;
  std::vector<std::int64_t> transitions;
  std::vector<ZonePeriod> periods;  // [0] before the first transition, [i] from [i - 1] on
};

class Reader {
 public:
  explicit Reader(std::string_view bytes) : bytes_(bytes) {}
  bool has(std::size_t count) const { return bytes_.size() - at_ >= count; }
  void skip(std::size_t count) { at_ += std::min(count, bytes_.size() - at_); }
  std::int64_t number(std::size_t size) {
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < size; ++i) {
      value = (value << 8) | (at_ < bytes_.size() ? static_cast<unsigned char>(bytes_[at_]) : 0U);
      ++at_;
    }
    if (size < 8 && (value >> (size * 8 - 1)) != 0) value |= ~0ULL << (size * 8);
    return static_cast<std::int64_t>(value);
  }
  std::string_view rest() const { return bytes_.substr(std::min(at_, bytes_.size())); }

 private:
  std::string_view bytes_;
  std::size_t at_ = 0;
};

struct Counts {
  std::size_t utc, standard, leap, times, types, chars;
};

Result<Counts> read_header(Reader& reader) {
  if (!reader.rest().starts_with("TZif") || !reader.has(44)) {
    return corrupt("not a time zone file");
  }
  reader.skip(20);
  std::size_t values[6];
  for (auto& value : values) {
    value = static_cast<std::size_t>(reader.number(4) & 0xFFFFFFFF);
    if (value > 100'000) return corrupt("not a time zone file");
  }
  return Counts{values[0], values[1], values[2], values[3], values[4], values[5]};
}

// pytz keeps whole minutes.
std::int64_t whole_minutes(std::int64_t seconds) { return floor_divide(seconds + 30, 60) * 60; }

Result<ZoneFile> parse_zone_file(std::string name, std::string_view bytes) {
  Reader reader(bytes);
  const auto old = TRY(read_header(reader));
  reader.skip(old.times * 5 + old.types * 6 + old.chars + old.leap * 8 + old.standard + old.utc);
  const auto counts = TRY(read_header(reader));
  if (!reader.has(counts.times * 9 + counts.types * 6 + counts.chars) || counts.types == 0) {
    return corrupt("not a time zone file");
  }
  ZoneFile file;
  file.name = std::move(name);
  for (std::size_t i = 0; i < counts.times; ++i) file.transitions.push_back(reader.number(8));
  std::vector<std::size_t> kinds;
  for (std::size_t i = 0; i < counts.times; ++i) {
    kinds.push_back(static_cast<std::size_t>(reader.number(1) & 0xFF));
  }
  struct Type {
    std::int64_t offset;
    bool summer;
    std::size_t abbreviation;
  };
  std::vector<Type> types;
  for (std::size_t i = 0; i < counts.types; ++i) {
    const std::int64_t offset = reader.number(4);
    const bool summer = reader.number(1) != 0;
    types.push_back({offset, summer, static_cast<std::size_t>(reader.number(1) & 0xFF)});
  }
  const std::string_view chars = reader.rest().substr(0, counts.chars);
  const auto period_of = [&](const Type& type) {
    ZonePeriod period;
    period.offset = whole_minutes(type.offset);
    const std::string_view from = chars.substr(std::min(type.abbreviation, chars.size()));
    period.abbreviation = from.substr(0, from.find('\0'));
    return period;
  };
  file.periods.push_back(period_of(types[0]));
  std::int64_t standard = file.periods[0].offset;
  for (const std::size_t kind : kinds) {
    if (kind >= types.size()) return corrupt("not a time zone file");
    ZonePeriod period = period_of(types[kind]);
    if (types[kind].summer) {
      period.summer = period.offset > standard ? period.offset - standard : 3'600;
    } else {
      standard = period.offset;
    }
    file.periods.push_back(std::move(period));
  }
  return file;
}

// A zone of pytz, bound to one of its periods.
class RegionZone final : public Zone {
 public:
  RegionZone(std::shared_ptr<const ZoneFile> file, std::size_t period)
      : file_(std::move(file)), period_(period) {}
  std::string_view type_name() const override { return file_->name; }
  std::string object_type_name() const override { return "pytz.tzfile." + file_->name + " object"; }
  std::int64_t offset_seconds() const override { return period().offset; }
  std::int64_t summer_seconds() const override { return period().summer; }
  std::string abbreviation() const override { return period().abbreviation; }

  Ref<Zone> at_instant(std::int64_t utc_seconds) override {
    const auto& times = file_->transitions;
    const auto after = std::upper_bound(times.begin(), times.end(), utc_seconds);
    return bind(static_cast<std::size_t>(after - times.begin()));
  }

  Ref<Zone> at_local(std::int64_t local_seconds, bool is_dst) override {
    // The periods that hold this local time, seen from a day before and after.
    const auto& times = file_->transitions;
    std::vector<std::size_t> fitting;
    const auto from = std::upper_bound(times.begin(), times.end(), local_seconds - 86'400);
    const auto to = std::upper_bound(times.begin(), times.end(), local_seconds + 86'400);
    for (auto at = from;; ++at) {
      const auto index = static_cast<std::size_t>(at - times.begin());
      const std::int64_t utc = local_seconds - file_->periods[index].offset;
      const bool begun = index == 0 || times[index - 1] <= utc;
      const bool open = index == times.size() || utc < times[index];
      if (begun && open) fitting.push_back(index);
      if (at == to) break;
    }
    if (fitting.empty()) {
      // In a gap pytz takes the offset before it for is_dst=False.
      const auto index = static_cast<std::size_t>(from - times.begin());
      return bind(is_dst ? std::min(index + 1, times.size()) : index);
    }
    for (const std::size_t index : fitting) {
      if ((file_->periods[index].summer != 0) == is_dst) return bind(index);
    }
    return bind(is_dst ? fitting.front() : fitting.back());
  }

  Result<std::optional<Value>> get_attribute(Runtime& runtime, std::string_view name) override;
  Result<std::string> to_text(Runtime&) const override { return file_->name; }
  Result<std::string> to_repr(Runtime& runtime) const override {
    const TimeDelta delta(period().offset * kMicrosPerSecond);
    const std::string text = TRY(delta.to_text(runtime));
    const char* sign = period().offset >= 0 ? "+" : "";
    if (file_->transitions.empty()) return fmt::format("<StaticTzInfo '{}'>", file_->name);
    return fmt::format("<DstTzInfo '{}' {}{}{} {}>", file_->name, period().abbreviation, sign, text,
                       period().summer != 0 ? "DST" : "STD");
  }
  bool equals(const Object& other) const override {
    const auto* zone = dynamic_cast<const RegionZone*>(&other);
    return zone != nullptr && zone->file_ == file_ && zone->period_ == period_;
  }
  Result<std::uint64_t> hash() const override { return hash_of_text(file_->name); }

 private:
  const ZonePeriod& period() const { return file_->periods[period_]; }
  Ref<Zone> bind(std::size_t period) const {
    return make_ref<RegionZone>(file_, std::min(period, file_->periods.size() - 1));
  }
  std::shared_ptr<const ZoneFile> file_;
  std::size_t period_;
};

// UTC and fixed offsets.
class FixedZone final : public Zone {
 public:
  enum class Form { Utc, TimeZone, Pytz };
  FixedZone(Form form, std::int64_t seconds) : form_(form), seconds_(seconds) {}
  std::string_view type_name() const override {
    return form_ == Form::Utc ? "UTC" : form_ == Form::Pytz ? "_FixedOffset" : "timezone";
  }
  std::int64_t offset_seconds() const override { return seconds_; }
  std::string abbreviation() const override {
    if (form_ == Form::Utc) return "UTC";
    if (form_ == Form::Pytz) return "";
    return seconds_ == 0 ? "UTC" : "UTC" + offset_text(seconds_, ":");
  }
  Result<std::optional<Value>> get_attribute(Runtime& runtime, std::string_view name) override;
  Result<std::string> to_text(Runtime& runtime) const override {
    return form_ == Form::Pytz ? to_repr(runtime) : Result<std::string>(abbreviation());
  }
  Result<std::string> to_repr(Runtime& runtime) const override {
    if (form_ == Form::Utc) return "<UTC>";
    if (form_ == Form::Pytz) return fmt::format("pytz.FixedOffset({})", seconds_ / 60);
    if (seconds_ == 0) return "datetime.timezone.utc";
    const TimeDelta delta(seconds_ * kMicrosPerSecond);
    return "datetime.timezone(" + TRY(delta.to_repr(runtime)) + ")";
  }
  bool equals(const Object& other) const override {
    const auto* zone = dynamic_cast<const FixedZone*>(&other);
    return zone != nullptr && zone->seconds_ == seconds_ && zone->form_ == form_;
  }
  Result<std::uint64_t> hash() const override { return static_cast<std::uint64_t>(seconds_); }

 private:
  Form form_;
  std::int64_t seconds_;
};

// Methods that all zones have.
std::optional<Value> zone_attribute(Zone& zone, const std::optional<std::string>& zone_name,
                                    std::string_view name) {
  if (name == "zone") return zone_name ? Value(*zone_name) : Value::none();
  const Ref<Zone> self(&zone);
  if (name == "localize") {
    static const Signature kSignature("localize", {{"dt", std::nullopt}, {"is_dst", Value(false)}});
    return make_function(
        kSignature, [self](Runtime& runtime, std::span<const Value> values) -> Result<Value> {
          const auto* moment = values[0].as<Moment>();
          if (moment == nullptr) return type_error("localize() needs a datetime");
          if (moment->zone()) return value_error("Not naive datetime (tzinfo is already set)");
          const bool is_dst = TRY(truth(runtime, values[1]));
          return make_moment(
              Moment::Kind::DateTime, moment->local_micros(),
              self->at_local(floor_divide(moment->local_micros(), kMicrosPerSecond), is_dst));
        });
  }
  if (name == "normalize") {
    return make_function(
        "normalize", [self](Runtime&, const Arguments& arguments) -> Result<Value> {
          const auto* moment =
              arguments.positional.empty() ? nullptr : arguments.positional[0].as<Moment>();
          if (moment == nullptr || !moment->zone()) {
            return value_error("Naive time - no tzinfo set");
          }
          const std::int64_t utc = moment->utc_micros();
          auto bound = self->at_instant(floor_divide(utc, kMicrosPerSecond));
          const std::int64_t local = utc + bound->offset_seconds() * kMicrosPerSecond;
          return make_moment(Moment::Kind::DateTime, local, std::move(bound));
        });
  }
  if (name == "utcoffset" || name == "dst" || name == "tzname") {
    return make_function(
        name, [self, method = std::string(name)](Runtime&, const Arguments&) -> Result<Value> {
          if (method == "tzname") return Value(self->abbreviation());
          const std::int64_t seconds =
              method == "dst" ? self->summer_seconds() : self->offset_seconds();
          return make_time_delta(seconds * kMicrosPerSecond);
        });
  }
  return std::nullopt;
}

Result<std::optional<Value>> RegionZone::get_attribute(Runtime&, std::string_view name) {
  return zone_attribute(*this, file_->name, name);
}

Result<std::optional<Value>> FixedZone::get_attribute(Runtime&, std::string_view name) {
  if (form_ == Form::Utc) return zone_attribute(*this, "UTC", name);
  return zone_attribute(*this, std::nullopt, name);
}

bool is_safe_name(std::string_view name) {
  return !name.empty() && name.size() < 64 && name[0] != '/' &&
         name.find("..") == std::string_view::npos &&
         std::all_of(name.begin(), name.end(), [](char c) {
           return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '/' ||
                  c == '-' || c == '+';
         });
}

// `us/EASTERN` as the files are named: each part capitalized, a few names aside.
std::string usual_case(std::string_view name) {
  std::string out;
  bool start = true;
  for (const char c : name) {
    const auto byte = static_cast<unsigned char>(c);
    out.push_back(static_cast<char>(start ? std::toupper(byte) : std::tolower(byte)));
    start = c == '/' || c == '_' || c == '-';
  }
  if (out.starts_with("Us/")) out.replace(0, 2, "US");
  return out;
}

}  // namespace

Ref<Zone> utc_zone() {
  static const Ref<Zone> zone = make_ref<FixedZone>(FixedZone::Form::Utc, 0);
  return zone;
}

Ref<Zone> fixed_zone(std::int64_t offset_seconds) {
  return make_ref<FixedZone>(FixedZone::Form::TimeZone, offset_seconds);
}

Result<Ref<Zone>> find_zone(std::string_view name) {
  if (equals_ignore_case(name, "UTC")) return utc_zone();
  static std::mutex mutex;
  static std::map<std::string, std::shared_ptr<const ZoneFile>, std::less<>> known;
  if (!is_safe_name(name)) return fail(kUnknownZone, "'{}'", name);
  const std::lock_guard lock(mutex);
  auto found = known.find(name);
  if (found == known.end()) {
    std::string used(name);
    auto bytes = read_file(std::string(kZoneFolder) + used);
    if (!bytes) {
      used = usual_case(name);
      bytes = read_file(std::string(kZoneFolder) + used);
    }
    if (!bytes) return fail(kUnknownZone, "'{}'", name);
    auto file = parse_zone_file(used, *bytes);
    if (!file) return fail(kUnknownZone, "'{}'", name);
    found = known.emplace(name, std::make_shared<const ZoneFile>(*std::move(file))).first;
  }
  return Ref<Zone>(make_ref<RegionZone>(found->second, 0));
}

Value make_pytz_module() {
  Value timezone =
      make_function("timezone", [](Runtime&, const Arguments& arguments) -> Result<Value> {
        if (arguments.positional.size() != 1 || !arguments.positional[0].is_text()) {
          return type_error("timezone() takes the name of a zone");
        }
        return Value(TRY(find_zone(arguments.positional[0].text())));
      });
  Value fixed =
      make_function("FixedOffset", [](Runtime&, const Arguments& arguments) -> Result<Value> {
        if (arguments.positional.size() != 1 || !arguments.positional[0].is_int64()) {
          return type_error("FixedOffset() takes minutes");
        }
        const std::int64_t minutes = arguments.positional[0].as_int();
        if (minutes == 0) return Value(utc_zone());
        if (std::abs(minutes) >= 1'440) {
          return value_error("absolute offset is too large {}", minutes);
        }
        return Value(make_ref<FixedZone>(FixedZone::Form::Pytz, minutes * 60));
      });
  return make_module("dict", {{"timezone", timezone}, {"utc", utc_zone()}, {"FixedOffset", fixed}});
}

}  // namespace tarn::jinja
