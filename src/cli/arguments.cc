// SPDX-License-Identifier: Apache-2.0
#include "base/check.h"
#include "base/text.h"
#include "cli/command.h"

namespace tarn::cli {
namespace {

constexpr std::string_view kOn = "true";  // the value of a flag

}  // namespace

std::string shown_name(const Option& option) {
  const bool is_on = option.arity == Arity::Flag && option.default_text == kOn;
  return (is_on ? "no-" : "") + option.name;
}

void Arguments::declare(const Option& option) {
  Slot& slot = slots_[option.name];
  slot.default_text = option.default_text;
}

void Arguments::add(const std::string& name, std::string value) {
  Slot& slot = slots_[name];
  slot.values.push_back(std::move(value));
  slot.given = true;
}

const Arguments::Slot& Arguments::slot(std::string_view name) const {
  auto found = slots_.find(name);
  VERIFY(found != slots_.end(), name);
  return found->second;
}

bool Arguments::flag(std::string_view name) const { return text(name) == kOn; }

std::optional<bool> Arguments::choice(std::string_view name) const {
  if (!given(name)) return std::nullopt;
  return flag(name);
}

bool Arguments::given(std::string_view name) const { return slot(name).given; }

const std::string& Arguments::text(std::string_view name) const {
  const Slot& found = slot(name);
  return found.values.empty() ? found.default_text : found.values.back();
}

std::optional<std::string> Arguments::optional(std::string_view name) const {
  const Slot& found = slot(name);
  if (!found.values.empty()) return found.values.back();
  if (!found.default_text.empty()) return found.default_text;
  return std::nullopt;
}

const std::vector<std::string>& Arguments::list(std::string_view name) const {
  return slot(name).values;
}

Result<std::int64_t> Arguments::number(std::string_view name, std::int64_t low,
                                       std::int64_t high) const {
  const std::string& value = text(name);
  auto number = parse_int64(value);
  if (!number || *number < low || *number > high) {
    Error error =
        invalid_input("--{} takes a whole number from {} to {}, not `{}`", name, low, high, value);
    error.kind = kUsageError;
    return error;
  }
  return *number;
}

}  // namespace tarn::cli
