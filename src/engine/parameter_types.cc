// SPDX-License-Identifier: Apache-2.0
#include "engine/parameter_types.h"

#include "analysis/analyzer.h"
#include "engine/statements.h"
#include "sql/parser.h"
#include "types/type_text.h"

namespace tarn::engine {
namespace {

using analysis::TypedExpression;
using analysis::TypedExpressionPtr;
using analysis::TypedKind;
using analysis::TypedRelation;
using sql::StatementKind;
using types::Type;
using types::TypeKind;

// Each parameter is a NULL with a place of its own behind the text; the innermost expression at
// that place that has a type is the coercion.
class ParameterFinder {
 public:
  ParameterFinder(std::size_t first_place, std::size_t count)
      : first_place_(first_place), types_(count, types::make_type(TypeKind::Unknown)) {}

  void visit(const TypedExpressionPtr& node) {
    if (node) visit(*node);
  }
  void visit(const TypedExpression& node) {
    for (const auto& child : node.children) visit(*child);
    if (node.relation) visit(*node.relation);
    if (node.at.offset < first_place_ || node.type.is(TypeKind::Unknown)) return;
    const std::size_t index = node.at.offset - first_place_;
    if (index < types_.size() && types_[index].is(TypeKind::Unknown)) types_[index] = node.type;
  }
  void visit(const TypedRelation& node) {
    visit_all(node.expressions);
    for (const auto& row : node.rows) visit_all(row);
    visit(node.condition);
    visit(node.percentage);
    visit_keys(node.keys);
    visit_calls(node);
    visit_limit(node.limit);
    visit_limit(node.offset);
    for (const auto& input : node.inputs) visit(*input);
    for (const auto& definition : node.definitions) {
      visit(*definition.relation);
      if (definition.step) visit(*definition.step);
    }
  }
  void visit(const std::vector<analysis::TypedAssignment>& assignments) {
    for (const auto& assignment : assignments) visit(assignment.value);
  }

  std::vector<Type> take() { return std::move(types_); }

 private:
  void visit_all(const std::vector<TypedExpressionPtr>& nodes) {
    for (const auto& node : nodes) visit(node);
  }
  void visit_keys(const std::vector<analysis::SortKey>& keys) {
    for (const auto& key : keys) visit(key.key);
  }
  void visit_calls(const TypedRelation& node) {
    for (const auto& call : node.aggregates) {
      visit_all(call.arguments);
      visit_keys(call.order_by);
      visit(call.filter);
    }
    for (const auto& call : node.windows) {
      visit_all(call.arguments);
      visit_all(call.partition_by);
      visit_keys(call.order_by);
      visit(call.filter);
    }
  }
  void visit_limit(const std::optional<analysis::RowLimit>& limit) {
    if (!limit || !limit->parameter) return;
    const auto index = static_cast<std::size_t>(*limit->parameter);
    if (index < types_.size()) types_[index] = types::make_type(TypeKind::BigInt);
  }

  std::size_t first_place_;
  std::vector<Type> types_;
};

Result<void> visit_merge(const analysis::TypedMerge& merge, ParameterFinder& finder) {
  finder.visit(*merge.source);
  finder.visit(merge.condition);
  for (const auto& item : merge.cases) {
    finder.visit(item.condition);
    finder.visit(item.assignments);
  }
  return {};
}

Result<void> visit_statement(StatementRun& run, const sql::Statement& statement,
                             ParameterFinder& finder) {
  const auto& options = run.options();
  switch (statement.kind) {
    case StatementKind::QueryStatement: {
      const auto& query = statement_as<sql::QueryStatement>(statement);
      finder.visit(*TRY(analysis::analyze_query(*query.query, run, options)).relation);
      return {};
    }
    case StatementKind::CreateTableAs: {
      const auto& create = statement_as<sql::CreateTableAs>(statement);
      finder.visit(*TRY(analysis::analyze_query(*create.query, run, options)).relation);
      return {};
    }
    case StatementKind::Insert: {
      const auto& insert = statement_as<sql::Insert>(statement);
      finder.visit(*TRY(analysis::analyze_insert(insert, run, options)).source.relation);
      return {};
    }
    case StatementKind::Delete: {
      const auto& remove = statement_as<sql::Delete>(statement);
      finder.visit(TRY(analysis::analyze_delete(remove, run, options)).condition);
      return {};
    }
    case StatementKind::Update: {
      const auto& update = statement_as<sql::Update>(statement);
      const auto typed = TRY(analysis::analyze_update(update, run, options));
      finder.visit(typed.condition);
      finder.visit(typed.assignments);
      return {};
    }
    case StatementKind::Merge: {
      const auto& merge = statement_as<sql::Merge>(statement);
      return visit_merge(TRY(analysis::analyze_merge(merge, run, options)), finder);
    }
    default:
      return {};
  }
}

}  // namespace

Result<std::vector<Type>> find_parameter_types(StatementRun& run, const sql::Statement& statement,
                                               std::string_view text, std::size_t count) {
  const std::size_t first_place = text.size() + 1;
  std::vector<sql::ExpressionPtr> nulls;
  for (std::size_t i = 0; i < count; ++i) {
    auto null_value = TRY(sql::parse_expression("NULL"));
    null_value->span.offset = null_value->at.offset = static_cast<std::uint32_t>(first_place + i);
    nulls.push_back(std::move(null_value));
  }
  auto& parameters = run.options().parameters;
  for (const auto& null_value : nulls) parameters.push_back(null_value.get());
  ParameterFinder finder(first_place, count);
  auto visited = visit_statement(run, statement, finder);
  parameters.clear();
  TRY(std::move(visited));
  return finder.take();
}

}  // namespace tarn::engine
