// SPDX-License-Identifier: Apache-2.0
// Unit tests: the model's rows over given ones, compared with the expected rows, whatever their
// order.
#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "base/text.h"
#include "project/context/table.h"
#include "project/session.h"
#include "project/unit_test_sql.h"
#include "run/materialize.h"
#include "run/test_runner.h"

namespace tarn::run {

using jinja::Value;
using project::Node;

namespace {

constexpr std::string_view kSideColumn = "actual_or_expected";

std::vector<Value> rows_of(const project::TableData& table, std::string_view side) {
  std::vector<Value> out;
  for (const auto& row : table.rows) {
    std::vector<Value> values;
    bool wanted = false;
    for (std::size_t i = 0; i < row.size(); ++i) {
      if (to_lower(table.names[i]) == kSideColumn) {
        wanted = row[i].is_text() && row[i].text() == side;
      } else {
        values.push_back(row[i]);
      }
    }
    if (wanted) out.push_back(Value::list(std::move(values)));
  }
  return out;
}

// One line a row, sorted; texts in quotes, so that they differ from numbers and NULL.
Result<std::vector<std::string>> row_texts(const RunContext& context,
                                           const project::TableData& table, std::string_view side) {
  project::SessionOptions options;
  options.names.emplace_back("dbt_rows", Value::list(rows_of(table, side)));
  project::Session session(context.project, context.adapter, context.cache, std::move(options));
  const std::string text = TRY(session.render(
      "{% for row in dbt_rows %}{% for c in row %}{{ \"'\" ~ c ~ \"'\" if c is string else "
      "('NULL' if c is none else c) }}{{ ', ' if not loop.last }}{% endfor %}\x1e{% endfor %}"));
  std::vector<std::string> out;
  for (std::string_view rest = text; !rest.empty();) {
    const std::size_t end = rest.find('\x1e');
    if (end == std::string_view::npos) break;
    out.emplace_back(rest.substr(0, end));
    rest.remove_prefix(end + 1);
  }
  std::sort(out.begin(), out.end());
  return out;
}

std::string difference(const project::TableData& table, const std::vector<std::string>& actual,
                       const std::vector<std::string>& expected) {
  std::string names;
  for (const auto& name : table.names) {
    if (to_lower(name) == kSideColumn) continue;
    names += (names.empty() ? "" : ", ") + name;
  }
  std::vector<std::string> missing;
  std::vector<std::string> surplus;
  std::set_difference(expected.begin(), expected.end(), actual.begin(), actual.end(),
                      std::back_inserter(missing));
  std::set_difference(actual.begin(), actual.end(), expected.begin(), expected.end(),
                      std::back_inserter(surplus));
  std::string out = fmt::format("actual differs from expected ({})", names);
  for (const auto& line : missing) out += fmt::format("\n  - {}", line);
  for (const auto& line : surplus) out += fmt::format("\n  + {}", line);
  return out;
}

}  // namespace

Result<void> run_unit_test(const RunContext& context, const Node& node, NodeResult& result) {
  auto test = TRY(project::compile_unit_test(context.project, node, context.adapter, context.cache,
                                             &context.compiler.deferred()));
  tell(context, node, test.logs, test.warnings);
  result.compiled = true;
  result.compiled_code = test.code;
  auto options = session_options(context, test.node, result);
  options.config = test.config;
  project::Session session(context.project, context.adapter, context.cache, std::move(options));
  auto done = session.materialize();
  tell(context, node, session.logs(), session.warnings());
  TRY(done);
  const project::StoredResult* main = session.result("main");
  const auto* table = main == nullptr ? nullptr : project::table_data(main->table);
  if (table == nullptr) return internal("the unit test did not answer");
  const auto actual = TRY(row_texts(context, *table, "actual"));
  const auto expected = TRY(row_texts(context, *table, "expected"));
  result.failures = actual == expected ? 0 : 1;
  result.status = actual == expected ? NodeStatus::Pass : NodeStatus::Fail;
  if (actual != expected) result.message = difference(*table, actual, expected);
  return {};
}

}  // namespace tarn::run
