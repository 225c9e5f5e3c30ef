// SPDX-License-Identifier: Apache-2.0
#include "run/test_runner.h"

#include <fmt/format.h>

#include "base/text.h"
#include "project/config.h"
#include "project/context/table.h"
#include "project/session.h"
#include "run/materialize.h"

namespace tarn::run {

using project::Node;

namespace {

struct TestCounts {
  std::int64_t failures = 0;
  bool should_warn = false;
  bool should_error = false;
};

Result<TestCounts> read_counts(const project::StoredResult* main) {
  const project::TableData* table = main == nullptr ? nullptr : project::table_data(main->table);
  if (table == nullptr || table->rows.size() != 1) {
    return internal("the test did not answer with one row");
  }
  TestCounts out;
  for (std::size_t i = 0; i < table->names.size(); ++i) {
    const jinja::Value& value = table->rows[0][i];
    const std::string name = to_lower(table->names[i]);
    if (name == "failures") {
      if (value.kind() == jinja::Kind::Float) {
        out.failures = static_cast<std::int64_t>(value.as_float());
      } else if (value.is_int64()) {
        out.failures = value.as_int();
      } else if (value.is_none()) {
        // Rows may have failed that it does not count.
        return invalid_input("the `fail_calc` of the test gives NULL: wrap it in coalesce(…, 0)");
      } else {
        return invalid_input("the `fail_calc` of the test gives no number");
      }
    }
    if (name == "should_warn") out.should_warn = value.is_bool() && value.as_bool();
    if (name == "should_error") out.should_error = value.is_bool() && value.as_bool();
  }
  return out;
}

void judge(const RunContext& context, const Node& node, const TestCounts& counts,
           NodeResult& result) {
  const auto text = [&](std::string_view field) {
    return std::string(project::config_value(node.type, node.config, field).text());
  };
  result.failures = counts.failures;
  const bool may_fail = to_lower(text("severity")) != "warn";
  const auto found = [&](std::string_view what, std::string_view condition) {
    return fmt::format("Got {} {}, configured to {} if {}", counts.failures,
                       counts.failures == 1 ? "result" : "results", what, condition);
  };
  if (may_fail && counts.should_error) {
    result.status = NodeStatus::Fail;
    result.message = found("fail", text("error_if"));
  } else if (counts.should_warn) {
    const bool fails =
        context.project.options.warnings.verdict("LogTestResult") == project::Verdict::Error;
    result.status = fails ? NodeStatus::Fail : NodeStatus::Warn;
    result.message = found(fails ? "fail" : "warn", text("warn_if"));
  } else {
    result.status = NodeStatus::Pass;
  }
}

}  // namespace

Result<void> run_data_test(const RunContext& context, const Node& node, NodeResult& result) {
  project::Session session(context.project, context.adapter, context.cache,
                           session_options(context, node, result));
  auto done = session.materialize("test");
  tell(context, node, session.logs(), session.warnings());
  TRY(done);
  judge(context, node, TRY(read_counts(session.result("main"))), result);
  return {};
}

}  // namespace tarn::run
