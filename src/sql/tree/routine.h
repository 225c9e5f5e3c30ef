// SPDX-License-Identifier: Apache-2.0
// SQL routines: declarations and control statements.
#pragma once

#include "sql/tree/expression.h"

namespace tarn::sql {

using ControlPtr = std::unique_ptr<ControlStatement>;

struct FunctionParameter {
  std::optional<Identifier> name;
  DataType type;
  static auto fields(auto& self) { return std::tie(self.name, self.type); }
};

struct FunctionSignature {
  TextSpan span;
  QualifiedName name;
  std::vector<FunctionParameter> parameters;
  static auto fields(auto& self) { return std::tie(self.name, self.parameters); }
};

struct RoutineCharacteristics {
  std::optional<Identifier> language;
  std::optional<bool> deterministic;
  bool returns_null_on_null = false;
  bool called_on_null = false;
  std::optional<bool> security_definer;
  std::optional<std::string> comment;
  static auto fields(auto& self) {
    return std::tie(self.language, self.deterministic, self.returns_null_on_null,
                    self.called_on_null, self.security_definer, self.comment);
  }
};

struct FunctionDefinition {
  TextSpan span;
  FunctionSignature signature;
  DataType returns;
  RoutineCharacteristics characteristics;
  ControlPtr body;
  static auto fields(auto& self) {
    return std::tie(self.signature, self.returns, self.characteristics, self.body);
  }
};

// DECLARE a, b bigint DEFAULT 1.
struct VariableDeclaration {
  std::vector<Identifier> names;
  DataType type;
  ExpressionPtr initial;  // may be null
  static auto fields(auto& self) { return std::tie(self.names, self.type, self.initial); }
};

struct ControlBranch {
  ExpressionPtr condition;
  std::vector<ControlPtr> body;
  static auto fields(auto& self) { return std::tie(self.condition, self.body); }
};

// One struct for all control statements; which fields are used follows from the kind.
struct ControlStatement {
  enum class Kind {
    Return,    // value
    Assign,    // name, value
    Case,      // value (simple) or null (searched), branches, otherwise
    If,        // branches (IF, then ELSEIF …), otherwise
    Iterate,   // name
    Leave,     // name
    Compound,  // declarations, body
    Loop,      // label, body
    While,     // label, value, body
    Repeat     // label, body, value
  };
  TextSpan span;
  Kind kind = Kind::Return;
  std::optional<Identifier> name;
  std::optional<Identifier> label;
  ExpressionPtr value;
  std::vector<VariableDeclaration> declarations;
  std::vector<ControlBranch> branches;
  std::optional<std::vector<ControlPtr>> otherwise;
  std::vector<ControlPtr> body;
  static auto fields(auto& self) {
    return std::tie(self.kind, self.name, self.label, self.value, self.declarations, self.branches,
                    self.otherwise, self.body);
  }
};

}  // namespace tarn::sql
