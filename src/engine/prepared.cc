// SPDX-License-Identifier: Apache-2.0
// PREPARE, EXECUTE, EXECUTE IMMEDIATE, DEALLOCATE, DESCRIBE INPUT and OUTPUT.
#include <algorithm>

#include "analysis/lineage.h"
#include "base/text.h"
#include "engine/parameter_types.h"
#include "engine/statements.h"
#include "sql/parser.h"
#include "sql/printer.h"
#include "types/error_name.h"
#include "types/type_text.h"

namespace tarn::engine {

using sql::StatementKind;
using types::named_error;

namespace {

bool cannot_be_prepared(StatementKind kind) {
  return kind == StatementKind::Prepare || kind == StatementKind::Execute ||
         kind == StatementKind::ExecuteImmediate || kind == StatementKind::Deallocate;
}

// `Prepare`, `ExecuteImmediate`: Trino's names of the kinds.
Result<void> check_preparable(StatementKind kind, const TextSpan& span) {
  if (!cannot_be_prepared(kind)) return {};
  return named_error("NOT_SUPPORTED", span, "Invalid statement type for prepared statement: {}",
                     to_string(kind));
}

// How many `?` a text has: the lexer's place for each is beyond strings, names and comments.
std::size_t count_parameters(std::string_view text) {
  std::size_t count = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '\'' || c == '"') {
      for (++i; i < text.size() && text[i] != c; ++i) {
      }
    } else if (text.substr(i, 2) == "--") {
      while (i < text.size() && text[i] != '\n') ++i;
    } else if (text.substr(i, 2) == "/*") {
      const auto end = text.find("*/", i + 2);
      if (end == std::string_view::npos) return count;
      i = end + 1;
    } else if (c == '?') {
      ++count;
    }
  }
  return count;
}

Error not_prepared(const sql::Identifier& name) {
  return named_error("NOT_FOUND", name.span, "Prepared statement not found: {}", name.value);
}

std::string prepared_name(const sql::Identifier& name) {
  return name.quoted ? name.value : to_lower(name.value);
}

Error in_text(Error error) {
  const TextSpan where = error.where.value_or(TextSpan{});
  const char* name = error.code == ErrorCode::Unsupported ? "NOT_SUPPORTED" : "SYNTAX_ERROR";
  return types::with_name(std::move(error), name, where);
}

Result<Answer> run_with_parameters(const std::shared_ptr<StatementRun>& run,
                                   const sql::Statement& statement, std::string_view text,
                                   const std::vector<sql::ExpressionPtr>& parameters,
                                   const TextSpan& span) {
  const std::size_t expected = count_parameters(text);
  if (expected != parameters.size()) {
    return named_error("INVALID_PARAMETER_USAGE", span,
                       "Incorrect number of parameters: expected {} but found {}", expected,
                       parameters.size());
  }
  // Values are constants; names in them are an error here, not in the statement.
  for (const auto& parameter : parameters) {
    auto typed = analysis::analyze_constant(*parameter, run->options());
    if (!typed) {
      if (types::split_error(typed.error()).name == "COLUMN_NOT_FOUND") {
        return named_error("EXPRESSION_NOT_CONSTANT", parameter->span,
                           "Constant expression cannot contain column references");
      }
      return std::move(typed).error();
    }
  }
  for (const auto& parameter : parameters) run->options().parameters.push_back(parameter.get());
  auto answer = dispatch(run, statement, text);
  run->options().parameters.clear();
  return answer;
}

}  // namespace

Result<Answer> run_prepare(StatementRun& run, const sql::Prepare& statement,
                           std::string_view text) {
  TRY(check_preparable(statement.statement->kind, statement.span));
  const std::string name = prepared_name(statement.name);
  (void)text;
  std::string body = sql::print(*statement.statement);
  run.session().prepared[name] = body;
  Answer answer = make_update("PREPARE");
  answer.changes.added_prepare[name] = std::move(body);
  return answer;
}

Result<Answer> run_deallocate(StatementRun& run, const sql::Deallocate& statement) {
  const std::string name = prepared_name(statement.name);
  if (run.session().prepared.erase(name) == 0) return not_prepared(statement.name);
  Answer answer = make_update("DEALLOCATE");
  answer.changes.deallocated_prepare.push_back(name);
  return answer;
}

Result<Answer> run_execute(const std::shared_ptr<StatementRun>& run,
                           const sql::Execute& statement) {
  const auto found = run->session().prepared.find(prepared_name(statement.name));
  if (found == run->session().prepared.end()) return not_prepared(statement.name);
  const std::string text = found->second;
  auto parsed = sql::parse_statement(text);
  if (!parsed) return in_text(std::move(parsed).error());
  return run_with_parameters(run, **parsed, text, statement.parameters, statement.span);
}

Result<Answer> run_execute_immediate(const std::shared_ptr<StatementRun>& run,
                                     const sql::ExecuteImmediate& statement) {
  auto parsed = sql::parse_statement(statement.text);
  if (!parsed) {
    Error error = in_text(std::move(parsed).error());
    if (error.where) error.where = sql::shift_into(statement.text_span, *error.where);
    return error;
  }
  if (cannot_be_prepared((*parsed)->kind)) {
    return named_error("NOT_SUPPORTED", statement.span, "Unsupported statement type: {}",
                       to_string((*parsed)->kind));
  }
  auto answer =
      run_with_parameters(run, **parsed, statement.text, statement.parameters, statement.span);
  if (!answer && answer.error().where) {
    answer.error().where = sql::shift_into(statement.text_span, *answer.error().where);
  }
  return answer;
}

namespace {

// Trino's columns of statements that are no queries.
std::vector<AnswerColumn> effect_columns(StatementKind kind) {
  switch (kind) {
    case StatementKind::Insert:
    case StatementKind::Delete:
    case StatementKind::Update:
    case StatementKind::Merge:
    case StatementKind::CreateTableAs:
      return {{"rows", bigint_type()}};
    default:
      return {};
  }
}

// Bytes of a value where they are the same for all of the type.
std::int64_t fixed_size(const types::Type& type) {
  using types::TypeKind;
  switch (type.kind) {
    case TypeKind::Unknown:
    case TypeKind::Boolean:
    case TypeKind::TinyInt:
      return 1;
    case TypeKind::SmallInt:
      return 2;
    case TypeKind::Integer:
    case TypeKind::Real:
    case TypeKind::Date:
    case TypeKind::IntervalYearToMonth:
      return 4;
    case TypeKind::BigInt:
    case TypeKind::Double:
    case TypeKind::Time:
    case TypeKind::IntervalDayToSecond:
      return 8;
    case TypeKind::Decimal:
      return type.precision <= 18 ? 8 : 16;
    case TypeKind::Timestamp:
      return type.precision <= 6 ? 8 : 12;
    case TypeKind::TimestampWithTimeZone:
      return type.precision <= 3 ? 8 : 12;
    case TypeKind::TimeWithTimeZone:
      return type.precision <= 9 ? 8 : 12;
    case TypeKind::Uuid:
    case TypeKind::IpAddress:
      return 16;
    default:
      return 0;
  }
}

// A table of literals: texts are as long as the longest, numbers are integers.
Answer literal_answer(std::vector<AnswerColumn> columns, std::vector<Row> rows) {
  if (!rows.empty()) {
    for (std::size_t c = 0; c < columns.size(); ++c) {
      if (columns[c].type.is(types::TypeKind::BigInt)) columns[c].type = integer_type();
      if (!columns[c].type.is(types::TypeKind::Varchar)) continue;
      std::size_t width = 0;
      for (const Row& row : rows) width = std::max(width, count_code_points(row[c].as_text()));
      columns[c].type = types::make_varchar(static_cast<std::int64_t>(width));
    }
  }
  return make_answer(std::move(columns), std::move(rows));
}

// Which outputs have an alias; empty where a star hides how many there are.
std::vector<bool> aliased_outputs(const sql::Query& query) {
  std::vector<bool> out;
  if (query.body->kind != sql::QueryBodyKind::Select) return out;
  for (const auto& item : static_cast<const sql::Select&>(*query.body).items) {
    if (item.star) return {};
    out.push_back(item.alias.has_value());
  }
  return out;
}

Result<Answer> describe_input(StatementRun& run, const sql::Statement& statement,
                              std::string_view text, std::size_t count) {
  const auto parameters = TRY(find_parameter_types(run, statement, text, count));
  std::vector<Row> rows;
  for (std::size_t i = 0; i < count; ++i) {
    rows.push_back(
        {types::Value(static_cast<std::int64_t>(i)), text_value(types::to_string(parameters[i]))});
  }
  return literal_answer({{"Position", bigint_type()}, {"Type", varchar_type()}}, std::move(rows));
}

}  // namespace

Result<Answer> run_describe_prepared(StatementRun& run, const sql::DescribePrepared& statement) {
  const auto found = run.session().prepared.find(prepared_name(statement.name));
  if (found == run.session().prepared.end()) return not_prepared(statement.name);
  const std::string text = found->second;
  auto parsed = sql::parse_statement(text);
  if (!parsed) return in_text(std::move(parsed).error());
  const std::size_t parameter_count = count_parameters(text);
  if (!statement.output) return describe_input(run, **parsed, text, parameter_count);
  // Without values each `?` is NULL of no type.
  const auto null_value = TRY(sql::parse_expression("NULL"));
  for (std::size_t i = 0; i < parameter_count; ++i)
    run.options().parameters.push_back(null_value.get());
  const auto text_type = varchar_type();
  std::vector<Row> rows;
  const auto add = [&](const std::string& name, const analysis::TableId& table,
                       const types::Type& type, bool aliased) {
    rows.push_back({text_value(name), text_value(table.catalog), text_value(table.schema),
                    text_value(table.table), text_value(types::to_string(type)),
                    types::Value(fixed_size(type)), types::Value(aliased)});
  };
  if ((*parsed)->kind == StatementKind::QueryStatement) {
    const auto* query = static_cast<const sql::QueryStatement&>(**parsed).query.get();
    const auto typed = TRY(analysis::analyze_query(*query, run, run.options()));
    const auto lineage = analysis::trace_lineage(typed);
    const std::vector<bool> aliased = aliased_outputs(*query);
    for (std::size_t i = 0; i < typed.outputs.size(); ++i) {
      const auto& sources = lineage.outputs[i].sources;
      const bool plain =
          sources.size() == 1 && sources[0].kind == analysis::LineageKind::PassedThrough;
      add(typed.outputs[i].name, plain ? sources[0].source.table : analysis::TableId{},
          typed.outputs[i].type, i < aliased.size() && aliased[i]);
    }
  } else {
    for (const auto& column : effect_columns((*parsed)->kind)) {
      add(column.name, {}, column.type, false);
    }
  }
  run.options().parameters.clear();
  return literal_answer({{"Column Name", text_type},
                         {"Catalog", text_type},
                         {"Schema", text_type},
                         {"Table", text_type},
                         {"Type", text_type},
                         {"Type Size", bigint_type()},
                         {"Aliased", boolean_type()}},
                        std::move(rows));
}

}  // namespace tarn::engine
