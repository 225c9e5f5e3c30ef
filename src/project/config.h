// SPDX-License-Identifier: Apache-2.0
// Configs of resources: which fields each type has, their defaults, and how values from
// dbt_project.yml, properties and `config()` are merged.
#pragma once

#include <span>
#include <string_view>

#include "base/result.h"
#include "project/data.h"
#include "project/resource.h"

namespace tarn::project {

enum class Merge : std::uint8_t {
  Clobber,
  Append,     // lists; a single value counts as a list of one
  Update,     // maps, shallow
  KeyAppend,  // grants: keys with `+` append to the list of that key
};

struct ConfigField {
  std::string_view name;
  Merge merge = Merge::Clobber;
  Data default_value = {};
};

// In the order of the manifest.
std::span<const ConfigField> config_fields(ResourceType type);

// Merges partial configs, weakest first.
class ConfigMerger {
 public:
  ConfigMerger(ResourceType type, Arena& arena) : type_(type), arena_(arena) {}

  // `unrendered` is the same partial before its templates were rendered.
  Result<void> add(const Data& partial, const Data& unrendered);
  Result<void> add(const Data& partial) { return add(partial, partial); }

  // Values that were set, in the order in which they came.
  Data values() const { return values_.build(arena_); }
  Data unrendered() const { return unrendered_.build(arena_); }
  const Data* find(std::string_view field) const { return values_.find(field); }
  // The value or the field's default.
  Data get(std::string_view field) const;
  void set(std::string_view field, Data value) { values_.set(field, value); }

 private:
  Result<void> merge_field(const ConfigField& field, const Data& value);

  ResourceType type_;
  Arena& arena_;
  MapBuilder values_;
  MapBuilder unrendered_;
};

// The value of `config` or the default of the type's field; Null for neither.
Data config_value(ResourceType type, const Data& config, std::string_view field);
// All fields of the type, then extra ones, as in the manifest.
Data full_config(ResourceType type, const Data& config, Arena& arena);
// Writes the same as JSON.
void append_config_json(std::string& out, ResourceType type, const Data& config);

// The partial of one level of dbt_project.yml: `+key` and keys whose value is no map.
Data level_config(const Data& level, Arena& arena);

}  // namespace tarn::project
