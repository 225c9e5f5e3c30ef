// SPDX-License-Identifier: Apache-2.0
#include "run/node_runner.h"

#include <fmt/format.h>

#include "project/commands.h"
#include "project/config.h"
#include "project/microbatch.h"
#include "project/session.h"
#include "run/clone.h"
#include "run/failure_text.h"
#include "run/freshness.h"
#include "run/materialize.h"
#include "run/progress.h"
#include "run/test_runner.h"

namespace tarn::run {

using project::Node;
using project::ResourceType;

namespace {

class Stopwatch {
 public:
  Stopwatch(NodeResult& result, Clock& clock, std::string_view name)
      : result_(result), clock_(clock) {
    result_.timings.push_back({name, clock.now_micros(), 0});
  }
  ~Stopwatch() { result_.timings.back().completed_micros = clock_.now_micros(); }
  Stopwatch(const Stopwatch&) = delete;
  Stopwatch& operator=(const Stopwatch&) = delete;

 private:
  NodeResult& result_;
  Clock& clock_;
};

Result<void> compile_node(const RunContext& context, const Node& node, NodeResult& result) {
  Stopwatch watch(result, context.clock, "compile");
  const bool has_code = context.options.command != Command::Clone &&
                        node.type != ResourceType::Seed && node.type != ResourceType::UnitTest &&
                        node.type != ResourceType::Source && !project::is_microbatch(node);
  if (!has_code) return {};
  auto compiled = TRY(context.compiler.compile(node));
  result.compiled = true;
  result.compiled_code = std::move(compiled.code);
  result.code_map = std::move(compiled.map);
  tell(context, node, compiled.logs, compiled.warnings);
  constexpr auto kKind = project::CodeKind::Compiled;
  TRY(project::write_code(context.project, node, kKind, result.compiled_code));
  result.compiled_file = project::normalize_path(project::code_file(context.project, node, kKind));
  return {};
}

Result<void> execute_node(const RunContext& context, const Node& node, NodeResult& result) {
  Stopwatch watch(result, context.clock, "execute");
  if (context.options.command == Command::Clone) return run_clone(context, node, result);
  switch (node.type) {
    case ResourceType::Test:
      return run_data_test(context, node, result);
    case ResourceType::Source:
      return run_freshness(context, node, result);
    case ResourceType::UnitTest:
      return run_unit_test(context, node, result);
    default:
      return materialize(context, node, result);
  }
}

}  // namespace

NodeResult run_node(const RunContext& context, const Node& node, std::size_t worker) {
  NodeResult result{.node = &node};
  result.worker = worker;
  result.materialization = project::config_value(node.type, node.config, "materialized").text();
  const std::int64_t start = context.clock.now_micros();
  (void)context.adapter.take_failed_statement();
  // Without a connection the first statement says why.
  auto connection = context.adapter.connection();
  const warehouse::Work before = connection ? (*connection)->work() : warehouse::Work{};
  Result<void> done = compile_node(context, node, result);
  if (done) done = execute_node(context, node, result);
  if (connection) result.work = work_between(before, (*connection)->work());
  if (!done) {
    result.status =
        node.type == ResourceType::Source ? NodeStatus::RuntimeError : NodeStatus::Error;
    const std::string statement = context.adapter.take_failed_statement();
    result.message = failure_text(context.project, node, done.error(),
                                  {.statement = statement,
                                   .compiled_code = result.compiled_code,
                                   .map = result.code_map.get(),
                                   .compiled_file = result.compiled_file});
  }
  result.code_map.reset();
  if (!result.compiled) result.compiled_code.clear();
  result.seconds = static_cast<double>(context.clock.now_micros() - start) / 1e6;
  return result;
}

NodeResult idle_result(const Node& node, std::size_t worker) {
  NodeResult result{.node = &node};
  result.status = NodeStatus::NoOp;
  result.message = "NO-OP";
  result.failures = 0;
  result.worker = worker;
  return result;
}

NodeResult skipped_result(const Node& node, const Node& cause) {
  NodeResult result{.node = &node};
  result.status = NodeStatus::Skipped;
  result.message = fmt::format("skipped because of {}", cause.unique_id);
  return result;
}

}  // namespace tarn::run
