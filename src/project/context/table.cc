// SPDX-License-Identifier: Apache-2.0
#include "project/context/table.h"

#include <fmt/core.h>

#include "base/text.h"
#include "jinja/runtime.h"

namespace tarn::project {

namespace {

using jinja::Arguments;
using jinja::Runtime;
using jinja::Value;

using Found = std::optional<Value>;

// A row: by place, by name, and as a sequence.
class Row final : public jinja::Object {
 public:
  Row(std::shared_ptr<const std::vector<std::string>> names, std::vector<Value> values)
      : names_(std::move(names)), values_(std::move(values)) {}
  std::string_view type_name() const override { return "Row"; }
  bool is_sequence() const override { return true; }

  Result<Found> get_item(Runtime&, const Value& key) override {
    if (key.is_text()) return by_name(key.text());
    if (!key.is_int64()) return Found();
    const auto size = static_cast<std::int64_t>(values_.size());
    const std::int64_t at = key.as_int() < 0 ? key.as_int() + size : key.as_int();
    return at >= 0 && at < size ? Found(values_[static_cast<std::size_t>(at)]) : Found();
  }
  Result<Found> get_attribute(Runtime&, std::string_view name) override { return by_name(name); }
  Result<Found> call_method(Runtime& runtime, std::string_view name,
                            const Arguments& arguments) override {
    if (name == "values") return Found(Value::tuple(values_));
    if (name == "keys") return Found(Value::tuple(keys()));
    if (name == "items") {
      std::vector<Value> items;
      for (std::size_t i = 0; i < values_.size(); ++i) {
        items.push_back(Value::tuple({Value((*names_)[i]), values_[i]}));
      }
      return Found(Value::list(std::move(items)));
    }
    if (name == "get" && !arguments.positional.empty() && arguments.positional[0].is_text()) {
      auto found = by_name(arguments.positional[0].text());
      if (found) return found;
      return Found(arguments.positional.size() > 1 ? arguments.positional[1] : Value::none());
    }
    return jinja::Object::call_method(runtime, name, arguments);
  }
  Result<std::optional<std::size_t>> length(Runtime&) const override {
    return std::optional(values_.size());
  }
  Result<Found> iterate(Runtime&) override { return Found(Value::tuple(values_)); }

 private:
  std::vector<Value> keys() const {
    std::vector<Value> out;
    for (const auto& name : *names_) out.emplace_back(name);
    return out;
  }
  Found by_name(std::string_view name) const {
    for (std::size_t i = 0; i < values_.size(); ++i) {
      if ((*names_)[i] == name) return values_[i];
    }
    return std::nullopt;
  }
  std::shared_ptr<const std::vector<std::string>> names_;
  std::vector<Value> values_;
};

// A sequence that also has `.name`, `.values()`, `.values_distinct()`.
class TableColumn final : public jinja::Object {
 public:
  TableColumn(std::string name, std::vector<Value> values)
      : name_(std::move(name)), values_(std::move(values)) {}
  std::string_view type_name() const override { return "Column"; }
  bool is_sequence() const override { return true; }
  Result<Found> get_attribute(Runtime&, std::string_view name) override {
    return name == "name" ? Found(Value(name_)) : Found();
  }
  Result<Found> get_item(Runtime& runtime, const Value& key) override {
    auto item = jinja::get_item(runtime, Value::tuple(values_), key);
    return item && !item->is_undefined() ? Found(*item) : Found();
  }
  Result<Found> call_method(Runtime& runtime, std::string_view name,
                            const Arguments& arguments) override {
    if (name == "values") return Found(Value::tuple(values_));
    if (name == "values_distinct") {
      auto set = jinja::make_ref<jinja::Set>();
      for (const auto& value : values_) TRY(set->set(value, Value::none()));
      return Found(Value(set));
    }
    if (name == "values_without_nulls") {
      std::vector<Value> out;
      for (const auto& value : values_) {
        if (!value.is_none()) out.push_back(value);
      }
      return Found(Value::tuple(std::move(out)));
    }
    return jinja::Object::call_method(runtime, name, arguments);
  }
  Result<std::optional<std::size_t>> length(Runtime&) const override {
    return std::optional(values_.size());
  }
  Result<Found> iterate(Runtime&) override { return Found(Value::tuple(values_)); }

 private:
  std::string name_;
  std::vector<Value> values_;
};

// `table.columns` and `table.rows`: sequences, columns by name too.
class Columns final : public jinja::Object {
 public:
  explicit Columns(std::vector<std::pair<std::string, Value>> columns)
      : columns_(std::move(columns)) {}
  std::string_view type_name() const override { return "MappedSequence"; }
  bool is_sequence() const override { return true; }
  Result<Found> get_attribute(Runtime&, std::string_view name) override { return by_name(name); }
  Result<Found> get_item(Runtime& runtime, const Value& key) override {
    if (key.is_text()) return by_name(key.text());
    auto item = jinja::get_item(runtime, all(), key);
    return item && !item->is_undefined() ? Found(*item) : Found();
  }
  Result<Found> call_method(Runtime& runtime, std::string_view name,
                            const Arguments& arguments) override {
    if (name == "values") return Found(all());
    if (name == "keys") {
      std::vector<Value> out;
      for (const auto& column : columns_) out.emplace_back(column.first);
      return Found(Value::tuple(std::move(out)));
    }
    return jinja::Object::call_method(runtime, name, arguments);
  }
  Result<std::optional<std::size_t>> length(Runtime&) const override {
    return std::optional(columns_.size());
  }
  Result<Found> iterate(Runtime&) override { return Found(all()); }

 private:
  Value all() const {
    std::vector<Value> out;
    for (const auto& column : columns_) out.push_back(column.second);
    return Value::tuple(std::move(out));
  }
  Found by_name(std::string_view name) const {
    for (const auto& column : columns_) {
      if (column.first == name) return column.second;
    }
    return std::nullopt;
  }
  std::vector<std::pair<std::string, Value>> columns_;
};

class Table final : public jinja::Object {
 public:
  explicit Table(TableData data)
      : data_(std::move(data)),
        names_(std::make_shared<const std::vector<std::string>>(data_.names)) {}
  const TableData& data() const { return data_; }
  std::string_view type_name() const override { return "Table"; }
  Result<Found> get_attribute(Runtime&, std::string_view name) override {
    if (name == "rows") return Found(rows());
    if (name == "columns") return Found(columns());
    if (name == "column_names") {
      std::vector<Value> out;
      for (const auto& column : *names_) out.emplace_back(column);
      return Found(Value::tuple(std::move(out)));
    }
    return Found();
  }
  Result<Found> get_item(Runtime& runtime, const Value& key) override {
    auto item = jinja::get_item(runtime, rows(), key);
    return item && !item->is_undefined() ? Found(*item) : Found();
  }
  Result<Found> call_method(Runtime& runtime, std::string_view name,
                            const Arguments& arguments) override {
    if (name == "print_table") return Found(Value::none());
    return jinja::Object::call_method(runtime, name, arguments);
  }
  Result<std::optional<std::size_t>> length(Runtime&) const override {
    return std::optional(data_.rows.size());
  }
  Result<Found> iterate(Runtime&) override { return Found(rows()); }

 private:
  Value rows() const {
    std::vector<Value> out;
    for (const auto& row : data_.rows) out.emplace_back(jinja::make_ref<Row>(names_, row));
    return Value::list(std::move(out));
  }
  Value columns() const {
    std::vector<std::pair<std::string, Value>> out;
    for (std::size_t i = 0; i < names_->size(); ++i) {
      std::vector<Value> values;
      for (const auto& row : data_.rows) values.push_back(row[i]);
      out.emplace_back((*names_)[i],
                       Value(jinja::make_ref<TableColumn>((*names_)[i], std::move(values))));
    }
    return Value(jinja::make_ref<Columns>(std::move(out)));
  }
  TableData data_;
  std::shared_ptr<const std::vector<std::string>> names_;
};

constexpr std::int64_t kVarcharMax = 2147483646;

bool is_type_in(std::string_view dtype, std::initializer_list<std::string_view> types) {
  for (const auto type : types) {
    if (equals_ignore_case(dtype, type)) return true;
  }
  return false;
}

Value number_or_none(const std::optional<std::int64_t>& number) {
  return number ? Value(*number) : Value();
}

class Column final : public jinja::Object {
 public:
  explicit Column(ColumnParts parts) : parts_(std::move(parts)) {}
  const ColumnParts& parts() const { return parts_; }
  std::string_view type_name() const override { return "TrinoColumn"; }
  Result<Found> get_attribute(Runtime&, std::string_view name) override {
    if (name == "name" || name == "column") return Found(Value(parts_.name));
    if (name == "quoted") return Found(Value(fmt::format("\"{}\"", parts_.name)));
    if (name == "data_type" || name == "expanded_data_type") {
      return Found(Value(parts_.data_type()));
    }
    if (name == "dtype") return Found(Value(parts_.dtype));
    if (name == "char_size") return Found(number_or_none(parts_.char_size));
    if (name == "numeric_precision") return Found(number_or_none(parts_.precision));
    if (name == "numeric_scale") return Found(number_or_none(parts_.scale));
    return Found();
  }
  Result<Found> call_method(Runtime& runtime, std::string_view name,
                            const Arguments& arguments) override {
    const std::string& dtype = parts_.dtype;
    const bool integer = is_type_in(dtype, {"tinyint", "smallint", "integer", "int", "bigint"});
    const bool floating = is_type_in(dtype, {"real", "double precision", "double"});
    if (name == "is_string") return Found(Value(parts_.is_string()));
    if (name == "is_integer") return Found(Value(integer));
    if (name == "is_float") return Found(Value(floating));
    if (name == "is_numeric") return Found(Value(parts_.is_numeric()));
    if (name == "is_number") return Found(Value(integer || floating || parts_.is_numeric()));
    if (name == "string_size") {
      if (!parts_.is_string()) {
        return jinja::fail("dbt:DbtRuntimeError", "called string_size() on non-string field!");
      }
      return Found(Value(parts_.string_size()));
    }
    if (name == "can_expand_to") {
      const Value* other = !arguments.positional.empty() ? &arguments.positional[0]
                           : !arguments.named.empty()    ? &arguments.named[0].value
                                                         : nullptr;
      const ColumnParts* column = other == nullptr ? nullptr : column_parts(*other);
      if (column == nullptr) return jinja::type_error("can_expand_to() needs a column");
      return Found(Value(parts_.can_expand_to(*column)));
    }
    if (name == "literal" && !arguments.positional.empty()) {
      return Found(Value(fmt::format(
          "{}::{}", TRY(jinja::to_text(runtime, arguments.positional[0])), parts_.data_type())));
    }
    if (name == "string_type" && !arguments.positional.empty()) {
      return Found(
          Value(fmt::format("varchar({})", TRY(jinja::to_text(runtime, arguments.positional[0])))));
    }
    return jinja::Object::call_method(runtime, name, arguments);
  }
  Result<std::string> to_repr(Runtime&) const override {
    const auto number = [&](const std::optional<std::int64_t>& value) {
      return value ? std::to_string(*value) : std::string("None");
    };
    return fmt::format(
        "TrinoColumn(column='{}', dtype='{}', char_size={}, numeric_precision={}, "
        "numeric_scale={})",
        parts_.name, parts_.dtype, number(parts_.char_size), number(parts_.precision),
        number(parts_.scale));
  }
  bool equals(const jinja::Object& other) const override {
    const auto* column = dynamic_cast<const Column*>(&other);
    return column != nullptr && column->parts_ == parts_;
  }

 private:
  ColumnParts parts_;
};

}  // namespace

ColumnParts ColumnParts::from_description(std::string_view name, std::string_view type) {
  ColumnParts out;
  out.name = name;
  out.dtype = type;
  const std::string lower = to_lower(type);
  if (!lower.starts_with("varchar") && !lower.starts_with("char") &&
      !lower.starts_with("decimal")) {
    return out;
  }
  const auto open = type.find('(');
  const auto close = open == std::string_view::npos ? open : type.find(')', open);
  if (close == std::string_view::npos) return out;
  out.dtype = std::string(type.substr(0, open)) + std::string(type.substr(close + 1));
  const auto parts = split(type.substr(open + 1, close - open - 1), ',');
  const auto number = [&](std::size_t i) -> std::optional<std::int64_t> {
    const auto parsed = parse_int64(trim(parts[i]));
    return parsed ? std::optional(*parsed) : std::nullopt;
  };
  if (parts.size() == 1) out.char_size = number(0);
  if (parts.size() == 2) {
    out.precision = number(0);
    out.scale = number(1);
  }
  return out;
}

bool ColumnParts::is_string() const { return is_type_in(dtype, {"varchar", "char"}); }
bool ColumnParts::is_numeric() const { return equals_ignore_case(dtype, "decimal"); }

std::int64_t ColumnParts::string_size() const {
  if (equals_ignore_case(dtype, "varchar") && !char_size) return kVarcharMax;
  return char_size.value_or(256);
}

std::string ColumnParts::data_type() const {
  if (equals_ignore_case(dtype, "varchar") && !char_size) return dtype;
  if (is_string()) return fmt::format("varchar({})", string_size());
  if (is_numeric() && precision && scale)
    return fmt::format("{}({},{})", dtype, *precision, *scale);
  return dtype;
}

bool ColumnParts::can_expand_to(const ColumnParts& other) const {
  return is_string() && other.is_string() && other.string_size() > string_size();
}

Value make_table(TableData data) { return Value(jinja::make_ref<Table>(std::move(data))); }

Value make_table(std::vector<std::string> columns, std::vector<std::vector<Value>> rows) {
  return make_table(TableData{std::move(columns), std::move(rows), {}});
}

const TableData* table_data(const Value& value) {
  const auto* table = value.as<Table>();
  return table == nullptr ? nullptr : &table->data();
}

Value make_column(ColumnParts parts) { return Value(jinja::make_ref<Column>(std::move(parts))); }

Value make_column(std::string_view name, std::string_view type) {
  return make_column(ColumnParts::from_description(name, type));
}

const ColumnParts* column_parts(const Value& value) {
  const auto* column = value.as<Column>();
  return column == nullptr ? nullptr : &column->parts();
}

}  // namespace tarn::project
