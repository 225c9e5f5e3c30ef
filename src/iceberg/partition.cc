// SPDX-License-Identifier: Apache-2.0
#include "iceberg/partition.h"

#include <algorithm>
#include <map>
#include <unordered_set>

namespace tarn::iceberg {

namespace {

Type partition_field_type(const PartitionField& field, const Schema& schema) {
  const Field* source = find_field(schema, field.source_id);
  if (source != nullptr && can_transform(field.transform, source->type)) {
    return result_type(field.transform, source->type);
  }
  return result_type(field.transform, TypeKind::Unknown);
}

Result<void> check_partition_source(const PartitionField& field, const Schema& schema) {
  if (field.transform.kind == TransformKind::Void ||
      field.transform.kind == TransformKind::Unknown) {
    return {};
  }
  const Field* source = find_field(schema, field.source_id);
  if (source == nullptr) {
    return invalid_input("partition field `{}` has the missing source column {}", field.name,
                         field.source_id);
  }
  if (!can_transform(field.transform, source->type)) {
    return invalid_input("partition field `{}`: transform `{}` does not take type `{}`", field.name,
                         to_string(field.transform), to_string(source->type));
  }
  if (SchemaIndex(schema).find(field.source_id)->repeated) {
    return invalid_input("partition field `{}`: column `{}` is inside a list or map", field.name,
                         source->name);
  }
  return {};
}

}  // namespace

bool PartitionField::operator==(const PartitionField& other) const {
  return source_id == other.source_id && field_id == other.field_id && name == other.name &&
         transform == other.transform && source_ids == other.source_ids;
}

bool PartitionSpec::operator==(const PartitionSpec& other) const {
  return spec_id == other.spec_id && fields == other.fields;
}

bool PartitionSpec::is_unpartitioned() const {
  return std::all_of(fields.begin(), fields.end(), [](const PartitionField& field) {
    return field.transform.kind == TransformKind::Void;
  });
}

bool same_partitioning(const PartitionSpec& a, const PartitionSpec& b) {
  return std::equal(a.fields.begin(), a.fields.end(), b.fields.begin(), b.fields.end(),
                    [](const PartitionField& x, const PartitionField& y) {
                      return x.source_id == y.source_id && x.name == y.name &&
                             x.transform == y.transform && x.source_ids == y.source_ids;
                    });
}

std::size_t PartitionTupleHash::operator()(const PartitionTuple& tuple) const {
  std::size_t hash = tuple.values.size();
  for (const Value& value : tuple.values) hash = hash * 1'000'003 ^ ValueHash {}(value);
  return hash;
}

Type partition_type(const PartitionSpec& spec, const Schema& schema) {
  std::vector<Field> fields;
  fields.reserve(spec.fields.size());
  for (const PartitionField& field : spec.fields) {
    fields.push_back(
        optional_field(field.field_id, field.name, partition_field_type(field, schema)));
  }
  return struct_type(std::move(fields));
}

Type unified_partition_type(std::span<const PartitionSpec> specs, const Schema& schema) {
  std::vector<const PartitionSpec*> newest_first;
  for (const PartitionSpec& spec : specs) newest_first.push_back(&spec);
  std::sort(newest_first.begin(), newest_first.end(),
            [](const auto* a, const auto* b) { return a->spec_id > b->spec_id; });
  std::map<int, Field> by_id;
  for (const PartitionSpec* spec : newest_first) {
    for (const PartitionField& field : spec->fields) {
      Field next = optional_field(field.field_id, field.name, partition_field_type(field, schema));
      const auto [at, added] = by_id.emplace(field.field_id, next);
      // A dropped field of v1 is void in newer specs: an older one knows its type.
      if (!added && at->second.type.kind == TypeKind::Unknown) at->second.type = next.type;
    }
  }
  std::vector<Field> fields;
  fields.reserve(by_id.size());
  for (auto& [id, field] : by_id) fields.push_back(std::move(field));
  return struct_type(std::move(fields));
}

Result<void> validate_partition_spec(const PartitionSpec& spec, const Schema& schema) {
  std::unordered_set<std::string_view> names;
  std::unordered_set<int> ids;
  for (const PartitionField& field : spec.fields) {
    if (field.name.empty()) return invalid_input("a partition field has no name");
    if (!names.insert(field.name).second) {
      return invalid_input("partition field `{}` is twice", field.name);
    }
    if (field.field_id != 0 && !ids.insert(field.field_id).second) {
      return invalid_input("partition field `{}` has the id {} of another field", field.name,
                           field.field_id);
    }
    TRY(check_partition_source(field, schema));
    const Field* column = TRY(find_column(schema, field.name));
    const bool own = column != nullptr && column->id == field.source_id &&
                     (field.transform.kind == TransformKind::Identity ||
                      field.transform.kind == TransformKind::Void);
    if (column != nullptr && !own) {
      return invalid_input("partition field `{}` has the name of a column", field.name);
    }
  }
  return {};
}

std::string escape_partition_text(std::string_view text) {
  constexpr std::string_view kHex = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       c == '.' || c == '-' || c == '*' || c == '_';
    if (plain) {
      out.push_back(c);
    } else if (c == ' ') {
      out.push_back('+');
    } else {
      const auto byte = static_cast<unsigned char>(c);
      out.push_back('%');
      out.push_back(kHex[byte >> 4]);
      out.push_back(kHex[byte & 15]);
    }
  }
  return out;
}

std::string partition_path(const PartitionSpec& spec, const PartitionTuple& tuple) {
  std::string path;
  const std::size_t count = std::min(spec.fields.size(), tuple.values.size());
  for (std::size_t i = 0; i < count; ++i) {
    const PartitionField& field = spec.fields[i];
    if (!path.empty()) path.push_back('/');
    path += escape_partition_text(field.name);
    path.push_back('=');
    path += escape_partition_text(to_human_string(field.transform, tuple.values[i]));
  }
  return path;
}

}  // namespace tarn::iceberg
