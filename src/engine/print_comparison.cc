// SPDX-License-Identifier: Apache-2.0
// Comparison, and what stands for a value in keys: natively wherever DuckDB's meaning is Trino's.
#include <algorithm>

#include "base/text.h"
#include "duckdb/physical_type.h"
#include "engine/print_state.h"
#include "types/coercion.h"
#include "types/nested.h"

namespace tarn::engine {

using types::Type;
using types::TypeKind;

namespace {

constexpr std::string_view kSigns[] = {"=", "<>", "<", "<=", "IS DISTINCT FROM"};
constexpr std::string_view kNames[] = {"$equal", "$not_equal", "$less_than", "$less_than_or_equal",
                                       "$is_distinct_from"};

std::optional<Comparison> comparison_of(std::string_view name) {
  for (std::size_t i = 0; i < std::size(kNames); ++i) {
    if (kNames[i] == name) return static_cast<Comparison>(i);
  }
  return std::nullopt;
}

// NaN equals nothing and is neither less nor greater.
std::string compare_floats(Comparison op, const std::string& a, const std::string& b) {
  switch (op) {
    case Comparison::Equal:
      return fmt::format("({0} = {1} AND (NOT isnan({0}) OR {1} IS NULL))", a, b);
    case Comparison::NotEqual:
      return fmt::format("(NOT ({0} = {1} AND (NOT isnan({0}) OR {1} IS NULL)))", a, b);
    case Comparison::Less:
      return fmt::format("({0} < {1} AND (NOT isnan({1}) OR {0} IS NULL))", a, b);
    case Comparison::LessOrEqual:
      return fmt::format("({0} <= {1} AND (NOT isnan({1}) OR {0} IS NULL))", a, b);
    case Comparison::Distinct:
      break;
  }
  return fmt::format("({} IS DISTINCT FROM {})", a, b);
}

bool is_ordinary_number(const TypedExpression& node) {
  if (node.kind == TypedKind::Cast) {
    return is_ordinary_number(*node.children[0]) && types::is_numeric(node.type);
  }
  if (node.kind != TypedKind::Constant || node.constant.is_null()) return false;
  if (!is_floating(node.type)) return types::is_numeric(node.type);
  double value = node.constant.as_double();
  return value == value;
}

// The sides for which a NaN on the other one gives what Trino says.
bool floats_compare_natively(Comparison op, const TypedExpression& a, const TypedExpression& b) {
  switch (op) {
    case Comparison::Equal:
    case Comparison::NotEqual:
      return is_ordinary_number(a) || is_ordinary_number(b);
    case Comparison::Less:
    case Comparison::LessOrEqual:
      return is_ordinary_number(b);
    case Comparison::Distinct:
      return true;
  }
  return false;
}

// The coercion to the common type of a comparison may fail, though the values can be compared.
bool may_overflow(const TypedExpression& node) {
  if (!node.type.is(TypeKind::Decimal) || node.kind != TypedKind::Cast || !node.implicit) {
    return false;
  }
  const Type& from = node.children[0]->type;
  if (!types::is_integral(from) && !from.is(TypeKind::Decimal)) return false;
  const auto own = types::coerce_to_base(from, TypeKind::Decimal);
  return own && own->precision - own->scale > node.type.precision - node.type.scale;
}

}  // namespace

// Beyond 38 digits a value is larger than all others, or smaller.
Text Printer::compare_wide(Comparison op, const Type& type, const TypedExpression& a,
                           const TypedExpression& b) {
  const bool left = may_overflow(a);
  const TypedExpression& wide = left ? a : b;
  const std::string x = TRY(expression(*wide.children[0]));
  const std::string y = TRY(expression(left ? b : a));
  const std::string fitting =
      fmt::format("TRY_CAST({} AS DECIMAL({}, {}))", x, type.precision, type.scale);
  const std::string equal = fmt::format(
      "coalesce({0} = {1}, CASE WHEN {2} IS NOT NULL AND {1} IS NOT NULL THEN false END)", fitting,
      y, x);
  if (op == Comparison::Equal) return equal;
  if (op == Comparison::NotEqual) return fmt::format("(NOT {})", equal);
  if (op == Comparison::Distinct) {
    return fmt::format("(NOT coalesce({}, {} IS NULL AND {} IS NULL))", equal, x, y);
  }
  const std::string_view sign = kSigns[static_cast<int>(op)];
  return fmt::format("coalesce({} {} {}, CASE WHEN {} IS NOT NULL THEN {} {} 0 END)",
                     left ? fitting : y, sign, left ? y : fitting, y, x, left ? '<' : '>');
}

Text Printer::comparison(const TypedExpression& node) {
  auto op = comparison_of(node.function->name);
  return compare(*op, node.children[0]->type, *node.children[0], *node.children[1]);
}

Text Printer::comparable(const TypedExpression& node) {
  if (is_instant(node.type)) return instant(node);
  return key_text(node.type, TRY(expression(node)), ColumnForm::Physical);
}

Text Printer::compare(Comparison op, const Type& type, const TypedExpression& a,
                      const TypedExpression& b) {
  if (is_instant(type)) {
    return fmt::format("({} {} {})", TRY(instant(a)), kSigns[static_cast<int>(op)],
                       TRY(instant(b)));
  }
  if (may_overflow(a) != may_overflow(b)) return compare_wide(op, type, a, b);
  std::string left = TRY(expression(a));
  std::string right = TRY(expression(b));
  if (is_floating(type) && floats_compare_natively(op, a, b)) {
    return fmt::format("({} {} {})", left, kSigns[static_cast<int>(op)], right);
  }
  return compare_texts(op, type, left, right, false);
}

// With `instants` the texts of timestamps with time zone are what `instant` gives.
Text Printer::compare_texts(Comparison op, const Type& type, const std::string& a,
                            const std::string& b, bool instants) {
  std::string_view sign = kSigns[static_cast<int>(op)];
  if (is_floating(type) && may_repeat(a) && may_repeat(b)) return compare_floats(op, a, b);
  bool by_call = is_floating(type) || (types::is_nested(type) && op != Comparison::Distinct);
  if (by_call) {
    const std::string arguments[] = {a, b};
    return tarn_call(std::string(kNames[static_cast<int>(op)]), {type, type},
                     types::make_type(TypeKind::Boolean), arguments);
  }
  if (is_instant(type) && instants) return fmt::format("({} {} {})", a, sign, b);
  bool orders = op == Comparison::Less || op == Comparison::LessOrEqual;
  auto side = [&](const std::string& text) {
    return orders ? order_text(type, text, ColumnForm::Physical)
                  : key_text(type, text, ColumnForm::Physical);
  };
  return fmt::format("({} {} {})", side(a), sign, side(b));
}

Text Printer::in_list(const TypedExpression& node) {
  return if_chance_once(*node.children[0],
                        [&](const TypedExpression& value) { return in_list_of(value, node); });
}

Text Printer::in_list_of(const TypedExpression& value, const TypedExpression& node) {
  const Type& type = value.type;
  if (std::any_of(node.children.begin() + 1, node.children.end(),
                  [](const auto& item) { return can_fail(*item); })) {
    return in_failing_list(value, node);
  }
  bool native = is_instant(type) || duckdb::compares_natively(type) || type.is(TypeKind::Char);
  if (is_floating(type)) {
    for (std::size_t i = 1; native && i < node.children.size(); ++i) {
      native = is_ordinary_number(*node.children[i]) || is_null_constant(*node.children[i]);
    }
  }
  for (const auto& child : node.children) native = native && !may_overflow(*child);
  std::string out;
  if (native) {
    out = "(" + TRY(comparable(value)) + " IN (";
    for (std::size_t i = 1; i < node.children.size(); ++i) {
      if (i > 1) out += ", ";
      out += TRY(comparable(*node.children[i]));
    }
    return out + "))";
  }
  for (std::size_t i = 1; i < node.children.size(); ++i) {
    if (i > 1) out += " OR ";
    out += TRY(compare(Comparison::Equal, type, value, *node.children[i]));
  }
  return "(" + out + ")";
}

// Items that can fail: Trino looks at the plain ones first and at the others until one is equal. Of
// a list of constants it looks at all.
Text Printer::in_failing_list(const TypedExpression& value, const TypedExpression& node) {
  const auto begin = node.children.begin() + 1;
  const bool constant =
      is_constant(value) &&
      std::all_of(begin, node.children.end(), [](auto& item) { return is_constant(*item); });
  if (constant) {
    std::string items;
    for (auto item = begin; item != node.children.end(); ++item) {
      items += (items.empty() ? "[" : ", ") + TRY(expression(**item));
    }
    const std::string text = TRY(expression(value));
    const std::string arguments[] = {items + "]", text};
    const Type list = types::make_array(value.type);
    return fmt::format("CASE WHEN {} IS NOT NULL THEN {} END", text,
                       TRY(tarn_call("contains", {list, value.type},
                                     types::make_type(TypeKind::Boolean), arguments)));
  }
  TypedExpression any;
  any.kind = TypedKind::Or;
  any.type = types::make_type(TypeKind::Boolean);
  for (const bool risky : {false, true}) {
    for (auto item = begin; item != node.children.end(); ++item) {
      if (can_fail(**item) != risky) continue;
      auto equal = std::make_unique<TypedExpression>();
      equal->kind = TypedKind::Call;
      equal->type = any.type;
      equal->at = node.at;
      equal->function = node.function;
      equal->children.push_back(analysis::clone(value));
      equal->children.push_back(analysis::clone(**item));
      any.children.push_back(std::move(equal));
    }
  }
  if (any.children.size() == 1) return expression(*any.children[0]);
  return logical(any, false);
}

Text Printer::between(const TypedExpression& node) {
  return if_chance_once(*node.children[0],
                        [&](const TypedExpression& value) { return between_of(value, node); });
}

Text Printer::between_of(const TypedExpression& value, const TypedExpression& node) {
  const TypedExpression& low = *node.children[1];
  const TypedExpression& high = *node.children[2];
  bool native = is_instant(value.type) ||
                (duckdb::compares_natively(value.type) && !is_floating(value.type)) ||
                (is_floating(value.type) && is_ordinary_number(low) && is_ordinary_number(high));
  for (const auto& child : node.children) native = native && !may_overflow(*child);
  if (native) {
    return fmt::format("({} BETWEEN {} AND {})", TRY(comparable(value)), TRY(comparable(low)),
                       TRY(comparable(high)));
  }
  return fmt::format("({} AND {})", TRY(compare(Comparison::LessOrEqual, value.type, low, value)),
                     TRY(compare(Comparison::LessOrEqual, value.type, value, high)));
}

// LIKE without an escape is DuckDB's own, as long as the pattern has no backslash: Trino has no
// escape then, and neither has DuckDB.
Text Printer::like(const TypedExpression& node) {
  std::vector<std::string> arguments;
  std::vector<Type> types;
  for (const auto& child : node.children) {
    arguments.push_back(TRY(expression(*child)));
    types.push_back(child->type);
  }
  bool is_varchar = node.children[0]->type.is(TypeKind::Varchar);
  if (is_varchar && node.children.size() == 2 && constant_text(*node.children[1])) {
    return fmt::format("({} LIKE {})", arguments[0], arguments[1]);
  }
  return tarn_call("$like", std::move(types), node.type, arguments);
}

// Equal keys are what Trino holds for the same value in GROUP BY and DISTINCT.
std::string Printer::key_text(const Type& type, const std::string& text, ColumnForm form) {
  switch (type.kind) {
    case TypeKind::TimestampWithTimeZone: {
      if (form == ColumnForm::UtcInstant) return text;
      if (type.precision <= 6) return field_text(text, "t");
      return fmt::format("CASE WHEN {0} IS NOT NULL THEN {{'t': {1}, 'p': {2}}} END", text,
                         field_text(text, "t"), field_text(text, "p"));
    }
    case TypeKind::TimeWithTimeZone:
      return fmt::format(
          "((({} - CAST({} AS BIGINT) * 60000000000000) % 86400000000000000 + 86400000000000000) % "
          "86400000000000000)",
          field_text(text, "t"), field_text(text, "z"));
    case TypeKind::Array: {
      std::string name = fresh_name("k");
      std::string inner = key_text(type.element(), name, ColumnForm::Physical);
      if (inner == name) return text;
      return fmt::format("list_transform({}, lambda {}: {})", text, name, inner);
    }
    case TypeKind::Map: {
      std::string name = fresh_name("k");
      return fmt::format(
          "list_sort(list_transform(map_entries({}), lambda {}: {{'k': {}, 'v': {}}}))", text, name,
          key_text(type.key(), field_text(name, "key"), ColumnForm::Physical),
          key_text(type.value(), field_text(name, "value"), ColumnForm::Physical));
    }
    case TypeKind::Row: {
      bool same = true;
      std::string fields;
      for (std::size_t i = 0; i < type.fields.size(); ++i) {
        std::string name = duckdb::row_field_name(type, i);
        std::string field = field_text(text, name);
        std::string key = key_text(type.fields[i].type, field, ColumnForm::Physical);
        same = same && key == field;
        fields += (i > 0 ? ", " : "") + quote(name, '\'') + ": " + key;
      }
      if (same) return text;
      return fmt::format("CASE WHEN {} IS NOT NULL THEN {{{}}} END", text, fields);
    }
    default:
      return text;
  }
}

// True where a part of the value is NULL, so that Trino refuses to compare it.
std::string Printer::null_test(const Type& type, const std::string& text) {
  std::string out;
  auto add = [&](const std::string& test) {
    if (test.empty()) return;
    out += (out.empty() ? "" : " OR ") + test;
  };
  if (type.is(TypeKind::Row)) {
    for (std::size_t i = 0; i < type.fields.size(); ++i) {
      std::string field = field_text(text, duckdb::row_field_name(type, i));
      add(field + " IS NULL");
      add(null_test(type.fields[i].type, field));
    }
  } else if (type.is(TypeKind::Array)) {
    std::string name = fresh_name("k");
    std::string inner = null_test(type.element(), name);
    std::string test = name + " IS NULL" + (inner.empty() ? "" : " OR " + inner);
    add(fmt::format("len(list_filter({}, lambda {}: {})) > 0", text, name, test));
  }
  return out;
}

// What sorts natively as Trino sorts the value.
std::string Printer::order_text(const Type& type, const std::string& text, ColumnForm form) {
  if (type.is(TypeKind::Char)) return fmt::format("rpad({}, {}, ' ')", text, type.precision);
  std::string key = key_text(type, text, form);
  if (!types::is_nested(type)) return key;
  std::string test = null_test(type, text);
  if (test.empty()) return key;
  return fmt::format(
      "CASE WHEN {} IS NOT NULL AND ({}) THEN error('NOT_SUPPORTED: {} comparison not supported "
      "for {} with null elements') ELSE {} END",
      text, test, type.is(TypeKind::Row) ? "ROW" : "ARRAY",
      type.is(TypeKind::Row) ? "fields" : "arrays", key);
}

// A key of rows. Trino puts NaN below all numbers where NULL comes first, and DuckDB gives rows
// back with the key that it sorted by, in which -0.0 is 0.0.
std::string Printer::row_order(const std::string& text, const analysis::SortKey& key,
                               std::string& keys) {
  if (key.nulls_first) {
    keys += fmt::format("isnan({}) {} NULLS FIRST, ", text, key.descending ? "ASC" : "DESC");
  }
  return "(" + text + " + CAST(0 AS DOUBLE))";
}

Text Printer::row_keys(const std::vector<analysis::SortKey>& keys) {
  const bool outer = std::exchange(orders_rows_, true);
  auto text = sort_keys(keys);
  orders_rows_ = outer;
  return text;
}

Text Printer::sort_keys(const std::vector<analysis::SortKey>& keys) {
  std::string out;
  for (const auto& key : keys) {
    if (!out.empty()) out += ", ";
    ScanColumn column = TRY(value(*key.key));
    std::string text = order_text(key.key->type, column.text, column.form);
    // A lone constant would be taken as a position.
    if (key.key->kind == TypedKind::Constant) text = "(SELECT " + text + ")";
    if (orders_rows_ && is_floating(key.key->type)) text = row_order(text, key, out);
    out += text;
    out += key.descending ? " DESC" : " ASC";
    out += key.nulls_first ? " NULLS FIRST" : " NULLS LAST";
  }
  return out;
}

}  // namespace tarn::engine
