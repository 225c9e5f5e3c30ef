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
  Table(std::vector<std::string> names, std::vector<std::vector<Value>> rows)
      : names_(std::make_shared<const std::vector<std::string>>(std::move(names))),
        rows_(std::move(rows)) {}
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
  Result<Found> call_method(Runtime& runtime, std::string_view name,
                            const Arguments& arguments) override {
    if (name == "print_table") return Found(Value::none());
    return jinja::Object::call_method(runtime, name, arguments);
  }
  Result<std::optional<std::size_t>> length(Runtime&) const override {
    return std::optional(rows_.size());
  }
  Result<Found> iterate(Runtime&) override { return Found(rows()); }

 private:
  Value rows() const {
    std::vector<Value> out;
    for (const auto& row : rows_) out.emplace_back(jinja::make_ref<Row>(names_, row));
    return Value::list(std::move(out));
  }
  Value columns() const {
    std::vector<std::pair<std::string, Value>> out;
    for (std::size_t i = 0; i < names_->size(); ++i) {
      std::vector<Value> values;
      for (const auto& row : rows_) values.push_back(row[i]);
      out.emplace_back((*names_)[i],
                       Value(jinja::make_ref<TableColumn>((*names_)[i], std::move(values))));
    }
    return Value(jinja::make_ref<Columns>(std::move(out)));
  }
  std::shared_ptr<const std::vector<std::string>> names_;
  std::vector<std::vector<Value>> rows_;
};

// `decimal(18,2)` → base `decimal`, 18 and 2.
class Column final : public jinja::Object {
 public:
  explicit Column(std::string name, std::string type, std::string dtype = {})
      : name_(std::move(name)), type_(std::move(type)), base_(std::move(dtype)) {
    const auto open = type_.find('(', base_.size());
    if (base_.empty()) base_ = std::string(trim(type_.substr(0, open)));
    if (open == std::string::npos) return;
    const auto close = type_.find(')', open);
    for (const auto part : split(std::string_view(type_).substr(open + 1, close - open - 1), ',')) {
      numbers_.push_back(parse_int64(trim(part)).value_or(0));
    }
  }
  std::string_view type_name() const override { return "TrinoColumn"; }
  Result<Found> get_attribute(Runtime&, std::string_view name) override {
    if (name == "name" || name == "column") return Found(Value(name_));
    if (name == "quoted") return Found(Value(fmt::format("\"{}\"", name_)));
    if (name == "data_type") return Found(Value(type_));
    if (name == "dtype") return Found(Value(base_));
    const bool text = is_text_type();
    if (name == "char_size") return Found(text && !numbers_.empty() ? Value(numbers_[0]) : Value());
    if (name == "numeric_precision") {
      return Found(!text && !numbers_.empty() ? Value(numbers_[0]) : Value());
    }
    if (name == "numeric_scale") {
      return Found(!text && numbers_.size() > 1 ? Value(numbers_[1]) : Value());
    }
    return Found();
  }
  Result<Found> call_method(Runtime& runtime, std::string_view name,
                            const Arguments& arguments) override {
    const auto is_one_of = [&](std::initializer_list<std::string_view> types) {
      for (const auto type : types) {
        if (equals_ignore_case(base_, type)) return Found(Value(true));
      }
      return Found(Value(false));
    };
    if (name == "is_string") return Found(Value(is_text_type()));
    if (name == "is_integer") return is_one_of({"tinyint", "smallint", "integer", "int", "bigint"});
    if (name == "is_float") return is_one_of({"real", "double"});
    if (name == "is_numeric") return is_one_of({"decimal", "numeric"});
    if (name == "is_number") {
      return is_one_of({"tinyint", "smallint", "integer", "int", "bigint", "real", "double",
                        "decimal", "numeric"});
    }
    if (name == "string_size") return Found(numbers_.empty() ? Value(256) : Value(numbers_[0]));
    return jinja::Object::call_method(runtime, name, arguments);
  }
  Result<std::string> to_repr(Runtime&) const override {
    const auto number = [&](bool text, std::size_t place) {
      return is_text_type() == text && numbers_.size() > place ? std::to_string(numbers_[place])
                                                               : std::string("None");
    };
    return fmt::format(
        "TrinoColumn(column='{}', dtype='{}', char_size={}, numeric_precision={}, "
        "numeric_scale={})",
        name_, base_, number(true, 0), number(false, 0), number(false, 1));
  }
  bool equals(const jinja::Object& other) const override {
    const auto* column = dynamic_cast<const Column*>(&other);
    return column != nullptr && column->name_ == name_ && column->type_ == type_;
  }

 private:
  bool is_text_type() const {
    return equals_ignore_case(base_, "varchar") || equals_ignore_case(base_, "char");
  }
  std::string name_;
  std::string type_;
  std::string base_;
  std::vector<std::int64_t> numbers_;
};

}  // namespace

Value make_table(std::vector<std::string> columns, std::vector<std::vector<Value>> rows) {
  return Value(jinja::make_ref<Table>(std::move(columns), std::move(rows)));
}

Value make_column(std::string name, std::string type) {
  return Value(jinja::make_ref<Column>(std::move(name), std::move(type)));
}

Value make_declared_column(std::string name, std::string type, std::string dtype) {
  return Value(jinja::make_ref<Column>(std::move(name), std::move(type), std::move(dtype)));
}

}  // namespace tarn::project
