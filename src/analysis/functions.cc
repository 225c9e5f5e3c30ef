// SPDX-License-Identifier: Apache-2.0
#include "analysis/functions.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "analysis/binder.h"
#include "base/check.h"
#include "base/text.h"
#include "types/type_text.h"

namespace tarn::analysis {
namespace {

using types::Type;
using types::TypeKind;

struct Declaration {
  FunctionKind kind;
  bool deterministic;
  std::string_view text;
};

constexpr Declaration kDeclarations[] = {
#define SCALAR(text) {FunctionKind::Scalar, true, text},
#define VOLATILE(text) {FunctionKind::Scalar, false, text},
#define AGGREGATE(text) {FunctionKind::Aggregate, true, text},
#define WINDOW(text) {FunctionKind::Window, true, text},
#define OPERATOR(text) {FunctionKind::Operator, true, text},
#include "analysis/functions.def"
};

// All signatures, sorted by name; overloads keep their order. `$…` names, the operators, come
// first.
struct Catalogue {
  std::vector<FunctionSignature> signatures;
  std::size_t operators = 0;

  Catalogue() {
    signatures.reserve(std::size(kDeclarations));
    for (const Declaration& declaration : kDeclarations) {
      auto signature = parse_signature(declaration.text);
      VERIFY(signature.has_value(), describe(signature.error()));
      signature->kind = declaration.kind;
      signature->deterministic = declaration.deterministic;
      signatures.push_back(std::move(*signature));
    }
    std::stable_sort(signatures.begin(), signatures.end(),
                     [](const auto& a, const auto& b) { return a.name < b.name; });
    while (operators < signatures.size() && signatures[operators].name[0] == '$') ++operators;
  }

  std::span<const FunctionSignature> overloads(std::string_view name) const {
    const auto range = std::equal_range(
        signatures.begin(), signatures.end(), name, [](const auto& a, const auto& b) {
          if constexpr (std::is_same_v<std::decay_t<decltype(a)>, FunctionSignature>) {
            return std::string_view(a.name) < b;
          } else {
            return a < std::string_view(b.name);
          }
        });
    return {range.first, range.second};
  }
};

const Catalogue& catalogue() {
  static const Catalogue all;
  return all;
}

using Candidates = std::vector<ResolvedFunction>;

class Resolver {
 public:
  Resolver(std::span<const FunctionSignature> overloads, std::span<const Argument> arguments)
      : overloads_(overloads), arguments_(arguments) {}

  // Nullopt if nothing fits.
  Result<std::optional<ResolvedFunction>> resolve() {
    for (const bool generic : {false, true}) {
      Candidates found = find(Coercion::Forbidden, generic);
      if (found.size() > 1) return ambiguous();
      if (found.size() == 1) return std::optional(std::move(found[0]));
      if (errors_.result) return *errors_.result;
    }
    Candidates found = find(Coercion::Allowed, std::nullopt);
    if (found.empty() && errors_.lambda) return *errors_.lambda;
    if (found.empty() && errors_.result) return *errors_.result;
    if (found.empty()) return std::optional<ResolvedFunction>();
    found = most_specific(std::move(found));
    if (found.size() > 1) return ambiguous();
    return std::optional(std::move(found[0]));
  }

 private:
  static Error ambiguous() {
    return conflict("could not choose a best candidate operator, add explicit casts");
  }

  Candidates find(Coercion coercion, std::optional<bool> generic) {
    Candidates found;
    for (const FunctionSignature& overload : overloads_) {
      if (generic && *generic == overload.type_variables.empty()) continue;
      auto bound = bind_signature(overload, arguments_, coercion, errors_);
      if (bound) found.push_back(std::move(*bound));
    }
    return found;
  }

  static bool is_more_specific(const ResolvedFunction& left, const ResolvedFunction& right) {
    std::vector<Argument> arguments;
    for (const Type& type : left.arguments) arguments.push_back(typed_argument(type));
    BindErrors ignored;
    return bind_signature(*right.function, arguments, Coercion::Allowed, ignored).has_value();
  }

  static Candidates remove_less_specific(const Candidates& candidates) {
    Candidates best;
    for (const ResolvedFunction& candidate : candidates) {
      bool add = true;
      for (ResolvedFunction& other : best) {
        if (is_more_specific(candidate, other)) other = candidate;
        if (is_more_specific(other, candidate)) {
          add = false;
          break;
        }
      }
      if (add) best.push_back(candidate);
    }
    return best;
  }

  bool coerces_only_unknown(const ResolvedFunction& candidate) const {
    for (std::size_t i = 0; i < arguments_.size(); ++i) {
      if (!arguments_[i].type.is(TypeKind::Unknown) &&
          arguments_[i].type != candidate.arguments[i]) {
        return false;
      }
    }
    return true;
  }

  Candidates most_specific(Candidates candidates) const {
    Candidates best = remove_less_specific(candidates);
    if (best.size() <= 1) return best;
    bool some_unknown = false;
    for (const Argument& argument : arguments_) {
      if (argument.lambda) return best;
      some_unknown |= argument.type.is(TypeKind::Unknown);
    }
    if (!some_unknown) return best;
    Candidates only_unknown;
    for (const ResolvedFunction& candidate : candidates) {
      if (coerces_only_unknown(candidate)) only_unknown.push_back(candidate);
    }
    if (!only_unknown.empty()) best = std::move(only_unknown);
    // All give NULL for NULL: with equal results any of them will do, Trino takes the first by
    // text.
    const bool same_result = std::all_of(best.begin(), best.end(), [&](const auto& candidate) {
      return candidate.result == best[0].result;
    });
    if (best.size() > 1 && same_result) {
      const auto first = std::min_element(
          best.begin(), best.end(),
          [](const auto& a, const auto& b) { return a.function->text < b.function->text; });
      return {*first};
    }
    return best;
  }

  std::span<const FunctionSignature> overloads_;
  std::span<const Argument> arguments_;
  BindErrors errors_;
};

constexpr std::array<std::string_view, 14> kOperatorNames = {"$add",
                                                             "$subtract",
                                                             "$multiply",
                                                             "$divide",
                                                             "$modulus",
                                                             "$negate",
                                                             "$equal",
                                                             "$not_equal",
                                                             "$is_distinct_from",
                                                             "$less_than",
                                                             "$less_than_or_equal",
                                                             "$subscript",
                                                             "$like",
                                                             "$at_time_zone"};
constexpr std::array<std::string_view, 14> kOperatorSigns = {
    "+", "-",  "*",  "/",    "%",           "-", "=", "<>", "IS DISTINCT FROM",
    "<", "<=", "[]", "LIKE", "AT TIME ZONE"};

Error bad_operator(Operator op, std::span<const Type> operands) {
  const std::string_view sign = kOperatorSigns[static_cast<std::size_t>(op)];
  if (op == Operator::Subscript) {
    return invalid_input("cannot use {} for subscript of {}", types::to_string(operands[1]),
                         types::to_string(operands[0]));
  }
  if (operands.size() == 1) {
    return invalid_input("cannot apply operator: {}{}", sign, types::to_string(operands[0]));
  }
  return invalid_input("cannot apply operator: {} {} {}", types::to_string(operands[0]), sign,
                       types::to_string(operands[1]));
}

}  // namespace

Argument typed_argument(Type type) { return {std::move(type), nullptr, 0}; }

Argument lambda_argument(int parameters, LambdaTyper typer) {
  return {Type(), std::move(typer), parameters};
}

Result<ResolvedFunction> resolve_function(std::string_view name,
                                          std::span<const Argument> arguments) {
  const std::string lower = to_lower(name);
  const auto overloads =
      lower.starts_with('$') ? std::span<const FunctionSignature>() : catalogue().overloads(lower);
  if (overloads.empty()) return not_found("function '{}' not registered", lower.substr(0, 200));
  auto resolved = TRY(Resolver(overloads, arguments).resolve());
  if (resolved) return std::move(*resolved);
  std::string given;
  for (const Argument& argument : arguments) {
    if (!given.empty()) given += ", ";
    given += argument.lambda ? "<function>" : types::to_string(argument.type);
  }
  std::vector<std::string> expected;
  for (const FunctionSignature& overload : overloads) expected.emplace_back(overload.head());
  std::sort(expected.begin(), expected.end());
  return not_found("unexpected parameters ({}) for function {}. Expected: {}", given, lower,
                   join(expected, ", "));
}

Result<ResolvedFunction> resolve_operator(Operator op, std::span<const Type> operands) {
  std::vector<Argument> arguments;
  for (const Type& type : operands) arguments.push_back(typed_argument(type));
  const auto overloads = catalogue().overloads(kOperatorNames[static_cast<std::size_t>(op)]);
  auto resolved = TRY(Resolver(overloads, arguments).resolve());
  if (!resolved) return bad_operator(op, operands);
  return std::move(*resolved);
}

std::span<const FunctionSignature> find_overloads(std::string_view name) {
  return catalogue().overloads(name);
}

std::span<const FunctionSignature> all_functions() {
  return std::span(catalogue().signatures).subspan(catalogue().operators);
}

bool is_aggregate(std::string_view name) {
  const auto overloads = find_overloads(name);
  return !overloads.empty() && overloads[0].kind == FunctionKind::Aggregate;
}

bool is_window_only(std::string_view name) {
  const auto overloads = find_overloads(name);
  return !overloads.empty() && overloads[0].kind == FunctionKind::Window;
}

}  // namespace tarn::analysis
