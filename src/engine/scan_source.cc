// SPDX-License-Identifier: Apache-2.0
#include "engine/scan_source.h"

#include <functional>

#include "base/text.h"
#include "duckdb/physical_type.h"
#include "types/error_name.h"

namespace tarn::engine {

using types::Type;
using types::TypeKind;

namespace {

enum class Direction : std::uint8_t { FromStored, ToStored };

std::string get_field(const std::string& row, std::string_view name) {
  return fmt::format("struct_extract({}, {})", row, quote(name, '\''));
}

// Names of fields as the lake has them: the letters are those of the type.
std::string stored_field_name(const Type& row, std::size_t index) {
  const auto& name = row.fields[index].name;
  return name && !name->empty() ? *name : fmt::format("f{}", index + 1);
}

std::string convert(const Type& type, const std::string& text, Direction way, int depth);

std::string convert_row(const Type& type, const std::string& text, Direction way, int depth) {
  bool same = true;
  std::string fields;
  for (std::size_t i = 0; i < type.fields.size(); ++i) {
    std::string physical = duckdb::row_field_name(type, i);
    std::string stored = stored_field_name(type, i);
    const std::string& from = way == Direction::FromStored ? stored : physical;
    const std::string& to = way == Direction::FromStored ? physical : stored;
    std::string field = get_field(text, from);
    std::string value = convert(type.fields[i].type, field, way, depth + 1);
    same = same && value == field && from == to;
    fields += (i > 0 ? ", " : "") + quote(to, '\'') + ": " + value;
  }
  if (same) return text;
  return fmt::format("CASE WHEN {} IS NOT NULL THEN {{{}}} END", text, fields);
}

std::string convert_nested(const Type& type, const std::string& text, Direction way, int depth) {
  std::string name = fmt::format("n{}", depth);
  if (type.is(TypeKind::Row)) return convert_row(type, text, way, depth);
  if (type.is(TypeKind::Array)) {
    std::string item = convert(type.element(), name, way, depth + 1);
    if (item == name) return text;
    return fmt::format("list_transform({}, lambda {}: {})", text, name, item);
  }
  std::string key = get_field(name, "key");
  std::string value = get_field(name, "value");
  std::string new_key = convert(type.key(), key, way, depth + 1);
  std::string new_value = convert(type.value(), value, way, depth + 1);
  if (new_key == key && new_value == value) return text;
  return fmt::format(
      "map_from_entries(list_transform(map_entries({}), lambda {}: {{'key': {}, 'value': {}}}))",
      text, name, new_key, new_value);
}

// Nanoseconds beyond the microseconds, as picoseconds.
std::string nano_fields(const std::string& text, std::string_view maker) {
  return fmt::format(
      "'t': {1}((epoch_ns({0}) - (epoch_ns({0}) % 1000 + 1000) % 1000) // 1000), 'p': "
      "CAST((epoch_ns({0}) % 1000 + 1000) % 1000 * 1000 AS INTEGER)",
      text, maker);
}

std::string convert(const Type& type, const std::string& text, Direction way, int depth) {
  bool from_stored = way == Direction::FromStored;
  switch (type.kind) {
    case TypeKind::TimestampWithTimeZone:
      if (!from_stored) return get_field(text, "t");
      if (type.precision > 6) {
        return fmt::format("CASE WHEN {} IS NOT NULL THEN {{{}, 'z': 0}} END", text,
                           nano_fields(text, "make_timestamptz"));
      }
      return fmt::format("CASE WHEN {0} IS NOT NULL THEN {{'t': {0}, 'z': 0}} END", text);
    case TypeKind::Timestamp:
      if (type.precision <= 6) return text;
      if (!from_stored) return get_field(text, "t");
      return fmt::format("CASE WHEN {} IS NOT NULL THEN {{{}}} END", text,
                         nano_fields(text, "make_timestamp"));
    case TypeKind::TinyInt:
    case TypeKind::SmallInt:
      return from_stored ? text : "CAST(" + text + " AS INTEGER)";
    case TypeKind::Char:
      return from_stored ? text : fmt::format("rpad({}, {}, ' ')", text, type.precision);
    case TypeKind::Array:
    case TypeKind::Map:
    case TypeKind::Row:
      return convert_nested(type, text, way, depth);
    default:
      return text;
  }
}

class StoredSource final : public ScanSource {
 public:
  StoredSource(std::string from, const analysis::TableInfo& table)
      : from_(std::move(from)), columns_(table.columns) {}

  Result<ScanText> scan(const ScanRequest& request, KeepAlive&) const override {
    ScanText out;
    out.from = from_;
    for (std::int32_t index : request.columns) {
      const auto& column = columns_.at(static_cast<std::size_t>(index));
      out.columns.push_back(stored_column(column.type, quote(column.name, '"')));
    }
    return out;
  }

 private:
  std::string from_;
  std::vector<analysis::TableColumn> columns_;
};

}  // namespace

ScanColumn stored_column(const Type& type, const std::string& name) {
  if (type.is(TypeKind::TimestampWithTimeZone) && type.precision <= 6) {
    return {name, ColumnForm::UtcInstant};
  }
  return {convert(type, name, Direction::FromStored, 0), ColumnForm::Physical};
}

std::string to_stored(const Type& type, const ScanColumn& value) {
  if (value.form == ColumnForm::UtcInstant) return value.text;
  return convert(type, value.text, Direction::ToStored, 0);
}

std::shared_ptr<const ScanSource> make_stored_source(std::string from,
                                                     const analysis::TableInfo& table) {
  return std::make_shared<StoredSource>(std::move(from), table);
}

}  // namespace tarn::engine
