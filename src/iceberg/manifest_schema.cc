// SPDX-License-Identifier: Apache-2.0
#include "iceberg/manifest_schema.h"

#include <fmt/core.h>

#include "base/text.h"

namespace tarn::iceberg {
namespace {

using avro::Kind;
using avro::Logical;

avro::Schema timestamp_schema(Logical logical, bool utc) {
  avro::Schema schema = avro::primitive(Kind::Long, logical);
  schema.adjust_to_utc = utc;
  return schema;
}

// Bytes that hold every unscaled value of so many digits.
std::int32_t decimal_bytes(int precision) {
  Int128 largest = power_of_ten(precision) - 1;
  return static_cast<std::int32_t>(to_minimal_big_endian(largest).size());
}

avro::Schema uuid_schema() {
  avro::Schema schema = avro::fixed_type("uuid_fixed", 16);
  schema.logical = Logical::Uuid;
  return schema;
}

avro::Schema id_map(int key_id, int value_id, Kind value) {
  return avro::key_value_array(avro::primitive(Kind::Int), key_id, avro::primitive(value),
                               value_id);
}

avro::Schema data_file_schema(int format_version, const Type& partition) {
  std::vector<avro::Field> values;
  for (const auto& field : partition.fields) {
    values.push_back(
        avro::optional_field(field.id, avro_name(field.name), partition_value_schema(field.type)));
  }
  auto text = avro::primitive(Kind::String);
  auto number = avro::primitive(Kind::Long);
  auto small = avro::primitive(Kind::Int);
  auto bytes = avro::primitive(Kind::Bytes);
  std::vector<avro::Field> fields = {
      avro::required_field(134, "content", small),
      avro::required_field(100, "file_path", text),
      avro::required_field(101, "file_format", text),
      avro::required_field(102, "partition", avro::record_type("r102", std::move(values))),
      avro::required_field(103, "record_count", number),
      avro::required_field(104, "file_size_in_bytes", number),
      avro::optional_field(108, "column_sizes", id_map(117, 118, Kind::Long)),
      avro::optional_field(109, "value_counts", id_map(119, 120, Kind::Long)),
      avro::optional_field(110, "null_value_counts", id_map(121, 122, Kind::Long)),
      avro::optional_field(137, "nan_value_counts", id_map(138, 139, Kind::Long)),
      avro::optional_field(125, "lower_bounds", id_map(126, 127, Kind::Bytes)),
      avro::optional_field(128, "upper_bounds", id_map(129, 130, Kind::Bytes)),
      avro::optional_field(131, "key_metadata", bytes),
      avro::optional_field(132, "split_offsets", avro::array_type(number, 133)),
      avro::optional_field(135, "equality_ids", avro::array_type(small, 136)),
      avro::optional_field(140, "sort_order_id", small)};
  if (format_version >= 3) fields.push_back(avro::optional_field(142, "first_row_id", number));
  fields.push_back(avro::optional_field(143, "referenced_data_file", text));
  if (format_version >= 3) {
    fields.push_back(avro::optional_field(144, "content_offset", number));
    fields.push_back(avro::optional_field(145, "content_size_in_bytes", number));
  }
  return avro::record_type("r2", std::move(fields));
}

avro::Schema summary_schema() {
  auto bytes = avro::primitive(Kind::Bytes);
  auto flag = avro::primitive(Kind::Boolean);
  return avro::record_type("r508", {avro::required_field(509, "contains_null", flag),
                                    avro::optional_field(518, "contains_nan", flag),
                                    avro::optional_field(510, "lower_bound", bytes),
                                    avro::optional_field(511, "upper_bound", bytes)});
}

}  // namespace

avro::Schema partition_value_schema(const Type& type) {
  switch (type.kind) {
    case TypeKind::Boolean:
      return avro::primitive(Kind::Boolean);
    case TypeKind::Long:
      return avro::primitive(Kind::Long);
    case TypeKind::Float:
      return avro::primitive(Kind::Float);
    case TypeKind::Double:
      return avro::primitive(Kind::Double);
    case TypeKind::Date:
      return avro::primitive(Kind::Int, Logical::Date);
    case TypeKind::Time:
      return avro::primitive(Kind::Long, Logical::TimeMicros);
    case TypeKind::Timestamp:
      return timestamp_schema(Logical::TimestampMicros, false);
    case TypeKind::TimestampTz:
      return timestamp_schema(Logical::TimestampMicros, true);
    case TypeKind::TimestampNs:
      return timestamp_schema(Logical::TimestampNanos, false);
    case TypeKind::TimestampTzNs:
      return timestamp_schema(Logical::TimestampNanos, true);
    case TypeKind::Decimal:
      return avro::decimal_type(fmt::format("decimal_{}_{}", type.precision, type.scale),
                                type.precision, type.scale, decimal_bytes(type.precision));
    case TypeKind::String:
      return avro::primitive(Kind::String);
    case TypeKind::Uuid:
      return uuid_schema();
    case TypeKind::Fixed:
      return avro::fixed_type(fmt::format("fixed_{}", type.length), type.length);
    case TypeKind::Binary:
      return avro::primitive(Kind::Bytes);
    default:
      // Int, and fields whose column is gone: those hold nulls only.
      return avro::primitive(Kind::Int);
  }
}

std::string avro_name(std::string_view name) {
  std::string result;
  for (std::size_t at = 0; at < name.size();) {
    char32_t code = next_code_point(name, at);
    bool letter = (code >= 'a' && code <= 'z') || (code >= 'A' && code <= 'Z') || code == '_';
    bool digit = code >= '0' && code <= '9';
    if (digit && result.empty()) result += '_';
    if (letter || digit) {
      result += static_cast<char>(code);
    } else {
      result += fmt::format("_x{:X}", static_cast<std::uint32_t>(code));
    }
  }
  return result;
}

avro::Schema manifest_entry_schema(int format_version, const Type& partition) {
  auto number = avro::primitive(Kind::Long);
  return avro::record_type(
      "manifest_entry",
      {avro::required_field(0, "status", avro::primitive(Kind::Int)),
       avro::optional_field(1, "snapshot_id", number),
       avro::optional_field(3, "sequence_number", number),
       avro::optional_field(4, "file_sequence_number", number),
       avro::required_field(2, "data_file", data_file_schema(format_version, partition))});
}

avro::Schema manifest_file_schema(int format_version) {
  auto text = avro::primitive(Kind::String);
  auto number = avro::primitive(Kind::Long);
  auto small = avro::primitive(Kind::Int);
  std::vector<avro::Field> fields = {
      avro::required_field(500, "manifest_path", text),
      avro::required_field(501, "manifest_length", number),
      avro::required_field(502, "partition_spec_id", small),
      avro::required_field(517, "content", small),
      avro::required_field(515, "sequence_number", number),
      avro::required_field(516, "min_sequence_number", number),
      avro::required_field(503, "added_snapshot_id", number),
      avro::required_field(504, "added_files_count", small),
      avro::required_field(505, "existing_files_count", small),
      avro::required_field(506, "deleted_files_count", small),
      avro::required_field(512, "added_rows_count", number),
      avro::required_field(513, "existing_rows_count", number),
      avro::required_field(514, "deleted_rows_count", number),
      avro::optional_field(507, "partitions", avro::array_type(summary_schema(), 508)),
      avro::optional_field(519, "key_metadata", avro::primitive(Kind::Bytes))};
  if (format_version >= 3) fields.push_back(avro::optional_field(520, "first_row_id", number));
  return avro::record_type("manifest_file", std::move(fields));
}

Result<avro::Codec> manifest_codec(std::string_view property) {
  std::string name = to_lower(property);
  if (name == "gzip") return avro::Codec::Deflate;
  if (name == "zstd") return avro::Codec::Zstandard;
  if (name == "snappy") return avro::Codec::Snappy;
  if (name == "uncompressed" || name == "none") return avro::Codec::None;
  return invalid_input(
      "write.manifest.compression-codec is gzip, zstd, snappy or uncompressed, "
      "not `{}`",
      property);
}

}  // namespace tarn::iceberg
