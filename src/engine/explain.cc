// SPDX-License-Identifier: Apache-2.0
// EXPLAIN [ANALYZE].
#include <boost/json.hpp>

#include "base/json.h"
#include "base/text.h"
#include "duckdb/trino_error.h"
#include "engine/inline_common_tables.h"
#include "engine/lake_access.h"
#include "engine/plan_text.h"
#include "engine/statements.h"
#include "types/error_name.h"
#include "types/type_text.h"

namespace tarn::engine {

using sql::Explain;
using sql::StatementKind;
using types::named_error;

namespace {

namespace json = boost::json;

// Analyzes a statement without any effect; gives the tree of a query.
Result<std::optional<analysis::TypedQuery>> analyzed(StatementRun& run,
                                                     const sql::Statement& statement) {
  auto& options = run.options();
  switch (statement.kind) {
    case StatementKind::QueryStatement:
      return std::optional(TRY(analysis::analyze_query(
          *statement_as<sql::QueryStatement>(statement).query, run, options)));
    case StatementKind::Insert:
      return std::optional(
          TRY(analysis::analyze_insert(statement_as<sql::Insert>(statement), run, options)).source);
    case StatementKind::Delete:
      TRY(analysis::analyze_delete(statement_as<sql::Delete>(statement), run, options));
      break;
    case StatementKind::Update:
      TRY(analysis::analyze_update(statement_as<sql::Update>(statement), run, options));
      break;
    case StatementKind::Merge:
      TRY(analysis::analyze_merge(statement_as<sql::Merge>(statement), run, options));
      break;
    case StatementKind::CreateTableAs: {
      const auto& create = statement_as<sql::CreateTableAs>(statement);
      const auto id = TRY(run.resolve(create.name));
      if (!create.or_replace && !create.if_not_exists && TRY(run.find_relation(id))) {
        return named_error("TABLE_ALREADY_EXISTS", statement.span,
                           "Destination table '{}' already exists", to_string(id));
      }
      return std::optional(TRY(analysis::analyze_query(*create.query, run, options)));
    }
    case StatementKind::CreateView:
      return std::optional(TRY(
          analysis::analyze_query(*statement_as<sql::CreateView>(statement).query, run, options)));
    default:
      break;
  }
  return std::optional<analysis::TypedQuery>();
}

Result<std::optional<analysis::TypedQuery>> validate(StatementRun& run,
                                                     const sql::Statement& statement) {
  auto query = TRY(analyzed(run, statement));
  if (query) inline_common_tables(query->relation);
  return query;
}

Answer one_plan(std::string text) {
  return make_answer({{"Query Plan", varchar_type()}}, {{text_value(std::move(text))}});
}

std::string effect_name(StatementKind kind) {
  std::string name;
  for (const char c : to_string(kind)) {
    if (c >= 'A' && c <= 'Z' && !name.empty()) name += ' ';
    name += static_cast<char>(c >= 'a' && c <= 'z' ? c - 32 : c);
  }
  return name;
}

void collect_scans(const analysis::TypedRelation& node,
                   std::vector<const analysis::TypedRelation*>& scans);
void collect_scans(const analysis::TypedExpression& node,
                   std::vector<const analysis::TypedRelation*>& scans) {
  if (node.relation) collect_scans(*node.relation, scans);
  for (const auto& child : node.children) collect_scans(*child, scans);
}
void collect_scans(const analysis::TypedRelation& node,
                   std::vector<const analysis::TypedRelation*>& scans) {
  if (node.kind == analysis::TypedRelationKind::Scan && node.table) scans.push_back(&node);
  for (const auto& expression : node.expressions) collect_scans(*expression, scans);
  if (node.condition) collect_scans(*node.condition, scans);
  for (const auto& definition : node.definitions) {
    if (definition.relation) collect_scans(*definition.relation, scans);
    if (definition.step) collect_scans(*definition.step, scans);
  }
  for (const auto& input : node.inputs) collect_scans(*input, scans);
}

// The tables that a statement reads, as `EXPLAIN (TYPE IO)` gives them.
std::string io_text(const std::optional<analysis::TypedQuery>& query) {
  json::array tables;
  const json::object unknown = {{"outputRowCount", "NaN"},
                                {"outputSizeInBytes", "NaN"},
                                {"cpuCost", "NaN"},
                                {"maxMemory", "NaN"},
                                {"networkCost", "NaN"}};
  if (query) {
    std::vector<const analysis::TypedRelation*> scans;
    collect_scans(*query->relation, scans);
    for (const auto* scan : scans) {
      json::object name = {{"catalog", scan->table->id.catalog},
                           {"schemaTable", json::object{{"schema", scan->table->id.schema},
                                                        {"table", scan->table->id.table}}}};
      tables.push_back(json::object{
          {"table", std::move(name)},
          {"constraint", json::object{{"none", false}, {"columnConstraints", json::array{}}}},
          {"estimate", unknown}});
    }
  }
  return write_json_pretty(
      json::object{{"inputTableColumnInfos", std::move(tables)}, {"estimate", unknown}});
}

enum class EngineDetail : std::uint8_t { None, Plan, Run };

// The plan, and perhaps that of the engine below, which then has run the query and shows rows and
// times.
Result<std::string> query_plan(StatementRun& run, const analysis::TypedQuery& query,
                               EngineDetail detail) {
  SqlPrinter printer(run.values());
  printer.set_explain();
  const std::string sql = TRY(printer.print_query(query));
  run.keep(printer.take_alive());
  std::string out = plan_text(query, printer.notes());
  if (detail == EngineDetail::None) return out;
  const std::string explain = detail == EngineDetail::Run ? "EXPLAIN ANALYZE " : "EXPLAIN ";
  const auto table =
      TRY(duckdb::with_trino_error(run.connection().query(explain + sql, run.cancel())));
  out += detail == EngineDetail::Run ? "\nRun by the engine, with rows and times:\n"
                                     : "\nPlan of the engine:\n";
  for (const auto& row : table.rows) {
    if (!row.empty() && row.back()) out += *row.back() + "\n";
  }
  return out;
}

std::string json_plan(const std::optional<analysis::TypedQuery>& query, StatementKind kind) {
  json::object node;
  node["id"] = "0";
  node["name"] = query ? "Output" : effect_name(kind);
  json::array outputs;
  if (query) {
    for (const auto& output : query->outputs) {
      outputs.push_back(
          json::object{{"type", types::to_string(output.type)}, {"name", output.name}});
    }
  }
  node["outputs"] = std::move(outputs);
  node["details"] = query ? json::array{json::string(analysis::dump(*query))} : json::array{};
  node["children"] = json::array{};
  return write_json_pretty(json::object{{"0", std::move(node)}});
}

Result<Answer> explain_analyze(const std::shared_ptr<StatementRun>& run, const Explain& statement,
                               std::string_view text) {
  const sql::Statement& inner = *statement.statement;
  if (inner.kind == StatementKind::QueryStatement) {
    const auto query = TRY(validate(*run, inner));
    return one_plan(TRY(query_plan(*run, *query, EngineDetail::Run)));
  }
  auto answer = TRY(dispatch(run, inner, text));
  TRY(read_all(answer));
  Answer out =
      one_plan(fmt::format("{} [rows: {}]\n", answer.update_type, answer.update_count.value_or(0)));
  out.update_type = answer.update_type;
  return out;
}

}  // namespace

Result<Answer> run_explain(const std::shared_ptr<StatementRun>& run, const Explain& statement,
                           std::string_view text) {
  if (statement.analyze) return explain_analyze(run, statement, text);
  const sql::Statement& inner = *statement.statement;
  const auto query = TRY(validate(*run, inner));
  if (statement.type == Explain::Type::Validate) {
    return make_answer({{"Valid", boolean_type()}}, {{types::Value(true)}});
  }
  if (statement.type == Explain::Type::Io) return one_plan(io_text(query));
  if (statement.format == Explain::Format::Graphviz) {
    return named_error("NOT_SUPPORTED", statement.span, "FORMAT GRAPHVIZ is not supported");
  }
  if (statement.format == Explain::Format::Json) return one_plan(json_plan(query, inner.kind));
  if (!query) return one_plan(effect_name(inner.kind) + "\n");
  const auto detail = statement.verbose ? EngineDetail::Plan : EngineDetail::None;
  std::string plan = TRY(query_plan(*run, *query, detail));
  const bool writes =
      inner.kind == StatementKind::Insert || inner.kind == StatementKind::CreateTableAs;
  return one_plan(writes ? effect_name(inner.kind) + "\n" + plan : plan);
}

}  // namespace tarn::engine
