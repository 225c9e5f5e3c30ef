// SPDX-License-Identifier: Apache-2.0
#include "analysis/binder.h"

#include <algorithm>
#include <utility>

#include "base/decimal.h"
#include "types/coercion.h"

namespace tarn::analysis {
namespace {

using types::Type;
using types::TypeKind;

constexpr int kRoundsMax = 32;

class SignatureBinder {
 public:
  SignatureBinder(const FunctionSignature& signature, std::span<const Argument> arguments,
                  Coercion coercion, BindErrors& errors)
      : signature_(signature),
        arguments_(arguments),
        coerce_(coercion == Coercion::Allowed),
        errors_(errors),
        types_(signature.type_variables.size()),
        numbers_(signature.number_variables.size()) {}

  std::optional<ResolvedFunction> bind() {
    if (!expand_arguments()) return std::nullopt;
    bool changed = true;
    for (int round = 0; changed; ++round) {
      if (round == kRoundsMax) return std::nullopt;
      changed = false;
      for (std::size_t i = 0; i < formals_.size(); ++i) {
        if (!solve_argument(*formals_[i], arguments_[i], changed)) return std::nullopt;
      }
    }
    return make_result();
  }

 private:
  bool expand_arguments() {
    const auto& declared = signature_.arguments;
    const std::size_t count = arguments_.size();
    if (signature_.variadic ? count + 1 < declared.size() : count != declared.size()) return false;
    for (std::size_t i = 0; i < count; ++i) {
      formals_.push_back(&declared[std::min(i, declared.size() - 1)]);
    }
    return true;
  }

  bool solve_argument(const TypeTerm& formal, const Argument& argument, bool& changed) {
    if (argument.lambda) return solve_lambda(formal, argument, changed);
    return unify(formal, argument.type, coerce_, changed);
  }

  bool solve_lambda(const TypeTerm& formal, const Argument& argument, bool& changed) {
    if (formal.kind != TypeKind::Function ||
        formal.parts.size() != static_cast<std::size_t>(argument.lambda_parameters) + 1) {
      return false;
    }
    const auto parameters = lambda_parameters(formal);
    if (!parameters) return true;  // a later argument may bind them
    const Type* body = type_of_body(argument, *parameters);
    return body != nullptr && unify(formal.parts.back(), *body, false, changed);
  }

  std::optional<std::vector<Type>> lambda_parameters(const TypeTerm& formal) const {
    std::vector<Type> parameters;
    for (std::size_t i = 0; i + 1 < formal.parts.size(); ++i) {
      auto type = apply(formal.parts[i]);
      if (!type) return std::nullopt;
      parameters.push_back(std::move(*type));
    }
    return parameters;
  }

  // Bodies are analyzed once for each list of parameter types.
  const Type* type_of_body(const Argument& argument, const std::vector<Type>& parameters) {
    for (const Body& body : bodies_) {
      if (body.argument == &argument && body.parameters == parameters) return &body.type;
    }
    Result<Type> type = argument.lambda(parameters);
    if (!type) {
      if (!errors_.lambda) errors_.lambda = std::move(type).error();
      return nullptr;
    }
    bodies_.push_back({&argument, parameters, std::move(*type)});
    return &bodies_.back().type;
  }

  bool unify(const TypeTerm& formal, const Type& actual, bool coerce, bool& changed) {
    if (formal.variable >= 0) return unify_variable(formal, actual, changed);
    if (!formal.has_variables) return true;  // checked at the end
    if (!formal.numbers.empty()) return unify_numbers(formal, actual, coerce, changed);
    const Type unknown;
    if (!actual.is(TypeKind::Unknown) &&
        (actual.kind != formal.kind || actual.fields.size() != formal.parts.size())) {
      return false;
    }
    const bool covariant = formal.kind == TypeKind::Array || formal.kind == TypeKind::Map;
    for (std::size_t i = 0; i < formal.parts.size(); ++i) {
      const Type& part = actual.is(TypeKind::Unknown) ? unknown : actual.fields[i].type;
      if (!unify(formal.parts[i], part, coerce && covariant, changed)) return false;
    }
    return true;
  }

  bool satisfies(const TypeVariable& variable, const Type& type) const {
    return (!variable.comparable || types::is_comparable(type)) &&
           (!variable.orderable || types::is_orderable(type));
  }

  bool unify_variable(const TypeTerm& formal, const Type& actual, bool& changed) {
    const auto index = static_cast<std::size_t>(formal.variable);
    std::optional<Type>& bound = types_[index];
    std::optional<Type> common = bound ? types::common_super_type(*bound, actual) : actual;
    if (!common || !satisfies(signature_.type_variables[index], *common)) return false;
    if (bound && *bound == *common) return true;
    bound = std::move(common);
    changed = true;
    return true;
  }

  bool unify_numbers(const TypeTerm& formal, const Type& actual, bool coerce, bool& changed) {
    std::optional<Type> wanted;
    if (coerce) {
      wanted = types::coerce_to_base(actual, formal.kind);
    } else if (actual.kind == formal.kind) {
      wanted = actual;
    }
    if (!wanted) return false;
    if (const auto current = apply(formal)) {
      auto common = types::common_super_type(*current, *wanted);
      if (!common) return false;
      if (*common == *current) return true;
      wanted = std::move(common);
    }
    set_number(formal.numbers[0], wanted->precision);
    if (formal.numbers.size() > 1) set_number(formal.numbers[1], wanted->scale);
    changed = true;
    return true;
  }

  void set_number(const NumberTerm& term, std::int64_t value) {
    if (term.kind == NumberTerm::Kind::Variable) {
      numbers_[static_cast<std::size_t>(term.value)] = value;
    }
  }

  std::optional<std::int64_t> evaluate(const NumberTerm& term) const {
    if (term.kind == NumberTerm::Kind::Constant) return term.value;
    if (term.kind == NumberTerm::Kind::Variable) {
      return numbers_[static_cast<std::size_t>(term.value)];
    }
    const auto left = evaluate(term.operands[0]);
    const auto right = evaluate(term.operands[1]);
    if (!left || !right) return std::nullopt;
    // Lengths reach 2^31, their products and sums saturate far below the limits of 128 bits.
    const Int128 a = *left;
    const Int128 b = *right;
    Int128 value = 0;
    switch (term.kind) {
      case NumberTerm::Kind::Add:
        value = a + b;
        break;
      case NumberTerm::Kind::Subtract:
        value = a - b;
        break;
      case NumberTerm::Kind::Multiply:
        value = a * b;
        break;
      case NumberTerm::Kind::Divide:
        value = a / b;
        break;
      case NumberTerm::Kind::Min:
        value = std::min(a, b);
        break;
      default:
        value = std::max(a, b);
        break;
    }
    constexpr Int128 kLimit = Int128{1} << 62;
    return static_cast<std::int64_t>(std::clamp(value, -kLimit, kLimit));
  }

  // The type with all variables replaced; nullopt if one is not bound or a number is out of range.
  std::optional<Type> apply(const TypeTerm& term) const {
    if (term.variable >= 0) return types_[static_cast<std::size_t>(term.variable)];
    if (!term.has_variables) return term.concrete;
    Type type;
    type.kind = term.kind;
    if (!term.numbers.empty()) {
      const auto precision = evaluate(term.numbers[0]);
      if (!precision || *precision < 0 || *precision > types::kUnboundedLength) return std::nullopt;
      type.precision = static_cast<std::int32_t>(*precision);
    }
    if (term.numbers.size() > 1) {
      const auto scale = evaluate(term.numbers[1]);
      if (!scale) return std::nullopt;
      type.scale = static_cast<std::int32_t>(*scale);
    }
    if (!is_in_range(type)) return std::nullopt;
    for (const TypeTerm& part : term.parts) {
      auto applied = apply(part);
      if (!applied) return std::nullopt;
      type.fields.push_back({std::nullopt, std::move(*applied)});
    }
    return type;
  }

  static bool is_in_range(const Type& type) {
    switch (type.kind) {
      case TypeKind::Decimal:
        return type.precision >= 1 && type.precision <= kDecimalPrecisionMax && type.scale >= 0 &&
               type.scale <= type.precision;
      case TypeKind::Char:
        return type.precision <= types::kCharLengthMax;
      default:
        return true;
    }
  }

  std::optional<ResolvedFunction> make_result() {
    ResolvedFunction resolved;
    resolved.function = &signature_;
    for (std::size_t i = 0; i < formals_.size(); ++i) {
      const TypeTerm& formal = *formals_[i];
      if (formal.is_any_row) {
        if (!arguments_[i].type.is(TypeKind::Row)) return std::nullopt;
        resolved.arguments.push_back(arguments_[i].type);
        continue;
      }
      auto bound = apply(formal);
      if (!bound || !accepts(*bound, arguments_[i])) return std::nullopt;
      resolved.arguments.push_back(std::move(*bound));
    }
    auto result = apply(signature_.result);
    if (!result) {
      errors_.result = invalid_input("the result of {} is out of range", signature_.head());
      return std::nullopt;
    }
    resolved.result = std::move(*result);
    return resolved;
  }

  bool accepts(const Type& bound, const Argument& argument) {
    if (!argument.lambda) {
      return coerce_ ? types::can_coerce(argument.type, bound)
                     : types::is_type_only_coercion(argument.type, bound);
    }
    std::vector<Type> parameters;
    for (std::size_t i = 0; i + 1 < bound.fields.size(); ++i) {
      parameters.push_back(bound.fields[i].type);
    }
    const Type* body = type_of_body(argument, parameters);
    return body != nullptr && types::is_type_only_coercion(*body, bound.fields.back().type);
  }

  struct Body {
    const Argument* argument;
    std::vector<Type> parameters;
    Type type;
  };

  const FunctionSignature& signature_;
  std::span<const Argument> arguments_;
  bool coerce_;
  BindErrors& errors_;
  std::vector<const TypeTerm*> formals_;
  std::vector<std::optional<Type>> types_;
  std::vector<std::optional<std::int64_t>> numbers_;
  std::vector<Body> bodies_;
};

}  // namespace

std::optional<ResolvedFunction> bind_signature(const FunctionSignature& signature,
                                               std::span<const Argument> arguments,
                                               Coercion coercion, BindErrors& errors) {
  return SignatureBinder(signature, arguments, coercion, errors).bind();
}

}  // namespace tarn::analysis
