// SPDX-License-Identifier: Apache-2.0
// Names of kinds and operators as texts.
#include "base/check.h"
#include "base/text.h"
#include "sql/tree/statement.h"

namespace tarn::sql {

void QueryDeleter::operator()(Query* query) const { delete query; }

std::string to_string(const QualifiedName& name) {
  std::string out;
  for (const auto& part : name.parts) {
    if (!out.empty()) out += '.';
    out += to_lower(part.value);
  }
  return out;
}

std::string_view to_string(ExpressionKind kind) {
  switch (kind) {
#define EXPRESSION(name)     \
  case ExpressionKind::name: \
    return #name;
#include "sql/tree/expressions.def"
#undef EXPRESSION
  }
  UNREACHABLE();
}

std::string_view to_string(RelationKind kind) {
  switch (kind) {
#define RELATION(name)     \
  case RelationKind::name: \
    return #name;
#include "sql/tree/relations.def"
#undef RELATION
  }
  UNREACHABLE();
}

std::string_view to_string(StatementKind kind) {
  switch (kind) {
#define STATEMENT(name)     \
  case StatementKind::name: \
    return #name;
#include "sql/tree/statements.def"
#undef STATEMENT
  }
  UNREACHABLE();
}

std::string_view to_string(QueryBodyKind kind) {
  constexpr std::string_view kNames[] = {"Select", "Values", "TableQuery", "SetOperation",
                                         "NestedQuery"};
  return kNames[static_cast<int>(kind)];
}

std::string_view to_string(ArithmeticOperator op) {
  constexpr std::string_view kNames[] = {"+", "-", "*", "/", "%"};
  return kNames[static_cast<int>(op)];
}

std::string_view to_string(ComparisonOperator op) {
  constexpr std::string_view kNames[] = {"=", "<>", "<", "<=", ">", ">="};
  return kNames[static_cast<int>(op)];
}

std::string_view to_string(IntervalField field) {
  constexpr std::string_view kNames[] = {"YEAR", "MONTH", "DAY", "HOUR", "MINUTE", "SECOND"};
  return kNames[static_cast<int>(field)];
}

std::string_view to_string(ExtractField field) {
  constexpr std::string_view kNames[] = {
      "YEAR",         "QUARTER",      "MONTH",        "WEEK",
      "DAY",          "DAY_OF_MONTH", "DAY_OF_WEEK",  "DOW",
      "DAY_OF_YEAR",  "DOY",          "YEAR_OF_WEEK", "YOW",
      "HOUR",         "MINUTE",       "SECOND",       "TIMEZONE_MINUTE",
      "TIMEZONE_HOUR"};
  return kNames[static_cast<int>(field)];
}

std::string_view to_string(CurrentValue::What what) {
  constexpr std::string_view kNames[] = {"CURRENT_DATE",    "CURRENT_TIME",   "CURRENT_TIMESTAMP",
                                         "LOCALTIME",       "LOCALTIMESTAMP", "CURRENT_USER",
                                         "CURRENT_CATALOG", "CURRENT_SCHEMA", "CURRENT_PATH"};
  return kNames[static_cast<int>(what)];
}

std::string_view to_string(ObjectKind kind) {
  constexpr std::string_view kNames[] = {"TABLE",  "VIEW",     "MATERIALIZED VIEW", "SCHEMA",
                                         "COLUMN", "FUNCTION", "CATALOG",           "BRANCH"};
  return kNames[static_cast<int>(kind)];
}

}  // namespace tarn::sql
