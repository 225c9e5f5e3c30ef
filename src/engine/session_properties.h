// SPDX-License-Identifier: Apache-2.0
// The properties that SET SESSION knows. Internal to the engine.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"
#include "types/value.h"

namespace tarn::engine {

enum class PropertyKind { Text, Flag, Integer, BigInt, Double, Duration, DataSize };

struct SessionProperty {
  std::string_view name;
  PropertyKind kind = PropertyKind::Text;
  std::string_view fallback;
  std::string_view description;
};

// Of the system, and of a catalog that is a lake.
std::span<const SessionProperty> system_properties();
std::span<const SessionProperty> lake_properties();
std::span<const SessionProperty> postgres_properties();
const SessionProperty* find_property(std::span<const SessionProperty> all, std::string_view name);

// The text of a value for a property: INVALID_SESSION_PROPERTY if it is none.
Result<std::string> property_text(const SessionProperty& property, const types::TypedValue& value);
// `varchar`, `boolean`, … as SHOW SESSION has it.
std::string_view property_type(PropertyKind kind);

// `1d`, `5.5m`, `100ms` in milliseconds.
std::optional<double> parse_duration(std::string_view text);
// `1.00d`: as Trino shows a duration.
std::string show_duration(double millis);

}  // namespace tarn::engine
