// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <optional>

#include "functions/json_path.h"
#include "functions/typed_call.h"
#include "types/coercion.h"
#include "types/compare.h"

namespace tarn::functions {

namespace {

using Kind = JsonPathNode::Kind;
using Items = std::vector<JsonItemPtr>;
using types::Type;
using types::TypeKind;
using types::Value;

constexpr std::size_t kItemsMax = 10'000'000;

template <typename... Args>
Error path_error(fmt::format_string<Args...> format, Args&&... args) {
  return types::named_error("PATH_EVALUATION_ERROR", {}, "path evaluation failed: {}",
                            fmt::format(format, std::forward<Args>(args)...));
}

bool is_number(const JsonItem& item) {
  return item.kind == JsonItem::Kind::Scalar && types::is_numeric(item.scalar.type);
}

std::string_view kind_name(const JsonItem& item) {
  switch (item.kind) {
    case JsonItem::Kind::Null:
      return "NULL";
    case JsonItem::Kind::Array:
      return "ARRAY";
    case JsonItem::Kind::Object:
      return "OBJECT";
    default:
      return types::base_name(item.scalar.type.kind);
  }
}

Result<Value> cast_scalar(const types::TypedValue& value, const Type& to) {
  if (value.type == to) return value.value;
  const BoundFunction cast = TRY(bind_function({"$cast", {value.type}, to, {}}));
  return cast.call(std::span(&value.value, 1));
}

// The type of a result of two decimals.
std::optional<Type> decimal_result(std::string_view name, const Type& a, const Type& b) {
  const int scale = std::max(a.scale, b.scale);
  int precision = 0;
  int result_scale = scale;
  if (name == "$multiply") {
    precision = a.precision + b.precision;
    result_scale = a.scale + b.scale;
  } else if (name == "$divide") {
    precision = a.precision + b.scale + std::max(b.scale - a.scale, 0);
  } else if (name == "$modulus") {
    precision = std::min(b.precision - b.scale, a.precision - a.scale) + scale;
  } else {
    precision = 1 + scale + std::max(a.precision - a.scale, b.precision - b.scale);
  }
  if (result_scale > 38) return std::nullopt;
  return types::make_decimal(std::min(precision, 38), result_scale);
}

// a + b and such on numbers of any kinds.
Result<JsonItemPtr> compute(const std::string& name, types::TypedValue a, types::TypedValue b) {
  if (!a.type.is(TypeKind::Decimal) || !b.type.is(TypeKind::Decimal)) {
    const auto common = types::common_super_type(a.type, b.type);
    if (!common) return path_error("invalid operand types to {} operator", name.substr(1));
    if (!common->is(TypeKind::Decimal)) {
      a = {*common, TRY(cast_scalar(a, *common))};
      b = {*common, TRY(cast_scalar(b, *common))};
    } else {
      for (types::TypedValue* side : {&a, &b}) {
        if (side->type.is(TypeKind::Decimal)) continue;
        const Type exact = types::make_decimal(side->type.is(TypeKind::BigInt) ? 19 : 10, 0);
        *side = {exact, TRY(cast_scalar(*side, exact))};
      }
    }
  }
  std::optional<Type> result = a.type;
  if (a.type.is(TypeKind::Decimal)) result = decimal_result(name, a.type, b.type);
  if (!result) return path_error("the result of {} has too many digits", name.substr(1));
  const auto function = bind_function({name, {a.type, b.type}, *result, {}});
  if (!function) return path_error("{}", function.error().message);
  const Value values[] = {std::move(a.value), std::move(b.value)};
  auto value = function->call(values);
  if (!value) return path_error("{}", value.error().message);
  return make_json_scalar(*result, std::move(*value));
}

class SqlJsonPathEvaluator {
 public:
  SqlJsonPathEvaluator(const SqlJsonPath& path, const JsonItemPtr& context,
                       const JsonPathVariables& variables)
      : lax_(path.lax), context_(context), variables_(variables) {}

  Result<Items> items(const JsonPathNode& node);

 private:
  // What $, @ and last mean inside of filters and subscripts.
  struct Frame {
    JsonItemPtr current;
    std::int64_t last = -2;  // none
  };

  Result<Items> base_items(const JsonPathNode& node) { return items(*node.children[0]); }
  Items unwrapped(Items found) const;
  Result<Items> members(const JsonPathNode& node);
  static void add_descendants(Items& out, const JsonItem& item, const std::string& name);
  Result<Items> subscript(const JsonPathNode& node);
  Result<std::int64_t> index(const JsonPathNode& node);
  Result<Items> filter(const JsonPathNode& node);
  Result<Items> method(const JsonPathNode& node);
  Result<JsonItemPtr> apply_method(const std::string& name, const JsonItemPtr& item);
  Result<Items> sign(const JsonPathNode& node);
  Result<Items> arithmetic(const JsonPathNode& node);
  Result<types::TypedValue> single_number(const JsonPathNode& node);
  // Predicates: nullopt is unknown.
  Result<std::optional<bool>> test(const JsonPathNode& node);
  Result<std::optional<bool>> compare(const JsonPathNode& node);
  Result<std::optional<bool>> starts_with(const JsonPathNode& node);
  static Result<std::optional<bool>> compare_items(const std::string& sign, const JsonItem& a,
                                                   const JsonItem& b);

  bool lax_;
  const JsonItemPtr& context_;
  const JsonPathVariables& variables_;
  Frame frame_;
};

// In lax mode the items of arrays stand for the arrays.
Items SqlJsonPathEvaluator::unwrapped(Items found) const {
  if (!lax_) return found;
  Items out;
  for (JsonItemPtr& item : found) {
    if (item->kind == JsonItem::Kind::Array) {
      out.insert(out.end(), item->items.begin(), item->items.end());
    } else {
      out.push_back(std::move(item));
    }
  }
  return out;
}

Result<Items> SqlJsonPathEvaluator::members(const JsonPathNode& node) {
  Items out;
  for (const JsonItemPtr& item : unwrapped(TRY(base_items(node)))) {
    if (item->kind != JsonItem::Kind::Object) {
      if (lax_) continue;
      return path_error("invalid item type. Expected: OBJECT, actual: {}", kind_name(*item));
    }
    bool found = false;
    for (const auto& [key, value] : item->members) {
      if (node.has_name && key != node.name) continue;
      out.push_back(value);
      found = true;
    }
    if (node.has_name && !found && !lax_) {
      return path_error("structural error: missing member '{}' in JSON object", node.name);
    }
  }
  return out;
}

void SqlJsonPathEvaluator::add_descendants(Items& out, const JsonItem& item,
                                           const std::string& name) {
  for (const auto& [key, value] : item.members) {
    if (key == name) out.push_back(value);
  }
  for (const auto& [key, value] : item.members) add_descendants(out, *value, name);
  for (const JsonItemPtr& part : item.items) add_descendants(out, *part, name);
}

Result<std::int64_t> SqlJsonPathEvaluator::index(const JsonPathNode& node) {
  const types::TypedValue number = TRY(single_number(node));
  const Value value = TRY(cast_scalar(number, types::make_type(TypeKind::Double)));
  const double whole = std::trunc(value.as_double());
  if (!(std::abs(whole) < 2147483648.0)) return path_error("array subscript out of range");
  return static_cast<std::int64_t>(whole);
}

Result<Items> SqlJsonPathEvaluator::subscript(const JsonPathNode& node) {
  Items out;
  for (const JsonItemPtr& found : TRY(base_items(node))) {
    JsonItemPtr array = found;
    if (array->kind != JsonItem::Kind::Array) {
      if (!lax_)
        return path_error("invalid item type. Expected: ARRAY, actual: {}", kind_name(*found));
      array = make_json_array({found});
    }
    const Frame outer = frame_;
    const auto size = static_cast<std::int64_t>(array->items.size());
    frame_.last = size - 1;
    for (std::size_t i = 1; i < node.children.size(); i += 2) {
      std::int64_t from = TRY(index(*node.children[i]));
      std::int64_t to = node.children[i + 1] ? TRY(index(*node.children[i + 1])) : from;
      if (!lax_ && size == 0) {
        return path_error("structural error: invalid array subscript for empty array");
      }
      if (!lax_ && (from < 0 || from > to || to >= size)) {
        return path_error(
            "structural error: invalid array subscript: [{}, {}] for array of size {}", from, to,
            size);
      }
      from = std::max<std::int64_t>(from, 0);
      to = std::min(to, size - 1);
      for (; from <= to; ++from) out.push_back(array->items[static_cast<std::size_t>(from)]);
      if (out.size() > kItemsMax) return path_error("too many items");
    }
    frame_ = outer;
  }
  return out;
}

Result<Items> SqlJsonPathEvaluator::filter(const JsonPathNode& node) {
  Items out;
  for (const JsonItemPtr& item : unwrapped(TRY(base_items(node)))) {
    const Frame outer = frame_;
    frame_.current = item;
    const auto holds = TRY(test(*node.children[1]));
    frame_ = outer;
    if (holds.value_or(false)) out.push_back(item);
  }
  return out;
}

Result<JsonItemPtr> SqlJsonPathEvaluator::apply_method(const std::string& name,
                                                       const JsonItemPtr& item) {
  const Type& type = item->scalar.type;
  if (name == "type") {
    std::string text = "array";
    if (item->kind == JsonItem::Kind::Null) text = "null";
    if (item->kind == JsonItem::Kind::Object) text = "object";
    if (item->kind == JsonItem::Kind::Scalar) {
      text = is_number(*item) ? "number" : type.is(TypeKind::Boolean) ? "boolean" : "string";
    }
    return make_json_scalar(types::make_varchar(), Value(std::move(text)));
  }
  if (name == "double" && item->kind == JsonItem::Kind::Scalar && !type.is(TypeKind::Boolean)) {
    const Type to = types::make_type(TypeKind::Double);
    auto value = cast_scalar(item->scalar, to);
    if (!value) return path_error("{}", value.error().message);
    return make_json_scalar(to, std::move(*value));
  }
  if (name == "double" || !is_number(*item)) {
    return path_error("invalid item type. Expected: NUMBER, actual: {}", kind_name(*item));
  }
  Type result = type;
  if (type.is(TypeKind::Decimal) && name != "abs") {
    result = types::make_decimal(type.precision - type.scale + std::min(type.scale, 1), 0);
  }
  const BoundFunction function = TRY(bind_function({name, {type}, result, {}}));
  auto value = function.call(std::span(&item->scalar.value, 1));
  if (!value) return path_error("{}", value.error().message);
  return make_json_scalar(std::move(result), std::move(*value));
}

Result<Items> SqlJsonPathEvaluator::method(const JsonPathNode& node) {
  Items out;
  if (node.name == "size") {
    for (const JsonItemPtr& item : TRY(base_items(node))) {
      const bool is_array = item->kind == JsonItem::Kind::Array;
      if (!is_array && !lax_) {
        return path_error("invalid item type. Expected: ARRAY, actual: {}", kind_name(*item));
      }
      const auto size = is_array ? static_cast<std::int64_t>(item->items.size()) : 1;
      out.push_back(make_json_scalar(types::make_type(TypeKind::Integer), Value(size)));
    }
    return out;
  }
  Items found = TRY(base_items(node));
  if (node.name != "type") found = unwrapped(std::move(found));
  for (const JsonItemPtr& item : found) out.push_back(TRY(apply_method(node.name, item)));
  return out;
}

Result<Items> SqlJsonPathEvaluator::sign(const JsonPathNode& node) {
  Items found = unwrapped(TRY(base_items(node)));
  for (JsonItemPtr& item : found) {
    if (!is_number(*item)) {
      return path_error("invalid item type. Expected: NUMBER, actual: {}", kind_name(*item));
    }
    if (node.kind == Kind::Positive) continue;
    const Type& type = item->scalar.type;
    const BoundFunction negate = TRY(bind_function({"$negate", {type}, type, {}}));
    auto value = negate.call(std::span(&item->scalar.value, 1));
    if (!value) return path_error("{}", value.error().message);
    item = make_json_scalar(type, std::move(*value));
  }
  return found;
}

Result<types::TypedValue> SqlJsonPathEvaluator::single_number(const JsonPathNode& node) {
  const Items found = unwrapped(TRY(items(node)));
  if (found.size() != 1) {
    return path_error("arithmetic binary expression requires singleton operands");
  }
  if (!is_number(*found[0])) {
    return path_error("invalid item type. Expected: NUMBER, actual: {}", kind_name(*found[0]));
  }
  return found[0]->scalar;
}

Result<Items> SqlJsonPathEvaluator::arithmetic(const JsonPathNode& node) {
  types::TypedValue left = TRY(single_number(*node.children[0]));
  types::TypedValue right = TRY(single_number(*node.children[1]));
  return Items{TRY(compute(node.name, std::move(left), std::move(right)))};
}

Result<Items> SqlJsonPathEvaluator::items(const JsonPathNode& node) {
  switch (node.kind) {
    case Kind::Context:
      return Items{context_};
    case Kind::Current:
      if (!frame_.current) return path_error("@ outside of a filter");
      return Items{frame_.current};
    case Kind::Last:
      if (frame_.last < -1) return path_error("last outside of a subscript");
      return Items{make_json_scalar(types::make_type(TypeKind::Integer), Value(frame_.last))};
    case Kind::Variable:
      for (const auto& [name, item] : variables_) {
        if (name == node.name) return Items{item};
      }
      return path_error("no value passed for parameter {}", node.name);
    case Kind::Literal:
      return Items{node.item};
    case Kind::Member:
      return members(node);
    case Kind::Descendant: {
      Items out;
      for (const JsonItemPtr& item : TRY(base_items(node))) add_descendants(out, *item, node.name);
      return out;
    }
    case Kind::Subscript:
      return subscript(node);
    case Kind::Items: {
      Items out;
      for (const JsonItemPtr& item : TRY(base_items(node))) {
        if (item->kind == JsonItem::Kind::Array) {
          out.insert(out.end(), item->items.begin(), item->items.end());
        } else if (lax_) {
          out.push_back(item);
        } else {
          return path_error("invalid item type. Expected: ARRAY, actual: {}", kind_name(*item));
        }
      }
      return out;
    }
    case Kind::Filter:
      return filter(node);
    case Kind::Method:
      return method(node);
    case Kind::Negative:
    case Kind::Positive:
      return sign(node);
    case Kind::Arithmetic:
      return arithmetic(node);
    default:
      return internal("a predicate of a JSON path stands for items");
  }
}

Result<std::optional<bool>> SqlJsonPathEvaluator::test(const JsonPathNode& node) {
  using Truth = std::optional<bool>;
  switch (node.kind) {
    case Kind::Not: {
      const Truth inner = TRY(test(*node.children[0]));
      return inner ? Truth(!*inner) : inner;
    }
    case Kind::IsUnknown:
      return Truth(!TRY(test(*node.children[0])).has_value());
    case Kind::And:
    case Kind::Or: {
      const bool decides = node.kind == Kind::Or;
      const Truth left = TRY(test(*node.children[0]));
      if (left == decides) return left;
      const Truth right = TRY(test(*node.children[1]));
      if (right == decides) return right;
      return left && right ? Truth(!decides) : Truth();
    }
    case Kind::Exists: {
      const auto found = items(*node.children[0]);
      return found ? Truth(!found->empty()) : Truth();
    }
    case Kind::StartsWith:
      return starts_with(node);
    default:
      return compare(node);
  }
}

// Numbers with numbers, texts with texts, booleans with booleans; null with all. Nullopt where
// they cannot be compared.
Result<std::optional<bool>> SqlJsonPathEvaluator::compare_items(const std::string& sign,
                                                                const JsonItem& a,
                                                                const JsonItem& b) {
  using Truth = std::optional<bool>;
  const bool any_null = a.kind == JsonItem::Kind::Null || b.kind == JsonItem::Kind::Null;
  if (any_null) {
    const bool both = a.kind == b.kind;
    if (sign == "==" || sign == "<=" || sign == ">=") return Truth(both);
    return sign == "<>" ? Truth(!both) : Truth(false);
  }
  if (a.kind != JsonItem::Kind::Scalar || b.kind != JsonItem::Kind::Scalar) return Truth();
  const bool numbers = is_number(a) && is_number(b);
  if (!numbers && a.scalar.type.kind != b.scalar.type.kind) return Truth();
  const auto common = types::common_super_type(a.scalar.type, b.scalar.type);
  if (!common) return Truth();
  const Value left = TRY(cast_scalar(a.scalar, *common));
  const Value right = TRY(cast_scalar(b.scalar, *common));
  if (sign == "==" || sign == "<>") {
    const bool equal = types::equals(*common, left, right).value_or(false);
    return Truth(equal == (sign == "=="));
  }
  const int order = types::order(*common, left, right);
  if (sign == "<") return Truth(order < 0);
  if (sign == "<=") return Truth(order <= 0);
  return sign == ">" ? Truth(order > 0) : Truth(order >= 0);
}

// Some pair of both sides must compare; what cannot be compared makes the answer unknown, in lax
// mode only if no pair was found before.
Result<std::optional<bool>> SqlJsonPathEvaluator::compare(const JsonPathNode& node) {
  using Truth = std::optional<bool>;
  auto left = items(*node.children[0]);
  auto right = items(*node.children[1]);
  if (!left || !right) return Truth();
  const Items left_items = unwrapped(std::move(*left));
  const Items right_items = unwrapped(std::move(*right));
  bool found = false;
  for (const JsonItemPtr& a : left_items) {
    for (const JsonItemPtr& b : right_items) {
      const Truth holds = TRY(compare_items(node.name, *a, *b));
      if (!holds) return Truth();
      found = found || *holds;
      if (found && lax_) return Truth(true);
    }
  }
  return Truth(found);
}

Result<std::optional<bool>> SqlJsonPathEvaluator::starts_with(const JsonPathNode& node) {
  using Truth = std::optional<bool>;
  auto whole = items(*node.children[0]);
  auto begin = items(*node.children[1]);
  const auto is_text = [](const JsonItem& item) {
    return item.kind == JsonItem::Kind::Scalar && item.scalar.type.is(TypeKind::Varchar);
  };
  if (!whole || !begin || begin->size() != 1 || !is_text(*begin->front())) return Truth();
  bool found = false;
  for (const JsonItemPtr& item : unwrapped(std::move(*whole))) {
    if (!is_text(*item)) return Truth();
    found =
        found || item->scalar.value.as_text().starts_with(begin->front()->scalar.value.as_text());
    if (found && lax_) return Truth(true);
  }
  return Truth(found);
}

}  // namespace

Result<std::vector<JsonItemPtr>> evaluate_json_path(const SqlJsonPath& path,
                                                    const JsonItemPtr& context,
                                                    const JsonPathVariables& variables) {
  return SqlJsonPathEvaluator(path, context, variables).items(*path.root);
}

}  // namespace tarn::functions
