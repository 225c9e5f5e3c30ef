// SPDX-License-Identifier: Apache-2.0
#include "engine/computed_table.h"

#include <algorithm>

#include "analysis/typed_tree.h"
#include "duckdb/value_table.h"

namespace tarn::engine {

namespace {

using analysis::TypedExpression;
using analysis::TypedKind;

class StoredRows final : public RowReader {
 public:
  explicit StoredRows(std::vector<Row> rows) : rows_(std::move(rows)) {}
  Result<std::vector<Row>> next() override { return std::exchange(rows_, {}); }

 private:
  std::vector<Row> rows_;
};

// A column of the scan, or one below casts between texts.
std::optional<std::size_t> column_of(const TypedExpression& expression,
                                     const ScanRequest& request) {
  const TypedExpression* at = &expression;
  while (at->kind == TypedKind::Cast && at->type.is(types::TypeKind::Varchar)) {
    at = at->children[0].get();
  }
  if (at->kind != TypedKind::Column) return std::nullopt;
  for (std::size_t i = 0; i < request.ids.size() && i < request.columns.size(); ++i) {
    if (request.ids[i] == at->column) return static_cast<std::size_t>(request.columns[i]);
  }
  return std::nullopt;
}

std::optional<std::string> text_constant(const TypedExpression& expression) {
  const TypedExpression* at = &expression;
  while (at->kind == TypedKind::Cast && at->type.is(types::TypeKind::Varchar)) {
    at = at->children[0].get();
  }
  if (at->kind != TypedKind::Constant || !at->type.is(types::TypeKind::Varchar) ||
      at->constant.is_null()) {
    return std::nullopt;
  }
  return at->constant.as_text();
}

void collect_bounds(const TypedExpression& condition, const ScanRequest& request,
                    ColumnBounds& bounds) {
  if (condition.kind == TypedKind::And) {
    for (const auto& term : condition.children) collect_bounds(*term, request, bounds);
    return;
  }
  const bool equals = condition.kind == TypedKind::Call && condition.function != nullptr &&
                      condition.function->name == "$equal" && condition.children.size() == 2;
  if (!equals && condition.kind != TypedKind::In) return;
  auto column = column_of(*condition.children[0], request);
  std::size_t first_value = 1;
  if (!column && equals) {
    column = column_of(*condition.children[1], request);
    first_value = 0;
  }
  if (!column) return;
  ColumnBound bound{*column, {}};
  const std::size_t end = equals ? first_value + 1 : condition.children.size();
  for (std::size_t i = first_value; i < end; ++i) {
    auto text = text_constant(*condition.children[i]);
    if (!text) return;
    bound.values.push_back(*std::move(text));
  }
  bounds.push_back(std::move(bound));
}

}  // namespace

const std::vector<std::string>* find_bound(const ColumnBounds& bounds, std::size_t column) {
  for (const ColumnBound& bound : bounds) {
    if (bound.column == column) return &bound.values;
  }
  return nullptr;
}

ColumnBounds bounds_of(const ScanRequest& request) {
  ColumnBounds bounds;
  if (request.filter != nullptr) collect_bounds(*request.filter, request, bounds);
  return bounds;
}

Result<std::string> values_text(duckdb::Instance& instance,
                                const std::vector<AnswerColumn>& columns, std::vector<Row> rows,
                                KeepAlive& alive) {
  std::vector<duckdb::ValueColumn> described;
  for (std::size_t i = 0; i < columns.size(); ++i) {
    described.push_back({fmt::format("c{}", i), columns[i].type});
  }
  auto table = std::make_shared<duckdb::RegisteredValues>(
      TRY(duckdb::RegisteredValues::add(instance, std::move(described), std::move(rows))));
  std::string text = table->sql();
  alive.push_back(std::move(table));
  return text;
}

namespace {

// The rows are computed when the text is made: that may need the session's connection, which is
// busy later.
class ComputedSource final : public ScanSource {
 public:
  ComputedSource(duckdb::Instance& instance, ComputedTable table)
      : instance_(instance), table_(std::move(table)) {}

  Result<ScanText> scan(const ScanRequest& request, KeepAlive& alive) const override {
    ScanText out;
    out.from =
        TRY(values_text(instance_, table_.columns, TRY(table_.rows(bounds_of(request))), alive));
    for (std::int32_t column : request.columns) {
      out.columns.push_back({fmt::format("c{}", column), ColumnForm::Physical});
    }
    return out;
  }

 private:
  duckdb::Instance& instance_;
  ComputedTable table_;
};

}  // namespace

analysis::TableInfoPtr make_computed_info(duckdb::Instance& instance, analysis::TableId id,
                                          ComputedTable table) {
  auto info = std::make_shared<analysis::TableInfo>();
  info->id = std::move(id);
  for (std::size_t i = 0; i < table.columns.size(); ++i) {
    const bool hidden = i + table.hidden_last >= table.columns.size();
    info->columns.push_back({table.columns[i].name, table.columns[i].type, hidden, true});
  }
  info->handle = std::shared_ptr<const ScanSource>(
      std::make_shared<ComputedSource>(instance, std::move(table)));
  return info;
}

Answer make_answer(std::vector<AnswerColumn> columns, std::vector<Row> rows) {
  Answer answer;
  answer.columns = std::move(columns);
  answer.rows = std::make_unique<StoredRows>(std::move(rows));
  return answer;
}

Answer make_update(std::string update_type) {
  Answer answer;
  answer.update_type = std::move(update_type);
  return answer;
}

Answer make_update(std::string update_type, std::int64_t count) {
  Answer answer = make_update(std::move(update_type));
  answer.update_count = count;
  return answer;
}

types::Type varchar_type() { return types::make_varchar(); }
types::Type bigint_type() { return types::make_type(types::TypeKind::BigInt); }
types::Type integer_type() { return types::make_type(types::TypeKind::Integer); }
types::Type boolean_type() { return types::make_type(types::TypeKind::Boolean); }
types::Value text_value(std::string text) { return types::Value(std::move(text)); }
types::Value optional_text(const std::optional<std::string>& text) {
  return text ? types::Value(*text) : types::Value();
}

}  // namespace tarn::engine
