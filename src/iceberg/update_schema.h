// SPDX-License-Identifier: Apache-2.0
// Schema evolution: a working copy of the current schema that is changed step by step. Each step
// sees the result of those before; ids are never used again. Spec: "Schema Evolution".
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "iceberg/table_metadata.h"
#include "iceberg/table_requirement.h"
#include "iceberg/table_update.h"

namespace tarn::iceberg {

// Names from the outermost column inwards; `element`, `key` and `value` step into lists and maps.
// An empty path is the table itself.
using FieldPath = std::vector<std::string>;

// Steps that readers of old files may not survive (a required column without default, optional to
// required) are refused unless the caller knows the table to have no such rows.
enum class OldRows { Exist, None };

// Errors are ErrorCode::InvalidInput and leave the working copy unchanged.
class UpdateSchema {
 public:
  explicit UpdateSchema(const TableMetadata& base);

  // `column.id` and the ids below it are given here; returns the new id. `parent` is a struct, or a
  // list or map of structs. A required column needs an initial default (v3). `write_default` is
  // taken from `initial_default` when missing.
  Result<int> add_column(const FieldPath& parent, Field column, OldRows old_rows = OldRows::Exist);
  Result<void> drop_column(const FieldPath& path);
  Result<void> rename_column(const FieldPath& path, const std::string& new_name);
  // To a type that is_promotion_allowed().
  Result<void> widen_column(const FieldPath& path, const Type& type);
  Result<void> make_optional(const FieldPath& path);
  Result<void> make_required(const FieldPath& path, OldRows old_rows = OldRows::Exist);
  Result<void> set_doc(const FieldPath& path, const std::string& doc);
  // v3. Null removes it.
  Result<void> set_write_default(const FieldPath& path, const Value& value);
  // Within the column's own struct.
  Result<void> move_first(const FieldPath& path);
  Result<void> move_before(const FieldPath& path, const std::string& sibling);
  Result<void> move_after(const FieldPath& path, const std::string& sibling);
  Result<void> set_identifier_fields(const std::vector<FieldPath>& paths);

  const Schema& schema() const { return schema_; }
  int last_column_id() const { return last_column_id_; }
  // Checks the whole; nothing when the schema is as it was.
  Result<std::vector<TableUpdate>> updates() const;
  std::vector<TableRequirement> requirements() const;

 private:
  Result<Field*> find(const FieldPath& path);
  Result<std::vector<Field>*> find_siblings(const FieldPath& path);
  Result<std::vector<Field>*> find_children(const FieldPath& parent);
  Result<void> move(const FieldPath& path, const std::string& sibling, int offset);
  bool is_identifier(const Field& field) const;

  const TableMetadata& base_;
  Schema schema_;
  int last_column_id_;
};

}  // namespace tarn::iceberg
