// SPDX-License-Identifier: Apache-2.0
// Expressions.
#include <algorithm>
#include <array>

#include "base/check.h"
#include "jinja/bigint.h"
#include "jinja/interpreter.h"
#include "jinja/methods.h"

namespace tarn::jinja {

// The arguments of one call.
struct Interpreter::ArgumentBuffer {
  static constexpr std::size_t kInline = 4;
  std::array<Value, kInline> few;
  std::size_t few_count = 0;
  std::vector<Value> many;  // all, once there are more than `few` holds
  std::vector<NamedArgument> named;
  std::vector<Value> names;  // keep texts alive that `named` views

  void add(Value value) {
    if (many.empty() && few_count < kInline) {
      few[few_count++] = std::move(value);
      return;
    }
    if (many.empty()) many.assign(few.begin(), few.end());
    many.push_back(std::move(value));
  }
  Arguments arguments() const {
    if (many.empty()) return {{few.data(), few_count}, named};
    return {many, named};
  }
};

namespace {

Error not_constant() { return fail(kRuntimeError, "the expression is not constant"); }

bool needs_context(std::string_view filter) {
  static constexpr std::string_view kFilters[] = {"map",        "select",     "reject",
                                                  "selectattr", "rejectattr", "random"};
  return std::find(std::begin(kFilters), std::end(kFilters), filter) != std::end(kFilters);
}

}  // namespace

Result<Value> Interpreter::eval(const Expr& expr, const Ref<Activation>& scope) {
  if (expr.kind == ExprKind::Constant) return static_cast<const ConstantExpr&>(expr).value;
  if (!may_step()) [[unlikely]]
    return exhausted();
  auto value = eval_kind(expr, scope);
  if (!value) [[unlikely]] {
    note_failure(expr.place, value.error());
  }
  return value;
}

Result<Value> Interpreter::eval_kind(const Expr& expr, const Ref<Activation>& scope) {
  switch (expr.kind) {
    case ExprKind::Constant:
      return static_cast<const ConstantExpr&>(expr).value;
    case ExprKind::Name:
      return eval_name(static_cast<const NameExpr&>(expr), *scope);
    case ExprKind::List:
    case ExprKind::Tuple:
      return eval_sequence(static_cast<const SequenceExpr&>(expr), scope);
    case ExprKind::Concat:
      return eval_concat(static_cast<const SequenceExpr&>(expr), scope);
    case ExprKind::Dict:
      return eval_dict(static_cast<const DictExpr&>(expr), scope);
    case ExprKind::Attribute: {
      const auto& node = static_cast<const AttributeExpr&>(expr);
      return get_attribute(*this, TRY(eval(*node.object, scope)), node.name.text);
    }
    case ExprKind::Item:
      return eval_item(static_cast<const ItemExpr&>(expr), scope);
    case ExprKind::Call:
      return eval_call(static_cast<const CallExpr&>(expr), scope, Value::missing());
    case ExprKind::Filter:
    case ExprKind::Test:
      return eval_filter(static_cast<const FilterExpr&>(expr), scope);
    case ExprKind::Not:
    case ExprKind::Negate:
    case ExprKind::Plus:
      return eval_unary(static_cast<const UnaryExpr&>(expr), scope);
    case ExprKind::Binary: {
      const auto& node = static_cast<const BinaryExpr&>(expr);
      const Value left = TRY(eval(*node.left, scope));
      return binary(*this, node.op, left, TRY(eval(*node.right, scope)));
    }
    case ExprKind::And:
    case ExprKind::Or: {
      const auto& node = static_cast<const BinaryExpr&>(expr);
      Value left = TRY(eval(*node.left, scope));
      const bool decided = TRY(truth(*this, left)) == (expr.kind == ExprKind::Or);
      if (decided) return left;
      return eval(*node.right, scope);
    }
    case ExprKind::Compare:
      return eval_compare(static_cast<const CompareExpr&>(expr), scope);
    case ExprKind::Conditional:
      return eval_conditional(static_cast<const ConditionalExpr&>(expr), scope);
    case ExprKind::Slice:
    case ExprKind::NamespaceTarget:
      break;
  }
  UNREACHABLE();
}

Result<Value> Interpreter::eval_name(const NameExpr& node, Activation& scope) {
  if (constant_mode_) return not_constant();
  const Value& value = scope.at(node.slot);
  if (value.is_missing()) return undefined_name(node.name.text);
  return value;
}

Result<Value> Interpreter::eval_sequence(const SequenceExpr& node, const Ref<Activation>& scope) {
  std::vector<Value> items;
  items.reserve(node.items.size());
  for (const auto& item : node.items) items.push_back(TRY(eval(*item, scope)));
  return node.kind == ExprKind::List ? Value::list(std::move(items))
                                     : Value::tuple(std::move(items));
}

Result<Value> Interpreter::eval_concat(const SequenceExpr& node, const Ref<Activation>& scope) {
  std::string text;
  for (const auto& item : node.items) {
    const Value value = TRY(eval(*item, scope));
    if (autoescape_) {
      text += TRY(escape_value(*this, value));
    } else {
      TRY(append_text(*this, value, text));
    }
  }
  TRY(check_size(*this, text.size()));
  TRY(charge(text.size() / 256));
  return captured_text(std::move(text));
}

Result<Value> Interpreter::eval_dict(const DictExpr& node, const Ref<Activation>& scope) {
  auto dict = make_ref<Dict>();
  for (const auto& [key, value] : node.items) {
    Value made_key = TRY(eval(*key, scope));
    Value made_value = TRY(eval(*value, scope));
    TRY(dict->set(std::move(made_key), std::move(made_value)));
  }
  return dict;
}

Result<Value> Interpreter::eval_item(const ItemExpr& node, const Ref<Activation>& scope) {
  const Value object = TRY(eval(*node.object, scope));
  if (node.key->kind != ExprKind::Slice) {
    return get_item(*this, object, TRY(eval(*node.key, scope)));
  }
  const auto& slice = static_cast<const SliceExpr&>(*node.key);
  const auto part = [&](const ExprPtr& expr) -> Result<Value> {
    if (!expr) return Value::none();
    return eval(*expr, scope);
  };
  const Value start = TRY(part(slice.start));
  const Value stop = TRY(part(slice.stop));
  const Value step = TRY(part(slice.step));
  auto part_of_object = slice_value(*this, object, start, stop, step);
  if (constant_mode_ && !part_of_object && part_of_object.error().kind == kTypeError) {
    return undefined_item(object, Value::none());
  }
  return part_of_object;
}

Result<void> Interpreter::eval_arguments(const CallArguments& call, const Ref<Activation>& scope,
                                         ArgumentBuffer& buffer) {
  for (const auto& argument : call.positional) buffer.add(TRY(eval(*argument, scope)));
  if (!call.named.empty()) {
    buffer.named.reserve(call.named.size());
    for (const auto& [name, argument] : call.named) {
      buffer.named.push_back({name, TRY(eval(*argument, scope))});
    }
  }
  if (call.star) {
    const Value values = TRY(eval(*call.star, scope));
    auto items = collect(*this, values);
    if (!items) {
      if (items.error().kind != kTypeError) return std::move(items).error();
      return type_error("argument after * must be an iterable, not {}", type_name(values));
    }
    for (auto& item : *items) buffer.add(std::move(item));
  }
  if (!call.double_star) return {};
  const Value values = TRY(eval(*call.double_star, scope));
  if (!values.is_dict()) {
    return type_error("argument after ** must be a mapping, not {}", type_name(values));
  }
  for (const auto& entry : values.dict_items().entries()) {
    if (!entry.live) continue;
    if (!entry.key.is_text()) return type_error("keywords must be strings");
    const bool repeated =
        std::any_of(buffer.named.begin(), buffer.named.end(),
                    [&](const NamedArgument& named) { return named.name == entry.key.text(); });
    if (repeated) {
      return type_error("got multiple values for keyword argument '{}'", entry.key.text());
    }
    buffer.names.push_back(entry.key);
    buffer.named.push_back({entry.key.text(), entry.value});
  }
  return {};
}

Result<Value> Interpreter::eval_call(const CallExpr& node, const Ref<Activation>& scope,
                                     Value caller) {
  if (constant_mode_) return not_constant();
  ArgumentBuffer buffer;
  const auto add_caller = [&] {
    if (!caller.is_missing()) buffer.named.push_back({"caller", std::move(caller)});
  };
  if (node.callee->kind == ExprKind::Attribute) {
    const auto& attribute = static_cast<const AttributeExpr&>(*node.callee);
    const Value object = TRY(eval(*attribute.object, scope));
    if (object.is_undefined() && !object.undefined_info().swallows) {
      return undefined_error(object);
    }
    TRY(eval_arguments(node.arguments, scope, buffer));
    add_caller();
    return call_method(*this, object, attribute.name.text, buffer.arguments());
  }
  const Value callee = TRY(eval(*node.callee, scope));
  TRY(eval_arguments(node.arguments, scope, buffer));
  add_caller();
  return call(callee, buffer.arguments());
}

Result<Value> Interpreter::call(const Value& callee, const Arguments& arguments) {
  if (!may_step()) return exhausted();
  if (callee.is_object() && callee.object()->is_callable()) {
    const Value held = callee;
    return held.object()->call(*this, arguments);
  }
  if (callee.is_undefined()) {
    if (callee.undefined_info().swallows) return callee;
    return undefined_error(callee);
  }
  return type_error("'{}' object is not callable", type_name(callee));
}

Result<Value> Interpreter::eval_filter(const FilterExpr& node, const Ref<Activation>& scope) {
  const bool is_filter = node.kind == ExprKind::Filter;
  if (constant_mode_ && (!node.subject || (is_filter && needs_context(node.name)))) {
    return not_constant();
  }
  const Value subject = node.subject ? TRY(eval(*node.subject, scope)) : captured_;
  if (node.function == nullptr) {
    return fail(kRuntimeError, "No {} named '{}' found.", is_filter ? "filter" : "test", node.name);
  }
  if (node.arguments.empty()) return (*node.function)(*this, subject, {});
  ArgumentBuffer buffer;
  TRY(eval_arguments(node.arguments, scope, buffer));
  return (*node.function)(*this, subject, buffer.arguments());
}

Result<Value> Interpreter::eval_unary(const UnaryExpr& node, const Ref<Activation>& scope) {
  const Value value = TRY(eval(*node.operand, scope));
  if (node.kind == ExprKind::Not) return Value(!TRY(truth(*this, value)));
  const bool negate = node.kind == ExprKind::Negate;
  switch (value.kind()) {
    case Kind::Undefined:
      return undefined_error(value);
    case Kind::Bool:
    case Kind::Int:
      if (!negate) return Value(value.as_int());
      if (value.as_int() == INT64_MIN) return Value::integer(BigInt(INT64_MIN).negated());
      return Value(-value.as_int());
    case Kind::BigInt:
      return negate ? Value::integer(value.big_int().negated()) : value;
    case Kind::Float:
      return Value(negate ? -value.as_float() : value.as_float());
    case Kind::Object: {
      auto result =
          TRY(value.object()->binary(*this, negate ? "negate" : "plus", Value::none(), false));
      if (result) return *std::move(result);
      break;
    }
    default:
      break;
  }
  return type_error("bad operand type for unary {}: '{}'", negate ? '-' : '+', type_name(value));
}

Result<bool> Interpreter::compare_op(CompareOp op, const Value& a, const Value& b) {
  switch (op) {
    case CompareOp::Equal:
      return equals(a, b);
    case CompareOp::NotEqual:
      return !TRY(equals(a, b));
    case CompareOp::In:
      return contains(*this, b, a);
    case CompareOp::NotIn:
      return !TRY(contains(*this, b, a));
    case CompareOp::Less:
      return TRY(compare(*this, a, b, "<")) == -1;
    case CompareOp::Greater:
      return TRY(compare(*this, a, b, ">")) == 1;
    case CompareOp::LessEqual: {
      const int order = TRY(compare(*this, a, b, "<="));
      return order == -1 || order == 0;
    }
    case CompareOp::GreaterEqual: {
      const int order = TRY(compare(*this, a, b, ">="));
      return order == 1 || order == 0;
    }
  }
  UNREACHABLE();
}

Result<Value> Interpreter::eval_compare(const CompareExpr& node, const Ref<Activation>& scope) {
  Value left = TRY(eval(*node.first, scope));
  for (const auto& [op, operand] : node.rest) {
    Value right = TRY(eval(*operand, scope));
    if (!TRY(compare_op(op, left, right))) return Value(false);
    left = std::move(right);
  }
  return Value(true);
}

Result<Value> Interpreter::eval_conditional(const ConditionalExpr& node,
                                            const Ref<Activation>& scope) {
  if (TRY(truth(*this, TRY(eval(*node.test, scope))))) return eval(*node.yes, scope);
  if (node.no) return eval(*node.no, scope);
  if (constant_mode_) return not_constant();
  UndefinedInfo info;
  info.hint = fmt::format(
      "the inline if-expression on line {} evaluated to false and no else section was defined.",
      node.place.line);
  info.swallows = swallows_undefined();
  return Value::undefined(std::move(info));
}

Result<Value> Interpreter::constant(const TemplateTree& tree, const Expr& expr) {
  constant_mode_ = true;
  const FrameGuard guard(*this, {&tree, {}});
  return eval(expr, make_ref<Activation>(0, Ref<Activation>()));
}

}  // namespace tarn::jinja
