// SPDX-License-Identifier: Apache-2.0
#include "iceberg/table_properties.h"

#include "base/text.h"

namespace tarn::iceberg {

std::string read_property(const Properties& properties,
                          const Property<std::string_view>& property) {
  const auto found = properties.find(std::string(property.name));
  return found == properties.end() ? std::string(property.fallback) : found->second;
}

Result<std::int64_t> read_property(const Properties& properties,
                                   const Property<std::int64_t>& property) {
  const auto found = properties.find(std::string(property.name));
  if (found == properties.end()) return property.fallback;
  const auto number = parse_int64(trim(found->second));
  if (!number) {
    return invalid_input("bad value `{}` of property `{}`", found->second, property.name);
  }
  return *number;
}

Result<double> read_property(const Properties& properties, const Property<double>& property) {
  const auto found = properties.find(std::string(property.name));
  if (found == properties.end()) return property.fallback;
  const auto number = parse_double(trim(found->second));
  if (!number) {
    return invalid_input("bad value `{}` of property `{}`", found->second, property.name);
  }
  return *number;
}

bool read_property(const Properties& properties, const Property<bool>& property) {
  const auto found = properties.find(std::string(property.name));
  if (found == properties.end()) return property.fallback;
  return equals_ignore_case(trim(found->second), "true");
}

}  // namespace tarn::iceberg
