// SPDX-License-Identifier: Apache-2.0
// Policies of type_mapping.h as texts.
#include <array>

#include "base/text.h"
#include "postgres/type_mapping.h"

namespace tarn::postgres {
namespace {

// What stands behind the name of a policy for losses.
struct LossPolicyName {
  std::string_view name;
  Loss loss;
  bool TypePolicy::*as_text;  // null if `text` is no choice
  bool can_clamp;
};

constexpr std::array<LossPolicyName, 8> kLossPolicyNames = {{
    {"infinity", Loss::InfiniteTime, &TypePolicy::infinity_as_text, true},
    {"end-of-day", Loss::EndOfDay, &TypePolicy::end_of_day_as_text, true},
    {"numeric-special", Loss::NumericSpecial, &TypePolicy::numeric_special_as_text, false},
    {"numeric-overflow", Loss::NumericOverflow, nullptr, false},
    {"numeric-scale", Loss::NumericScale, nullptr, true},
    {"array-shape", Loss::ArrayShape, &TypePolicy::arrays_as_text, false},
    {"array-bounds", Loss::ArrayBounds, nullptr, true},
    {"invalid-text", Loss::InvalidText, nullptr, true},
}};

struct FormPolicyName {
  std::string_view name;
  bool TypePolicy::*flag;
  std::string_view off;
  std::string_view on;
};

constexpr std::array<FormPolicyName, 4> kFormPolicyNames = {{
    {"interval", &TypePolicy::interval_as_struct, "text", "struct"},
    {"range", &TypePolicy::range_as_struct, "text", "struct"},
    {"composite", &TypePolicy::composite_as_struct, "text", "struct"},
    {"uuid", &TypePolicy::uuid_as_text, "uuid", "text"},
}};

Result<void> set_loss_policy(TypePolicy& policy, const LossPolicyName& entry,
                             std::string_view value) {
  LossPolicy& loss = policy.losses[static_cast<std::size_t>(entry.loss)];
  if (entry.as_text != nullptr) policy.*entry.as_text = value == "text";
  if (value == "error" || (value == "text" && entry.as_text != nullptr)) {
    loss = LossPolicy::Error;
  } else if (value == "null") {
    loss = LossPolicy::Null;
  } else if (value == "clamp" && entry.can_clamp) {
    loss = LossPolicy::Clamp;
  } else {
    return invalid_input("policy {} cannot be `{}`, only error, null{}{}", entry.name, value,
                         entry.can_clamp ? ", clamp" : "",
                         entry.as_text != nullptr ? ", text" : "");
  }
  return ok();
}

// `decimal(p,s)`
std::optional<Decimal> parse_decimal_type(std::string_view text) {
  if (!text.starts_with("decimal(") || !text.ends_with(')')) return std::nullopt;
  const auto parts = split(text.substr(8, text.size() - 9), ',');
  if (parts.size() != 2) return std::nullopt;
  const auto precision = parse_int64(trim(parts[0]));
  const auto scale = parse_int64(trim(parts[1]));
  if (!precision || !scale || *precision < 1 || *precision > kDecimalPrecisionMax || *scale < 0 ||
      *scale > *precision) {
    return std::nullopt;
  }
  return Decimal{*precision, static_cast<int>(*scale)};
}

}  // namespace

std::string_view to_string(Loss loss) {
  if (loss == Loss::FarTime) return "far-time";
  for (const LossPolicyName& entry : kLossPolicyNames) {
    if (entry.loss == loss) return entry.name;
  }
  return "";
}

std::string policy_choices(Loss loss) {
  for (const LossPolicyName& entry : kLossPolicyNames) {
    if (entry.loss != loss) continue;
    const bool can_be_text = entry.as_text != nullptr;
    if (entry.can_clamp) return can_be_text ? "null, clamp or text" : "null or clamp";
    return can_be_text ? "null or text" : "null";
  }
  return "error";
}

Result<void> set_type_policy(TypePolicy& policy, std::string_view name, std::string_view value) {
  for (const LossPolicyName& entry : kLossPolicyNames) {
    if (entry.name == name) return set_loss_policy(policy, entry, value);
  }
  for (const FormPolicyName& entry : kFormPolicyNames) {
    if (entry.name != name) continue;
    if (value != entry.off && value != entry.on) {
      return invalid_input("policy {} cannot be `{}`, only {}, {}", name, value, entry.off,
                           entry.on);
    }
    policy.*entry.flag = value == entry.on;
    return ok();
  }
  if (name == "numeric") {
    policy.unbounded_numeric = parse_decimal_type(value);
    if (!policy.unbounded_numeric && value != "text") {
      return invalid_input("policy numeric cannot be `{}`, only text, decimal(p,s)", value);
    }
    return ok();
  }
  std::vector<std::string> names = {"numeric"};
  for (const LossPolicyName& entry : kLossPolicyNames) names.emplace_back(entry.name);
  for (const FormPolicyName& entry : kFormPolicyNames) names.emplace_back(entry.name);
  return invalid_input("no policy `{}`{}; there are {}", name, did_you_mean(name, names),
                       join(names, ", "));
}

std::string to_string(const TypePolicy& policy) {
  std::vector<std::string> parts;
  for (const LossPolicyName& entry : kLossPolicyNames) {
    const LossPolicy loss = policy.losses[static_cast<std::size_t>(entry.loss)];
    if (entry.as_text != nullptr && policy.*entry.as_text) {
      parts.push_back(fmt::format("{}=text", entry.name));
    } else if (loss != LossPolicy::Error) {
      parts.push_back(
          fmt::format("{}={}", entry.name, loss == LossPolicy::Null ? "null" : "clamp"));
    }
  }
  if (policy.unbounded_numeric) {
    parts.push_back(fmt::format("numeric=decimal({},{})",
                                static_cast<int>(policy.unbounded_numeric->unscaled),
                                policy.unbounded_numeric->scale));
  }
  for (const FormPolicyName& entry : kFormPolicyNames) {
    if (policy.*entry.flag) parts.push_back(fmt::format("{}={}", entry.name, entry.on));
  }
  return join(parts, ";");
}

}  // namespace tarn::postgres
