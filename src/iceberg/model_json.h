// SPDX-License-Identifier: Apache-2.0
// JSON forms of the model's parts as Boost values, for the files that put them together. Inside
// this folder only; others use the text forms beside the structs.
#pragma once

#include <initializer_list>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "iceberg/partition.h"
#include "iceberg/schema.h"
#include "iceberg/snapshot.h"
#include "iceberg/sort_order.h"
#include "iceberg/statistics.h"
#include "iceberg/table_metadata.h"

namespace tarn::iceberg {

// The members that are not in `known`, as the text of an object; "" when there are none.
std::string unknown_members(const boost::json::object& object,
                            std::initializer_list<std::string_view> known);
// Adds what unknown_members() kept. REQUIRES: text from there, or "".
void append_members(boost::json::object& object, const std::string& extra);

// Elements of arrays and members of objects with checks; ErrorCode::Corrupt names `what`.
Result<const boost::json::object*> as_object(const boost::json::value& value,
                                             std::string_view what);
Result<int> json_int32(const boost::json::object& object, std::string_view key);
Result<std::optional<int>> json_optional_int32(const boost::json::object& object,
                                               std::string_view key);
Result<std::vector<int>> int_list(const boost::json::array& array, std::string_view what);
Result<std::vector<std::int64_t>> long_list(const boost::json::array& array, std::string_view what);
Result<std::vector<std::string>> text_list(const boost::json::array& array, std::string_view what);
// Values that are not texts are kept as their JSON text, since old writers put numbers there. A
// missing member gives an empty map.
Result<std::map<std::string, std::string>> text_map(const boost::json::object& object,
                                                    std::string_view key);
boost::json::object text_map_to_json(const std::map<std::string, std::string>& map);

boost::json::value type_to_json(const Type& type);
Result<Type> type_from_json(const boost::json::value& value, int depth = 0);
boost::json::object to_json(const Schema& schema);
// `schema-id` may be missing: 0.
Result<Schema> parse_schema(const boost::json::value& value);
boost::json::array fields_to_json(const PartitionSpec& spec);
boost::json::object to_json(const PartitionSpec& spec);
// Ids that are missing are 0; number_partition_fields() then counts from 1000 in order, as old v1
// tables need.
Result<PartitionSpec> parse_partition_spec(const boost::json::value& value);
Result<PartitionSpec> parse_partition_fields(const boost::json::array& fields, int spec_id);
void number_partition_fields(PartitionSpec& spec);
boost::json::object to_json(const SortOrder& order);
Result<SortOrder> parse_sort_order(const boost::json::value& value);
boost::json::object to_json(const Snapshot& snapshot, int format_version);
Result<Snapshot> parse_snapshot(const boost::json::value& value);
boost::json::object to_json(const SnapshotRef& ref);
Result<SnapshotRef> parse_snapshot_ref(const boost::json::value& value);
boost::json::object to_json(const StatisticsFile& file);
Result<StatisticsFile> parse_statistics_file(const boost::json::value& value);
boost::json::object to_json(const PartitionStatisticsFile& file);
Result<PartitionStatisticsFile> parse_partition_statistics_file(const boost::json::value& value);

boost::json::object to_json(const EncryptionKey& key);
Result<EncryptionKey> parse_encryption_key(const boost::json::value& value);

}  // namespace tarn::iceberg
