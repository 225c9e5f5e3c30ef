// SPDX-License-Identifier: Apache-2.0
// Iceberg types and fields as plain values. A nested type owns its fields; every field, list
// element and map key/value has an id that is unique in its schema and never used again.
// Spec: "Schemas and Data Types".
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "iceberg/type_kind.h"
#include "iceberg/value.h"

namespace tarn::iceberg {

// Ids from here on are reserved for columns that tables do not store.
inline constexpr int kFirstReservedFieldId = 2147483447;
inline constexpr int kFileColumnId = 2147483646;           // _file
inline constexpr int kPosColumnId = 2147483645;            // _pos
inline constexpr int kDeletedColumnId = 2147483644;        // _deleted
inline constexpr int kSpecIdColumnId = 2147483643;         // _spec_id
inline constexpr int kPartitionColumnId = 2147483642;      // _partition
inline constexpr int kDeleteFilePathId = 2147483546;       // file_path of position deletes
inline constexpr int kDeleteFilePosId = 2147483545;        // pos of position deletes
inline constexpr int kDeleteFileRowId = 2147483544;        // row of position deletes
inline constexpr int kRowIdColumnId = 2147483540;          // _row_id
inline constexpr int kLastUpdatedSequenceId = 2147483539;  // _last_updated_sequence_number

struct Field;

struct Type {
  TypeKind kind = TypeKind::Unknown;
  int precision = 0;  // Decimal, 1–38
  int scale = 0;      // Decimal
  int length = 0;     // Fixed, in bytes
  // Geometry and Geography: coordinate reference system and edge algorithm; "" = the default.
  std::string crs;
  std::string algorithm;
  std::string extra;  // unknown JSON members of a nested type, "" = none; no part of equality
  // Struct: its fields. List: one field `element`. Map: `key`, then `value`.
  std::vector<Field> fields;

  Type();
  Type(TypeKind primitive);  // NOLINT(google-explicit-constructor): a kind is a type
  Type(const Type&);
  Type(Type&&) noexcept;
  Type& operator=(const Type&);
  Type& operator=(Type&&) noexcept;
  ~Type();
  bool operator==(const Type& other) const;

  bool is_primitive() const { return !is_nested(kind) && kind != TypeKind::Variant; }
  // REQUIRES: List, or Map for the last two.
  const Field& element() const;
  const Field& key() const;
  const Field& value() const;
};

// `doc` is "" when there is none. Defaults are null values when there are none (v3). `extra` holds
// unknown JSON members as the text of an object, "" when there are none; it takes no part in
// equality.
struct Field {
  int id = 0;
  std::string name;
  Type type;
  bool required = false;
  std::string doc;
  Value initial_default;
  Value write_default;
  std::string extra;

  bool operator==(const Field& other) const;
};

// Makers. Ids are the caller's; 0 where assign_fresh_ids() will set them.
Type decimal_type(int precision, int scale);
Type fixed_type(int length);
Type struct_type(std::vector<Field> fields);
Type list_type(int element_id, Type element, bool element_required);
Type map_type(Field key, Field value);
Field required_field(int id, std::string name, Type type);
Field optional_field(int id, std::string name, Type type);

// `int`, `decimal(9, 2)`, `fixed[16]`, `geography(srid:4326, karney)`, `struct<1: a: optional
// int>`, `list<int>`, `map<string, int>`.
std::string to_string(const Type& type);
// The text of a primitive type (and `variant`) as in JSON; unknown names are
// ErrorCode::Unsupported, bad parameters ErrorCode::Corrupt.
Result<Type> parse_primitive_type(std::string_view text);

// Equal but for ids, docs and defaults.
bool same_shape(const Type& a, const Type& b);
// Format version that a type needs: 1, or 3 for the types of v3. Looks into nested types.
int format_version_needed(const Type& type);

// Whether values of `from` may be read as `to` without rewriting files: int→long, float→double,
// wider decimals; in v3 also unknown→any primitive and date→timestamp(_ns).
bool is_promotion_allowed(const Type& from, const Type& to, int format_version);

}  // namespace tarn::iceberg
