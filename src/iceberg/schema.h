// SPDX-License-Identifier: Apache-2.0
// A table schema: a struct with an id and identifier fields. Look-ups go by field id or by name;
// names with dots are never split. Changing a schema is in update_schema.h.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/result.h"
#include "iceberg/type.h"

namespace tarn::iceberg {

// Levels of nesting that parsers accept.
inline constexpr int kTypeDepthMax = 64;

struct Schema {
  int schema_id = 0;
  std::vector<Field> fields;
  std::vector<int> identifier_field_ids;  // ascending
  std::string extra;                      // unknown JSON members, "" = none

  bool operator==(const Schema& other) const;
};

enum class NameCase { Sensitive, Insensitive };

// Searches the whole tree; nullptr when missing. For many look-ups use SchemaIndex.
const Field* find_field(const Schema& schema, int field_id);
// Top-level column by its name; nullptr when missing, ErrorCode::InvalidInput when two columns
// differ only by case and the look-up is not sensitive to it.
Result<const Field*> find_column(const Schema& schema, std::string_view name,
                                 NameCase name_case = NameCase::Sensitive);
// A nested field by the names on the way (`element`, `key`, `value` for lists and maps).
Result<const Field*> find_path(const Schema& schema, std::span<const std::string> path,
                               NameCase name_case = NameCase::Sensitive);

// Look-up tables of one schema, which must outlive them and stay unchanged. Thread-safe.
class SchemaIndex {
 public:
  struct Entry {
    const Field* field = nullptr;
    int parent_id = -1;     // -1 for top-level columns
    std::string name;       // full name, joined by dots
    bool repeated = false;  // below a list or map
    bool optional = false;  // the field or one of its parents is optional
  };
  explicit SchemaIndex(const Schema& schema);

  const Entry* find(int field_id) const;
  // By full name. Of two fields with one full name (dots in names) the first counts.
  const Entry* find(std::string_view full_name, NameCase name_case = NameCase::Sensitive) const;
  // Ids in the order of the tree, parents first.
  const std::vector<int>& ids() const { return ids_; }

 private:
  void add(const Field& field, const Entry* parent);

  std::unordered_map<int, Entry> entries_;
  std::unordered_map<std::string, int> by_name_;
  std::unordered_map<std::string, int> by_lower_name_;
  std::vector<int> ids_;
};

// The largest field id in use, 0 for an empty schema.
int highest_field_id(const Schema& schema);
// Equal fields and identifier fields; ids of the schemas aside.
bool same_schema(const Schema& a, const Schema& b);

// Gives each field a new id from `last_column_id + 1` on, level by level: all fields of a struct,
// then what is below them. Identifier fields follow. Returns the last id used.
int assign_fresh_ids(Schema& schema, int last_column_id);
// Ids are positive, below the reserved ones and unique; names are unique in each struct; identifier
// fields are required primitives, not floating, not below an optional struct, list or map; types
// and defaults are allowed in `format_version`. ErrorCode::InvalidInput names the field.
Result<void> validate_schema(const Schema& schema, int format_version);

// Keeps the fields with these ids (a kept nested field keeps all below it, a kept leaf its
// parents), in the schema's order.
Schema select_fields(const Schema& schema, std::span<const int> field_ids);

// Whether data written with `write` can go into a table with `table`: by field id; required fields
// present unless they have a write default, no optional into required, types equal or promotable.
// ErrorCode::InvalidInput lists every mismatch.
Result<void> check_write_compatible(const Schema& table, const Schema& write, int format_version);

std::string schema_to_json(const Schema& schema);
Result<Schema> schema_from_json(std::string_view text);

}  // namespace tarn::iceberg
