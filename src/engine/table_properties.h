// SPDX-License-Identifier: Apache-2.0
// The table properties of Trino's Iceberg connector (WITH (…), SET PROPERTIES) and what they are in
// a table of a lake; also the way back, for SHOW CREATE TABLE. Pure.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "iceberg/partition.h"
#include "iceberg/schema.h"
#include "iceberg/sort_order.h"
#include "iceberg/table_metadata.h"
#include "types/value.h"

namespace tarn::engine {

// A property with its constant value; none: DEFAULT.
struct GivenProperty {
  std::string name;  // lower case
  std::optional<types::TypedValue> value;
};

// What SET PROPERTIES may not change, and what only some statements take.
enum class PropertyUse { CreateTable, SetProperties, CreateMaterializedView };

// The values as given; a member is empty when the property is not there. `is_default` in
// SetProperties: back to the default.
template <typename T>
struct Setting {
  bool given = false;
  bool is_default = false;
  T value{};
};

struct TableProperties {
  Setting<std::string> format;  // PARQUET, ORC, AVRO
  Setting<std::string> codec;
  Setting<std::vector<std::string>> partitioning;
  Setting<std::vector<std::string>> sorted_by;
  Setting<std::string> location;
  Setting<std::int64_t> format_version;
  // Iceberg's own properties that others stand for: `commit.retry.num-retries`, …; an empty value
  // removes one.
  std::map<std::string, std::string> iceberg;
  std::string storage_schema;  // materialized views only
};

// INVALID_TABLE_PROPERTY (INVALID_MATERIALIZED_VIEW_PROPERTY) names the catalog and the property.
Result<TableProperties> read_table_properties(const std::vector<GivenProperty>& given,
                                              std::string_view catalog, PropertyUse use);

// `month(d)`, `bucket(id, 16)`, `"a.b"` over the columns of a schema: INVALID_TABLE_PROPERTY.
Result<iceberg::PartitionSpec> parse_partitioning(const std::vector<std::string>& texts,
                                                  const iceberg::Schema& schema);
Result<iceberg::SortOrder> parse_sorted_by(const std::vector<std::string>& texts,
                                           const iceberg::Schema& schema);

// Iceberg's properties of a new table, with those that Trino always writes.
std::map<std::string, std::string> new_table_properties(const TableProperties& properties);

// The other way: the texts of `partitioning` and `sorted_by`.
std::vector<std::string> partitioning_texts(const iceberg::PartitionSpec& spec,
                                            const iceberg::Schema& schema);
std::vector<std::string> sorted_by_texts(const iceberg::SortOrder& order,
                                         const iceberg::Schema& schema);
// Property name and its SQL text in the order that SHOW CREATE TABLE prints.
std::map<std::string, std::string> shown_properties(const iceberg::TableMetadata& metadata);

// `PARQUET`, `ORC`, `AVRO`: what new files of a table are.
std::string table_format(const iceberg::TableMetadata& metadata);

}  // namespace tarn::engine
