// SPDX-License-Identifier: Apache-2.0
#include "types/time_zone.h"

#include <array>
#include <atomic>
#include <map>
#include <memory>
#include <mutex>
#include <optional>

#include "base/check.h"
#include "base/file.h"
#include "base/text.h"
#include "types/zone_rules.h"

namespace tarn::types {
namespace {

constexpr std::int32_t kFirstRegion = 1000;
constexpr std::string_view kZoneFolder = "/usr/share/zoneinfo/";

// Regions found so far. Slots are written once, before their key is handed out.
class ZoneRegistry {
 public:
  static ZoneRegistry& get() {
    static ZoneRegistry registry;
    return registry;
  }

  const ZoneRules& at(std::int32_t key) const {
    const ZoneRules* rules =
        slots_[static_cast<std::size_t>(key - kFirstRegion)].load(std::memory_order_acquire);
    VERIFY(rules != nullptr);
    return *rules;
  }

  // `name` in its proper letter case.
  Result<std::int32_t> find(const std::string& name) {
    const std::lock_guard lock(mutex_);
    if (const auto known = keys_.find(name); known != keys_.end()) return known->second;
    if (keys_.size() == slots_.size()) return internal("too many time zones");
    const std::string bytes = TRY(read_file(std::string(kZoneFolder) + name));
    auto rules = std::make_unique<ZoneRules>(TRY(parse_zone_rules(name, bytes)));
    const std::size_t index = keys_.size();
    slots_[index].store(rules.get(), std::memory_order_release);
    owned_.push_back(std::move(rules));
    const auto key = kFirstRegion + static_cast<std::int32_t>(index);
    keys_.emplace(name, key);
    return key;
  }

  // All names of regions by their lower-case form.
  const std::map<std::string, std::string>& names() {
    std::call_once(names_read_, [this] { read_names(); });
    return names_;
  }

 private:
  // Reads the compact source file of the time zone data: lines `Z name …` and `L target name`.
  void read_names() {
    const auto text = read_file(std::string(kZoneFolder) + "tzdata.zi");
    if (!text) return;
    for (const std::string_view line : split(*text, '\n')) {
      if (!line.starts_with("Z ") && !line.starts_with("L ")) continue;
      const auto words = split(line, ' ');
      const std::size_t index = line[0] == 'Z' ? 1 : 2;
      if (words.size() > index) names_.emplace(to_lower(words[index]), words[index]);
    }
  }

  std::mutex mutex_;
  std::map<std::string, std::int32_t> keys_;
  std::vector<std::unique_ptr<ZoneRules>> owned_;
  std::array<std::atomic<const ZoneRules*>, 1024> slots_{};
  std::once_flag names_read_;
  std::map<std::string, std::string> names_;
};

bool is_utc_name(std::string_view lower) {
  for (const std::string_view name :
       {"utc", "z", "ut", "uct", "gmt", "gmt0", "greenwich", "universal", "zulu"}) {
    if (lower == name) return true;
  }
  return false;
}

bool is_zone_digit(char c) { return c >= '0' && c <= '9'; }

// `+5`, `-08`, `+05:30`, … as minutes.
std::optional<int> parse_offset(std::string_view text) {
  if (text.size() < 2 || (text[0] != '+' && text[0] != '-')) return std::nullopt;
  const int sign = text[0] == '-' ? -1 : 1;
  const std::string_view digits = text.substr(1);
  const auto two = [&](std::size_t at) { return (digits[at] - '0') * 10 + (digits[at + 1] - '0'); };
  for (std::size_t i = 0; i < digits.size(); ++i) {
    if (i == 2 && digits.size() == 5 ? digits[i] != ':' : !is_zone_digit(digits[i])) {
      return std::nullopt;
    }
  }
  int minutes = 0;
  switch (digits.size()) {
    case 1:
      minutes = (digits[0] - '0') * 60;
      break;
    case 2:
      minutes = two(0) * 60;
      break;
    case 4:
      if (two(2) > 59) return std::nullopt;
      minutes = two(0) * 60 + two(2);
      break;
    case 5:
      if (two(3) > 59) return std::nullopt;
      minutes = two(0) * 60 + two(3);
      break;
    default:
      return std::nullopt;
  }
  if (minutes > 14 * 60) return std::nullopt;
  return sign * minutes;
}

// Fixed offsets in all spellings that Trino takes; nullopt if the name must be a region.
std::optional<int> parse_fixed_zone(std::string_view name) {
  const std::string lower = to_lower(name);
  std::string_view rest = lower;
  const bool etc = rest.starts_with("etc/");
  if (etc) rest.remove_prefix(4);
  if (is_utc_name(rest)) return 0;
  bool flip = false;
  if (rest.size() > 3 && (rest.starts_with("utc") || rest.starts_with("gmt"))) {
    flip = etc && rest.starts_with("gmt");
    rest.remove_prefix(3);
  } else if (rest.size() > 2 && rest.starts_with("ut")) {
    rest.remove_prefix(2);
  }
  const auto minutes = parse_offset(rest);
  if (!minutes) return std::nullopt;
  return flip ? -*minutes : *minutes;
}

bool is_region_name(std::string_view name) {
  if (name.empty() || name.size() > 64) return false;
  for (const char c : name) {
    const bool letter = ((c | 0x20) >= 'a' && (c | 0x20) <= 'z') || is_zone_digit(c);
    if (!letter && c != '/' && c != '_' && c != '-' && c != '+') return false;
  }
  return true;
}

}  // namespace

TimeZone TimeZone::from_offset_minutes(int minutes) {
  VERIFY(minutes >= -840 && minutes <= 840);
  return TimeZone(minutes);
}

std::string TimeZone::name() const {
  if (key_ == 0) return "UTC";
  if (key_ < kFirstRegion) return format_offset(key_);
  return ZoneRegistry::get().at(key_).name;
}

std::int32_t TimeZone::offset_seconds_at(std::int64_t epoch_seconds) const {
  if (key_ < kFirstRegion) return key_ * 60;
  return ZoneRegistry::get().at(key_).offset_at(epoch_seconds);
}

TimeZone::Local TimeZone::resolve_local(std::int64_t local_seconds) const {
  if (key_ < kFirstRegion) return {key_ * 60, Match::Unique};
  const ZoneRules& rules = ZoneRegistry::get().at(key_);
  constexpr std::int64_t kDay = 86'400;
  const std::int32_t before = rules.offset_at(local_seconds - kDay);
  const std::int32_t after = rules.offset_at(local_seconds + kDay);
  const bool before_valid = rules.offset_at(local_seconds - before) == before;
  const bool after_valid = rules.offset_at(local_seconds - after) == after;
  if (before_valid && after_valid && before != after) return {before, Match::Overlap};
  if (before_valid) return {before, Match::Unique};
  if (after_valid) return {after, Match::Unique};
  return {before, Match::Gap};
}

Result<TimeZone> find_time_zone(std::string_view name) {
  if (const auto minutes = parse_fixed_zone(name)) return TimeZone(*minutes);
  if (is_region_name(name)) {
    ZoneRegistry& registry = ZoneRegistry::get();
    const auto& names = registry.names();
    const auto found = names.find(to_lower(name));
    if (found != names.end()) return TimeZone(TRY(registry.find(found->second)));
  }
  return invalid_input("time zone `{}` is not supported", name.substr(0, 100));
}

std::string format_offset(int minutes) {
  const int absolute = minutes < 0 ? -minutes : minutes;
  return fmt::format("{}{:02}:{:02}", minutes < 0 ? '-' : '+', absolute / 60, absolute % 60);
}

}  // namespace tarn::types
