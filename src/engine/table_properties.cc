// SPDX-License-Identifier: Apache-2.0
#include "engine/table_properties.h"

#include <algorithm>

#include "base/text.h"
#include "iceberg/table_properties.h"
#include "types/coercion.h"
#include "types/error_name.h"
#include "types/nested.h"
#include "types/type_text.h"
#include "types/value_text.h"

namespace tarn::engine {

using types::TypedValue;
using types::TypeKind;

namespace {

// Where a message speaks of: `Catalog 'lake' table property`.
struct Place {
  std::string_view catalog;
  PropertyUse use;

  std::string_view error_name() const {
    return use == PropertyUse::CreateMaterializedView ? "INVALID_MATERIALIZED_VIEW_PROPERTY"
                                                      : "INVALID_TABLE_PROPERTY";
  }
  std::string_view kind() const {
    return use == PropertyUse::CreateMaterializedView ? "materialized view property"
                                                      : "table property";
  }
  Error unknown(std::string_view name) const {
    return types::named_error(error_name(), {}, "Catalog '{}' {} '{}' does not exist", catalog,
                              kind(), name);
  }
  Error bad_type(std::string_view name, std::string_view value, std::string_view type) const {
    return types::named_error(error_name(), {},
                              "Invalid value for catalog '{}' {} '{}': Cannot convert [{}] to {}",
                              catalog, kind(), name, value, type);
  }
  Error bad_value(std::string_view name, std::string_view value, std::string_view why) const {
    return types::named_error(error_name(), {}, "Unable to set catalog '{}' {} '{}' to [{}]: {}",
                              catalog, kind(), name, value, why);
  }
};

// As Trino shows the expression of a value.
std::string shown_value(const TypedValue& value) {
  if (value.value.is_null()) return "null";
  if (value.type.is(TypeKind::Varchar)) return quote(value.value.as_text(), '\'');
  if (types::is_nested(value.type)) {
    return types::to_sql_literal(value.type, value.value).value_or(types::to_string(value.type));
  }
  return types::cast_to_text(value.type, value.value);
}

bool is_text(const TypedValue& value) {
  return value.type.is(TypeKind::Varchar) && !value.value.is_null();
}

Result<std::string> text_of(const Place& place, std::string_view name, const TypedValue& value) {
  if (!is_text(value)) return place.bad_type(name, shown_value(value), "varchar");
  return value.value.as_text();
}

Result<std::int64_t> number_of(const Place& place, std::string_view name, const TypedValue& value) {
  if (!types::is_integral(value.type) || value.value.is_null()) {
    return place.bad_type(name, shown_value(value), "integer");
  }
  return value.value.as_int();
}

Result<bool> flag_of(const Place& place, std::string_view name, const TypedValue& value) {
  if (!value.type.is(TypeKind::Boolean) || value.value.is_null()) {
    return place.bad_type(name, shown_value(value), "boolean");
  }
  return value.value.as_bool();
}

Result<std::vector<std::string>> texts_of(const Place& place, std::string_view name,
                                          const TypedValue& value) {
  if (!value.type.is(TypeKind::Array) || value.value.is_null()) {
    return place.bad_type(name, shown_value(value), "array(varchar)");
  }
  std::vector<std::string> texts;
  for (const types::Value& item : value.value.as_list()) {
    if (item.is_null()) {
      return place.bad_type(name, "null", "varchar");
    }
    if (!value.type.element().is(TypeKind::Varchar)) {
      return place.bad_type(name, shown_value(value), "array(varchar)");
    }
    texts.push_back(item.as_text());
  }
  return texts;
}

template <typename T>
void set(Setting<T>& setting, T value) {
  setting.given = true;
  setting.value = std::move(value);
}

template <typename T>
void set_default(Setting<T>& setting) {
  setting.given = true;
  setting.is_default = true;
}

// The shortest form `1, 2 or 3`.
Result<void> read_format(const Place& place, const TypedValue& value, TableProperties& out) {
  const std::string text = TRY(text_of(place, "format", value));
  const std::string upper = to_upper(text);
  if (upper != "ORC" && upper != "PARQUET" && upper != "AVRO") {
    return place.bad_value(
        "format", shown_value(value),
        fmt::format("Invalid value [{}]. Valid values: [ORC, PARQUET, AVRO]", text));
  }
  set(out.format, upper);
  return {};
}

Result<void> read_codec(const Place& place, const TypedValue& value, TableProperties& out) {
  const std::string text = TRY(text_of(place, "compression_codec", value));
  const std::string upper = to_upper(text);
  for (std::string_view known : {"NONE", "SNAPPY", "LZ4", "ZSTD", "GZIP"}) {
    if (upper == known) {
      set(out.codec, upper);
      return {};
    }
  }
  return place.bad_value(
      "compression_codec", shown_value(value),
      fmt::format("Invalid value [{}]. Valid values: [NONE, SNAPPY, LZ4, ZSTD, GZIP]", text));
}

Result<void> read_format_version(const Place& place, const TypedValue& value,
                                 TableProperties& out) {
  const std::int64_t number = TRY(number_of(place, "format_version", value));
  if (number < 1 || number > iceberg::kFormatVersionMax) {
    return place.bad_value(
        "format_version", shown_value(value),
        fmt::format("format_version must be between 1 and {}", iceberg::kFormatVersionMax));
  }
  set(out.format_version, number);
  return {};
}

constexpr std::string_view kBloomPrefix = "write.parquet.bloom-filter-enabled.column.";

// Settings of Iceberg that a user may give by their own names.
bool is_allowed_extra(std::string_view key) {
  for (std::string_view prefix :
       {"write.", "read.", "commit.", "history.", "gc.", "schema.", "engine.", "compatibility."}) {
    if (key.starts_with(prefix)) return true;
  }
  return false;
}

Result<void> read_extra(const Place& place, const TypedValue& value, TableProperties& out) {
  if (!value.type.is(TypeKind::Map) || value.value.is_null() ||
      !value.type.key().is(TypeKind::Varchar) || !value.type.value().is(TypeKind::Varchar)) {
    return place.bad_type("extra_properties", shown_value(value), "map(varchar,varchar)");
  }
  const auto& list = value.value.as_list();
  std::string illegal;
  for (std::size_t i = 0; i + 1 < list.size(); i += 2) {
    const std::string& key = list[i].as_text();
    if (list[i + 1].is_null()) {
      return place.bad_value("extra_properties", shown_value(value),
                             "Extra table property value cannot be null");
    }
    if (!is_allowed_extra(key)) illegal += (illegal.empty() ? "" : ", ") + key;
    out.iceberg[key] = list[i + 1].as_text();
  }
  if (!illegal.empty()) {
    return types::named_error(place.error_name(), {}, "Illegal keys in extra_properties: [{}]",
                              illegal);
  }
  return {};
}

// Properties that stand for one of Iceberg's.
struct Plain {
  std::string_view name;
  std::string_view iceberg;
  enum class Kind { Number, Flag, Text, Size } kind;
};
constexpr Plain kPlain[] = {
    {"max_commit_retry", "commit.retry.num-retries", Plain::Kind::Number},
    {"delete_after_commit_enabled", "write.metadata.delete-after-commit.enabled",
     Plain::Kind::Flag},
    {"max_previous_versions", "write.metadata.previous-versions-max", Plain::Kind::Number},
    {"object_store_layout_enabled", "write.object-storage.enabled", Plain::Kind::Flag},
    {"data_location", "write.data.path", Plain::Kind::Text},
    {"orc_bloom_filter_fpp", "write.orc.bloom.filter.fpp", Plain::Kind::Text},
    {"target_max_file_size", "write.target-file-size-bytes", Plain::Kind::Size},
    {"parquet_writer_row_group_size", "write.parquet.row-group-size-bytes", Plain::Kind::Size},
};

// `128MB`, powers of 1024 as in Trino.
std::optional<std::int64_t> parse_data_size(std::string_view text) {
  std::size_t digits = 0;
  while (digits < text.size() &&
         ((text[digits] >= '0' && text[digits] <= '9') || text[digits] == '.')) {
    ++digits;
  }
  const auto number = parse_double(text.substr(0, digits));
  if (!number) return std::nullopt;
  const std::string unit = to_lower(trim(text.substr(digits)));
  double factor = 0;
  if (unit == "b") factor = 1;
  if (unit == "kb") factor = 1024.0;
  if (unit == "mb") factor = 1024.0 * 1024;
  if (unit == "gb") factor = 1024.0 * 1024 * 1024;
  if (unit == "tb") factor = 1024.0 * 1024 * 1024 * 1024;
  if (factor == 0 || *number < 0 || *number * factor > 9e18) return std::nullopt;
  return static_cast<std::int64_t>(*number * factor);
}

Result<void> read_plain(const Place& place, const Plain& plain, const TypedValue& value,
                        TableProperties& out) {
  const std::string key(plain.iceberg);
  switch (plain.kind) {
    case Plain::Kind::Number: {
      const std::int64_t number = TRY(number_of(place, plain.name, value));
      if (number < 0) {
        return place.bad_value(plain.name, shown_value(value),
                               fmt::format("{} must be greater than or equal to 0", plain.name));
      }
      out.iceberg[key] = std::to_string(number);
      return {};
    }
    case Plain::Kind::Flag:
      out.iceberg[key] = TRY(flag_of(place, plain.name, value)) ? "true" : "false";
      return {};
    case Plain::Kind::Text:
      if (types::is_numeric(value.type)) {
        out.iceberg[key] = types::cast_to_text(value.type, value.value);
      } else {
        out.iceberg[key] = TRY(text_of(place, plain.name, value));
      }
      return {};
    case Plain::Kind::Size: {
      const std::string text = TRY(text_of(place, plain.name, value));
      const auto size = parse_data_size(text);
      if (!size || *size == 0) {
        return place.bad_value(plain.name, shown_value(value),
                               fmt::format("size is not a valid data size string: {}", text));
      }
      out.iceberg[key] = std::to_string(*size);
      return {};
    }
  }
  return {};
}

Result<void> read_bloom(const Place& place, const GivenProperty& property, TableProperties& out) {
  const auto columns = TRY(texts_of(place, property.name, *property.value));
  if (property.name == "orc_bloom_filter_columns") {
    out.iceberg["write.orc.bloom.filter.columns"] = join(columns, ",");
    return {};
  }
  for (const std::string& column : columns) {
    out.iceberg[fmt::format("{}{}", kBloomPrefix, to_lower(column))] = "true";
  }
  return {};
}

// A property set back to DEFAULT.
Result<void> read_default(const Place& place, const std::string& name, TableProperties& out) {
  if (name == "format") {
    set_default(out.format);
  } else if (name == "compression_codec") {
    set_default(out.codec);
  } else if (name == "partitioning") {
    set_default(out.partitioning);
  } else if (name == "sorted_by") {
    set_default(out.sorted_by);
  } else if (name == "format_version") {
    set_default(out.format_version);
  } else if (name != "location" && name != "type" && name != "extra_properties") {
    for (const Plain& plain : kPlain) {
      if (plain.name != name) continue;
      out.iceberg[std::string(plain.iceberg)] = name == "max_commit_retry" ? "4" : "";
      return {};
    }
    return place.unknown(name);
  }
  return {};
}

Result<void> read_one(const Place& place, const GivenProperty& property, TableProperties& out) {
  const std::string& name = property.name;
  if (!property.value) return read_default(place, name, out);
  const TypedValue& value = *property.value;
  if (name == "format") return read_format(place, value, out);
  if (name == "compression_codec") return read_codec(place, value, out);
  if (name == "format_version") return read_format_version(place, value, out);
  if (name == "extra_properties") return read_extra(place, value, out);
  if (name == "orc_bloom_filter_columns" || name == "parquet_bloom_filter_columns") {
    return read_bloom(place, property, out);
  }
  if (name == "partitioning") {
    set(out.partitioning, TRY(texts_of(place, name, value)));
    return {};
  }
  if (name == "sorted_by") {
    set(out.sorted_by, TRY(texts_of(place, name, value)));
    return {};
  }
  if (name == "location") {
    set(out.location, TRY(text_of(place, name, value)));
    return {};
  }
  if (name == "storage_schema" && place.use == PropertyUse::CreateMaterializedView) {
    out.storage_schema = TRY(text_of(place, name, value));
    return {};
  }
  // As hosted Trino services ask for; the other kinds of tables are not here.
  if (name == "type") {
    const std::string text = TRY(text_of(place, name, value));
    if (equals_ignore_case(text, "iceberg")) return {};
    return place.bad_value(name, shown_value(value), "the only type of tables is iceberg");
  }
  for (const Plain& plain : kPlain) {
    if (plain.name == name) return read_plain(place, plain, value, out);
  }
  return place.unknown(name);
}

std::string codec_property(const std::string& format) {
  return format == "PARQUET" ? "write.parquet.compression-codec"
                             : fmt::format("write.{}.compression-codec", to_lower(format));
}

}  // namespace

Result<TableProperties> read_table_properties(const std::vector<GivenProperty>& given,
                                              std::string_view catalog, PropertyUse use) {
  const Place place{catalog, use};
  TableProperties out;
  for (const GivenProperty& property : given) {
    TRY(read_one(place, property, out));
  }
  if (use == PropertyUse::SetProperties && out.location.given) {
    return types::named_error("NOT_SUPPORTED", {},
                              "The following properties cannot be updated: location");
  }
  const bool orc_bloom = out.iceberg.contains("write.orc.bloom.filter.columns");
  const std::string format =
      out.format.given && !out.format.is_default ? out.format.value : std::string("PARQUET");
  if (use != PropertyUse::SetProperties && orc_bloom && format != "ORC") {
    return types::named_error(
        place.error_name(), {},
        "Cannot specify orc_bloom_filter_columns table property for storage format: {}", format);
  }
  bool parquet_bloom = false;
  for (const auto& [key, text] : out.iceberg) parquet_bloom |= key.starts_with(kBloomPrefix);
  if (use != PropertyUse::SetProperties && parquet_bloom && format != "PARQUET") {
    return types::named_error(
        place.error_name(), {},
        "Cannot specify parquet_bloom_filter_columns table property for storage format: {}",
        format);
  }
  return out;
}

std::map<std::string, std::string> new_table_properties(const TableProperties& properties) {
  std::map<std::string, std::string> out;
  const std::string format =
      properties.format.given ? properties.format.value : std::string("PARQUET");
  out["write.format.default"] = format;
  out["commit.retry.num-retries"] = "4";
  out["write.parquet.compression-codec"] = "zstd";
  out[codec_property(format)] =
      properties.codec.given ? (properties.codec.value == "NONE" ? std::string("uncompressed")
                                                                 : to_lower(properties.codec.value))
                             : std::string("zstd");
  if (properties.format_version.given) {
    out[std::string(iceberg::property::kFormatVersion)] =
        std::to_string(properties.format_version.value);
  }
  for (const auto& [key, value] : properties.iceberg) {
    if (!value.empty()) out[key] = value;
  }
  return out;
}

namespace {

std::string array_text(const std::vector<std::string>& items) {
  std::string out = "ARRAY[";
  for (std::size_t i = 0; i < items.size(); ++i) {
    out += (i == 0 ? "" : ",") + quote(items[i], '\'');
  }
  return out + "]";
}

std::string property_or(const iceberg::TableMetadata& metadata, const std::string& name,
                        std::string fallback) {
  const auto found = metadata.properties.find(name);
  return found == metadata.properties.end() ? std::move(fallback) : found->second;
}

}  // namespace

std::string table_format(const iceberg::TableMetadata& metadata) {
  return to_upper(iceberg::read_property(metadata.properties, iceberg::property::kFileFormat));
}

std::map<std::string, std::string> shown_properties(const iceberg::TableMetadata& metadata) {
  std::map<std::string, std::string> out;
  const std::string format = table_format(metadata);
  out["format"] = quote(format, '\'');
  out["format_version"] = std::to_string(metadata.format_version);
  out["location"] = quote(metadata.location, '\'');
  out["max_commit_retry"] = property_or(metadata, "commit.retry.num-retries", "4");
  const std::string codec = property_or(metadata, codec_property(format), "zstd");
  if (!equals_ignore_case(codec, "zstd")) {
    out["compression_codec"] =
        quote(equals_ignore_case(codec, "uncompressed") ? "NONE" : to_upper(codec), '\'');
  }
  if (!metadata.spec().is_unpartitioned()) {
    out["partitioning"] = array_text(partitioning_texts(metadata.spec(), metadata.schema()));
  }
  if (!metadata.sort_order().is_unsorted()) {
    out["sorted_by"] = array_text(sorted_by_texts(metadata.sort_order(), metadata.schema()));
  }
  std::vector<std::string> bloom;
  for (const auto& [key, value] : metadata.properties) {
    if (key.starts_with(kBloomPrefix) && value == "true") {
      bloom.push_back(key.substr(kBloomPrefix.size()));
    }
  }
  if (!bloom.empty()) out["parquet_bloom_filter_columns"] = array_text(bloom);
  const std::string orc = property_or(metadata, "write.orc.bloom.filter.columns", "");
  if (!orc.empty()) {
    std::vector<std::string> columns;
    for (std::string_view column : split(orc, ',')) columns.emplace_back(column);
    out["orc_bloom_filter_columns"] = array_text(columns);
    out["orc_bloom_filter_fpp"] = property_or(metadata, "write.orc.bloom.filter.fpp", "0.05");
  }
  if (property_or(metadata, "write.object-storage.enabled", "false") == "true") {
    out["object_store_layout_enabled"] = "true";
  }
  const std::string data_path = property_or(metadata, "write.data.path", "");
  if (!data_path.empty()) out["data_location"] = quote(data_path, '\'');
  return out;
}

}  // namespace tarn::engine
