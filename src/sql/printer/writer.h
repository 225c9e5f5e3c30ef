// SPDX-License-Identifier: Apache-2.0
// The printer's functions, one overload a node; the bodies are in the files beside this one.
#pragma once

#include <string>
#include <string_view>

#include "sql/tree/statement.h"

namespace tarn::sql {

// How tightly an expression binds; a child that binds more loosely than its place asks for gets
// parentheses.
enum class Binding { Lambda, Or, And, Not, Predicate, Concat, Sum, Product, Sign, Zone, Primary };

class Writer {
 public:
  std::string out;

  void put(std::string_view text) { out += text; }
  template <typename... Parts>
  void puts(const Parts&... parts) {
    (put(parts), ...);
  }
  void put(const Identifier& name);
  void put(const QualifiedName& name);
  void put(const DataType& type);
  void put(const TypeParameter& parameter);
  void put(const RowTypeField& field);
  void put(const Expression& node) { put(node, Binding::Lambda); }
  void put(const Expression& node, Binding at_least);
  void put(const ExpressionPtr& node) { put(*node); }
  void put(const Query& query);
  void put(const QueryPtr& query) { put(*query); }
  void put(const Relation& relation);
  void put(const QueryBody& body);
  void put(const Statement& statement);
  void put(const SortItem& item);
  void put(const WindowSpecification& window);
  void put(const FunctionSignature& signature);
  void put(const FunctionDefinition& definition);
  void put(const FunctionParameter& parameter);
  void put(const ControlStatement& statement);

  // Expressions.
  void print(const NullLiteral& node);
  void print(const BooleanLiteral& node);
  void print(const StringLiteral& node);
  void print(const BinaryLiteral& node);
  void print(const IntegerLiteral& node);
  void print(const DecimalLiteral& node);
  void print(const DoubleLiteral& node);
  void print(const IntervalLiteral& node);
  void print(const TypedLiteral& node);
  void print(const Parameter& node);
  void print(const ColumnReference& node);
  void print(const Dereference& node);
  void print(const Subscript& node);
  void print(const RowConstructor& node);
  void print(const ArrayConstructor& node);
  void print(const Unary& node);
  void print(const Arithmetic& node);
  void print(const Concatenation& node);
  void print(const Comparison& node);
  void print(const DistinctFrom& node);
  void print(const Logical& node);
  void print(const Not& node);
  void print(const Between& node);
  void print(const InList& node);
  void print(const InSubquery& node);
  void print(const Like& node);
  void print(const NullPredicate& node);
  void print(const QuantifiedComparison& node);
  void print(const Exists& node);
  void print(const ScalarSubquery& node);
  void print(const SimpleCase& node);
  void print(const SearchedCase& node);
  void print(const Cast& node);
  void print(const AtTimeZone& node);
  void print(const FunctionCall& node);
  void print(const Listagg& node);
  void print(const Lambda& node);
  void print(const Extract& node);
  void print(const Trim& node);
  void print(const GroupingOperation& node);
  void print(const CurrentValue& node);
  void print(const JsonExists& node);
  void print(const JsonValue& node);
  void print(const JsonQuery& node);
  void print(const JsonObject& node);
  void print(const JsonArray& node);

  // Relations and query bodies.
  void print(const TableName& node);
  void print(const SubqueryRelation& node);
  void print(const Lateral& node);
  void print(const Unnest& node);
  void print(const TableFunction& node);
  void print(const AliasedRelation& node);
  void print(const SampledRelation& node);
  void print(const Join& node);
  void print(const JsonTable& node);
  void print(const Select& node);
  void print(const Values& node);
  void print(const TableQuery& node);
  void print(const SetOperation& node);
  void print(const NestedQuery& node);

// Statements: void print(const CreateTable& node); …
#define STATEMENT(name) void print(const name& node);
#include "sql/tree/statements.def"
#undef STATEMENT

 private:
  template <typename Items>
  void put_list(const Items& items, std::string_view separator = ", ") {
    bool first = true;
    for (const auto& item : items) {
      if (!first) put(separator);
      first = false;
      put(item);
    }
  }
  template <typename Items>
  void put_list_in_parens(const Items& items) {
    put("(");
    put_list(items);
    put(")");
  }
  void put_string(std::string_view text);
  void put_base(const Expression& base);
  void put_negated(bool negated) {
    if (negated) put(" NOT");
  }
  void put_order_by(const std::vector<SortItem>& items, std::string_view before);
  void put_window(const Window& window);
  void put_frame_bound(const FrameBound& bound);
  void put_branches(const std::vector<WhenClause>& branches, const ExpressionPtr& otherwise);
  void put_call_arguments(const FunctionCall& node);

  void put(const JsonInput& input);
  void put(const JsonArgument& argument);
  void put(const JsonMember& member);
  void put(const JsonTableColumn& column);
  void put_json_format(JsonEncoding format);
  void put_json_path(const JsonPathCall& call);
  void put_json_output(const JsonOutput& output);
  void put_json_nulls(JsonNulls nulls);
  void put_json_wrapper(JsonWrapper wrapper, JsonQuotes quotes);
  void put_json_behavior(const JsonBehavior& behavior, std::string_view on);
  void put_json_plan(const JsonTablePlan& plan);

  void put(const SelectItem& item);
  void put(const GroupingElement& element);
  void put(const NamedWindow& window);
  void put(const CommonTable& table);
  void put(const TableFunctionArgument& argument);
  void put(const DescriptorField& field);
  void put_relation_primary(const Relation& relation);
  void put_row_count(const RowCount& count);
  void put_grouping_set(const std::vector<ExpressionPtr>& set);

  void put(const Property& property);
  void put(const Principal& principal);
  void put(const TableElement& element);
  void put(const ColumnDefinition& column);
  void put(const CallArgument& argument);
  void put(const Assignment& assignment);
  void put(const MergeCase& merge_case);
  void put(const GrantObject& object);
  void put_properties(const std::vector<Property>& properties);
  void put_comment(const std::optional<std::string>& comment);
  void put_in_catalog(const std::optional<Identifier>& catalog);
  void put_columns(const std::vector<Identifier>& columns);
  void put_control_list(const std::vector<ControlPtr>& statements);
  void put_characteristics(const RoutineCharacteristics& characteristics);
};

}  // namespace tarn::sql
