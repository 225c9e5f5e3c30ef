// SPDX-License-Identifier: Apache-2.0
// Signatures of functions, as written in functions.def:
//
//   <T orderable> array_sort(array(T)) -> array(T)      type variables, declared in front
//   abs(decimal(p,s)) -> decimal(p,s)                   number variables, lower case
//   round(decimal(p,s)) -> decimal({p - s + min(s, 1)}, 0)   computed numbers of the result
//   concat(varchar, varchar...) -> varchar              the last argument may repeat, or be missing
//   filter(array(T), function(T, boolean)) -> array(T)  lambdas: arguments, then the result
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "types/type.h"

namespace tarn::analysis {

enum class FunctionKind : std::uint8_t { Scalar, Aggregate, Window, Operator };

// A number in a type: a constant, a variable, or a computation of them.
struct NumberTerm {
  enum class Kind : std::uint8_t { Constant, Variable, Add, Subtract, Multiply, Divide, Min, Max };
  Kind kind = Kind::Constant;
  std::int64_t value = 0;  // the constant, or the index of the variable
  std::vector<NumberTerm> operands;
};

// A type with variables in it.
struct TypeTerm {
  int variable = -1;  // index of the type variable that it is, or -1
  types::TypeKind kind = types::TypeKind::Unknown;
  std::vector<NumberTerm> numbers;
  std::vector<TypeTerm> parts;
  bool has_variables = false;
  bool is_any_row = false;  // `row` without fields: every row type
  types::Type concrete;     // if it has no variables
};

struct TypeVariable {
  std::string name;
  bool comparable = false;
  bool orderable = false;
};

struct FunctionSignature {
  std::string name;  // lower case
  FunctionKind kind = FunctionKind::Scalar;
  bool deterministic = true;
  std::vector<TypeVariable> type_variables;
  std::vector<std::string> number_variables;
  std::vector<TypeTerm> arguments;
  bool variadic = false;
  TypeTerm result;
  std::string_view text;  // as declared, without the variables in front

  // `abs(decimal(p,s))`, as messages show it.
  std::string_view head() const { return text.substr(0, text.find(" -> ")); }
};

// `text` must outlive the signature. Errors are programmer errors of functions.def.
Result<FunctionSignature> parse_signature(std::string_view text);

}  // namespace tarn::analysis
