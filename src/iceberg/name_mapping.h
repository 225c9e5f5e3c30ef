// SPDX-License-Identifier: Apache-2.0
// Names to field ids for files that carry no ids: property `schema.name-mapping.default`.
// Spec: "Column Projection", "Name Mapping Serialization".
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "iceberg/schema.h"

namespace tarn::iceberg {

struct MappedField {
  std::optional<int> field_id;
  std::vector<std::string> names;
  std::vector<MappedField> fields;

  bool operator==(const MappedField&) const = default;
};

struct NameMapping {
  std::vector<MappedField> fields;

  bool operator==(const NameMapping&) const = default;
};

// A name that stands twice on one level is ErrorCode::Corrupt.
Result<NameMapping> name_mapping_from_json(std::string_view text);
std::string name_mapping_to_json(const NameMapping& mapping);

// The mapping of a schema's own names.
NameMapping make_name_mapping(const Schema& schema);
// Adds new fields and new names of a changed schema; old names stay. A name that now belongs to
// another field moves to it.
NameMapping update_name_mapping(const NameMapping& mapping, const Schema& schema);
// nullptr when no field of this level has the name.
const MappedField* find_mapped(const std::vector<MappedField>& level, std::string_view name);

}  // namespace tarn::iceberg
