// SPDX-License-Identifier: Apache-2.0
// Avro schemas as plain values, with the attributes that Iceberg puts on them (field-id,
// element-id, key-id, value-id, logicalType, adjust-to-utc). Other attributes are dropped.
// Avro 1.11 specification, "Schema Declaration"; Iceberg specification, Appendix A.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace tarn::avro {

enum class Kind : std::uint8_t {
  Null,
  Boolean,
  Int,
  Long,
  Float,
  Double,
  Bytes,
  String,
  Fixed,
  Enum,
  Record,
  Array,
  Map,
  Union,
  Reference,  // to a named type that was defined before
};

// `null`, `boolean`, … as in schemas.
std::string_view to_string(Kind kind);

enum class Logical : std::uint8_t {
  None,  // also for logical types that are unknown here
  Decimal,
  Uuid,
  Date,
  TimeMillis,
  TimeMicros,
  TimestampMillis,
  TimestampMicros,
  TimestampNanos,
  LocalTimestampMillis,
  LocalTimestampMicros,
  LocalTimestampNanos,
  Map,  // an array of records {key, value}
};

struct Field;

struct Schema {
  Kind kind = Kind::Null;
  Logical logical = Logical::None;
  std::string name;                  // full name of a record, enum or fixed, or of a reference
  std::vector<Field> fields;         // of a record
  std::vector<Schema> items;         // array: the element; map: the value; union: the branches
  std::vector<std::string> symbols;  // of an enum
  std::int32_t size = 0;             // bytes of a fixed
  std::int32_t precision = 0;        // of a decimal
  std::int32_t scale = 0;
  std::optional<bool> adjust_to_utc;
  std::optional<std::int32_t> element_id;
  std::optional<std::int32_t> key_id;
  std::optional<std::int32_t> value_id;

  bool operator==(const Schema&) const;
};

struct Field {
  std::string name;
  Schema type;
  std::optional<std::int32_t> field_id;
  std::optional<std::string> default_json;
  std::string doc;

  bool operator==(const Field&) const = default;
};

// Short ways to build schemas.
Schema primitive(Kind kind, Logical logical = Logical::None);
Schema fixed_type(std::string name, std::int32_t size);
Schema decimal_type(std::string name, std::int32_t precision, std::int32_t scale,
                    std::int32_t size);  // as fixed
Schema record_type(std::string name, std::vector<Field> fields);
Schema array_type(Schema element, std::optional<std::int32_t> element_id = std::nullopt);
Schema map_type(Schema value, std::optional<std::int32_t> key_id = std::nullopt,
                std::optional<std::int32_t> value_id = std::nullopt);
// Iceberg's form of maps whose keys are not strings: an array of records `k<id>_v<id>`.
Schema key_value_array(Schema key, std::int32_t key_id, Schema value, std::int32_t value_id);
// ["null", type]
Schema optional_type(Schema type);
Field required_field(std::int32_t id, std::string name, Schema type);
// Of optional type, with default null.
Field optional_field(std::int32_t id, std::string name, Schema type);

// Errors are ErrorCode::Corrupt. Limits: 16 MB of text, 256 levels.
Result<Schema> parse_schema(std::string_view json);
std::string write_schema(const Schema& schema);

}  // namespace tarn::avro
