// SPDX-License-Identifier: Apache-2.0
// Spec: "Appendix C: JSON serialization", partition specs and sort orders.
#include <boost/json.hpp>

#include "iceberg/model_json.h"

namespace tarn::iceberg {

namespace {

namespace json = boost::json;

// `source-id`, or `source-ids` of transforms with several arguments.
struct Sources {
  int first = 0;
  std::vector<int> all;
};

Result<Sources> parse_sources(const json::object& object) {
  Sources sources;
  if (const json::array* ids = TRY(json_optional_array(object, "source-ids"))) {
    sources.all = TRY(int_list(*ids, "`source-ids`"));
    if (sources.all.empty()) return corrupt("`source-ids` is empty");
    sources.first = sources.all.front();
  } else {
    sources.first = TRY(json_int32(object, "source-id"));
  }
  return sources;
}

void append_sources(json::object& object, int source_id, const std::vector<int>& source_ids) {
  if (source_ids.empty()) {
    object["source-id"] = source_id;
  } else {
    object["source-ids"] = json::array(source_ids.begin(), source_ids.end());
  }
}

Result<PartitionField> parse_partition_field(const json::value& value) {
  const json::object& object = *TRY(as_object(value, "a partition field"));
  PartitionField field;
  Sources sources = TRY(parse_sources(object));
  field.source_id = sources.first;
  field.source_ids = std::move(sources.all);
  field.field_id = TRY(json_optional_int32(object, "field-id")).value_or(0);
  field.name = TRY(json_text(object, "name"));
  field.transform = TRY(parse_transform(TRY(json_text(object, "transform"))));
  field.extra =
      unknown_members(object, {"source-id", "source-ids", "field-id", "name", "transform"});
  return field;
}

json::object to_json(const PartitionField& field) {
  json::object object;
  append_sources(object, field.source_id, field.source_ids);
  if (field.field_id != 0) object["field-id"] = field.field_id;
  object["name"] = field.name;
  object["transform"] = to_string(field.transform);
  append_members(object, field.extra);
  return object;
}

Result<SortField> parse_sort_field(const json::value& value) {
  const json::object& object = *TRY(as_object(value, "a sort field"));
  SortField field;
  Sources sources = TRY(parse_sources(object));
  field.source_id = sources.first;
  field.source_ids = std::move(sources.all);
  field.transform = TRY(parse_transform(TRY(json_text(object, "transform"))));
  const std::string direction = TRY(json_text(object, "direction"));
  if (direction != "asc" && direction != "desc") {
    return corrupt("unknown sort direction `{}`", direction);
  }
  field.direction = direction == "asc" ? SortDirection::Ascending : SortDirection::Descending;
  const std::string nulls = TRY(json_text(object, "null-order"));
  if (nulls != "nulls-first" && nulls != "nulls-last") {
    return corrupt("unknown null order `{}`", nulls);
  }
  field.null_order = nulls == "nulls-first" ? NullOrder::First : NullOrder::Last;
  field.extra =
      unknown_members(object, {"source-id", "source-ids", "transform", "direction", "null-order"});
  return field;
}

json::object to_json(const SortField& field) {
  json::object object;
  object["transform"] = to_string(field.transform);
  append_sources(object, field.source_id, field.source_ids);
  object["direction"] = field.direction == SortDirection::Ascending ? "asc" : "desc";
  object["null-order"] = field.null_order == NullOrder::First ? "nulls-first" : "nulls-last";
  append_members(object, field.extra);
  return object;
}

}  // namespace

json::array fields_to_json(const PartitionSpec& spec) {
  json::array array;
  array.reserve(spec.fields.size());
  for (const PartitionField& field : spec.fields) array.push_back(to_json(field));
  return array;
}

json::object to_json(const PartitionSpec& spec) {
  json::object object;
  object["spec-id"] = spec.spec_id;
  object["fields"] = fields_to_json(spec);
  append_members(object, spec.extra);
  return object;
}

Result<PartitionSpec> parse_partition_fields(const json::array& fields, int spec_id) {
  PartitionSpec spec;
  spec.spec_id = spec_id;
  spec.fields.reserve(fields.size());
  for (const json::value& value : fields) {
    spec.fields.push_back(TRY(parse_partition_field(value)));
  }
  return spec;
}

Result<PartitionSpec> parse_partition_spec(const json::value& value) {
  const json::object& object = *TRY(as_object(value, "a partition spec"));
  const int spec_id = TRY(json_optional_int32(object, "spec-id")).value_or(0);
  PartitionSpec spec = TRY(parse_partition_fields(*TRY(json_array(object, "fields")), spec_id));
  spec.extra = unknown_members(object, {"spec-id", "fields"});
  return spec;
}

void number_partition_fields(PartitionSpec& spec) {
  int next = kFirstPartitionFieldId;
  for (PartitionField& field : spec.fields) {
    if (field.field_id == 0) field.field_id = next;
    ++next;
  }
}

json::object to_json(const SortOrder& order) {
  json::object object;
  object["order-id"] = order.order_id;
  json::array fields;
  for (const SortField& field : order.fields) fields.push_back(to_json(field));
  object["fields"] = std::move(fields);
  append_members(object, order.extra);
  return object;
}

Result<SortOrder> parse_sort_order(const json::value& value) {
  const json::object& object = *TRY(as_object(value, "a sort order"));
  SortOrder order;
  order.order_id = TRY(json_optional_int32(object, "order-id")).value_or(0);
  for (const json::value& field : *TRY(json_array(object, "fields"))) {
    order.fields.push_back(TRY(parse_sort_field(field)));
  }
  order.extra = unknown_members(object, {"order-id", "fields"});
  return order;
}

std::string partition_fields_to_json(const PartitionSpec& spec) {
  return write_json(fields_to_json(spec));
}

std::string partition_spec_to_json(const PartitionSpec& spec) { return write_json(to_json(spec)); }

Result<PartitionSpec> partition_spec_from_json(std::string_view text) {
  PartitionSpec spec = TRY(parse_partition_spec(TRY(parse_json(text))));
  number_partition_fields(spec);
  return spec;
}

Result<PartitionSpec> partition_fields_from_json(std::string_view text, int spec_id) {
  const json::value value = TRY(parse_json(text));
  // Some writers put the whole spec where the fields belong.
  if (value.is_object()) return partition_spec_from_json(text);
  if (!value.is_array()) return corrupt("partition fields are not an array");
  PartitionSpec spec = TRY(parse_partition_fields(value.get_array(), spec_id));
  number_partition_fields(spec);
  return spec;
}

std::string sort_order_to_json(const SortOrder& order) { return write_json(to_json(order)); }

Result<SortOrder> sort_order_from_json(std::string_view text) {
  return parse_sort_order(TRY(parse_json(text)));
}

}  // namespace tarn::iceberg
