// SPDX-License-Identifier: Apache-2.0
#include "run/runner.h"

#include <fmt/format.h>

#include <mutex>

#include "base/file.h"
#include "base/text.h"
#include "project/manifest.h"
#include "project/version_check.h"
#include "run/events.h"
#include "run/freshness.h"
#include "run/node_runner.h"
#include "run/prepare.h"
#include "run/progress.h"
#include "run/publication.h"
#include "run/run_results.h"

namespace tarn::run {

namespace {

// Results in the order in which nodes ended, told while they come.
class Collector {
 public:
  Collector(const RunContext& context, std::size_t total)
      : context_(context), total_(total), watch_(context.events, context.clock, total) {}

  std::size_t start(const project::Node& node) {
    std::lock_guard lock(mutex_);
    const std::size_t index = ++started_;
    context_.events.emit(NodeStarted{&node, index, total_, context_.options.command});
    auto connection = context_.adapter.connection();
    watch_.started(node, index, connection ? *connection : nullptr);
    return index;
  }

  void finish(NodeResult result, std::size_t index) {
    std::lock_guard lock(mutex_);
    if (index == 0) index = ++started_;
    watch_.finished(*result.node);
    results_.push_back(std::move(result));
    context_.events.emit(NodeFinished{&results_.back(), index, total_, context_.options.command});
  }

  std::vector<NodeResult> take() { return std::move(results_); }

 private:
  const RunContext& context_;
  std::size_t total_;
  ProgressWatch watch_;
  std::mutex mutex_;  // guards all below
  std::size_t started_ = 0;
  std::vector<NodeResult> results_;
};

TaskOutcome outcome_of(const RunContext& context, const NodeResult& result) {
  if (!is_failure(result.status)) return TaskOutcome::Done;
  // Of a run that is published as a whole nothing else is wanted then.
  const bool stops = context.options.fail_fast || context.options.atomic;
  return stops ? TaskOutcome::StopsTheRun : TaskOutcome::SkipsOthers;
}

void execute(const RunContext& context, const Plan& plan, RunSummary& summary) {
  Collector collector(context, plan.nodes.size());
  const TaskCallbacks callbacks{.execute =
                                    [&](std::uint32_t task, std::size_t worker) {
                                      const project::Node& node = *plan.nodes[task];
                                      if (is_idle(node)) {
                                        collector.finish(idle_result(node, worker), 0);
                                        return TaskOutcome::Done;
                                      }
                                      const std::size_t index = collector.start(node);
                                      NodeResult result = run_node(context, node, worker);
                                      const TaskOutcome outcome = outcome_of(context, result);
                                      collector.finish(std::move(result), index);
                                      return outcome;
                                    },
                                .skipped =
                                    [&](std::uint32_t task, std::uint32_t cause) {
                                      collector.finish(
                                          skipped_result(*plan.nodes[task], *plan.nodes[cause]), 0);
                                    }};
  const auto end = run_tasks(plan.tasks, context.options.threads, callbacks, context.cancel);
  // Behind those of hooks.
  for (NodeResult& result : collector.take()) summary.results.push_back(std::move(result));
  summary.cancelled = context.cancel != nullptr && context.cancel->requested();
  for (std::uint32_t task : end.not_started) {
    NodeResult result{.node = plan.nodes[task]};
    result.status = NodeStatus::Skipped;
    result.message = summary.cancelled ? "the run was cancelled" : "the run stopped at a failure";
    summary.results.push_back(std::move(result));
  }
}

Result<void> write_artifacts(const RunContext& context, const RunSummary& summary) {
  if (!context.options.write_json) return {};
  const std::string folder = context.project.target_folder();
  TRY(make_directories(folder));
  RunResultsHead head{.dbt_version = std::string(project::kDbtVersion),
                      .invocation_id = context.project.options.invocation_id,
                      .generated_micros = context.clock.now_micros(),
                      .arguments = context.options.arguments};
  head.arguments.emplace_back("which", fmt::format("\"{}\"", to_string(context.options.command)));
  if (context.options.command == Command::Freshness) {
    const std::string& wanted = context.options.freshness_file;
    const auto file = wanted.empty() ? project::join_path(folder, "sources.json") : wanted;
    return write_file(file, write_sources(head, summary));
  }
  TRY(write_file(project::join_path(folder, "run_results.json"), write_run_results(head, summary)));
  return write_file(project::join_path(folder, "manifest.json"),
                    project::write_manifest(context.project));
}

Result<void> set_deferral(const project::Project& project, const RunOptions& options,
                          const Plan& plan, project::Compiler& compiler) {
  auto flags = options.deferral;
  const std::string& state = options.selection.state;
  if (options.command == Command::Clone) {
    flags.defer = true;
    if (state.empty() && flags.state.empty()) {
      return invalid_input(
          "`clone` needs --state (or --defer-state): the folder of a manifest.json");
    }
  }
  compiler.set_deferral(TRY(project::wanted_deferral(project, flags, state, plan.nodes)));
  return {};
}

// A warning that --warn-error-options may make an error or drop.
Result<void> warn(const RunContext& context, std::string_view event, std::string message) {
  switch (context.project.options.warnings.verdict(event)) {
    case project::Verdict::Error:
      return invalid_input("{}", message);
    case project::Verdict::Silence:
      return {};
    case project::Verdict::Warn:
      context.events.emit(Message{Message::Level::Warning, nullptr, std::move(message)});
  }
  return {};
}

}  // namespace

Result<RunSummary> run_project(const project::Project& project, warehouse::Warehouse& warehouse,
                               const RunOptions& options, EventStream& events, Clock& clock,
                               const Cancel* cancel) {
  RunSummary summary;
  summary.started_micros = clock.now_micros();
  const Plan plan = options.only ? make_plan(project, options.command, *options.only)
                                 : TRY(make_plan(project, options.command, options.selection));
  const auto comment = TRY(QueryComment::make(project));
  WarehouseAdapter adapter(warehouse, adapter_options(project, *comment, cancel));
  project::RelationCache cache;
  project::Compiler compiler(project, adapter, &cache);
  TRY(set_deferral(project, options, plan, compiler));
  RunContext context{project, adapter, cache, compiler, options, events, clock, cancel, {}};
  for (const auto* node : plan.nodes) context.selected.emplace_back(node->unique_id);
  for (const auto& text : plan.unmatched) {
    TRY(warn(context, "NoNodesForSelectionCriteria",
             fmt::format("the selection criterion `{}` does not match any enabled nodes", text)));
  }
  const auto& warnings = project.options.warnings;
  if (plan.nodes.empty() && warnings.verdict("NothingToDo") == project::Verdict::Error) {
    return invalid_input("nothing to do: no node is selected that `{}` runs",
                         to_string(options.command));
  }
  events.emit(RunStarted{options.command, project.options.invocation_id,
                         project.profile.target_name, options.threads, &plan,
                         summary.started_micros});
  if (options.command == Command::Freshness) {
    execute(context, plan, summary);
  } else if (!plan.nodes.empty()) {
    std::unique_ptr<warehouse::Staging> staging;
    if (options.atomic) staging = TRY(begin_publication(context, plan));
    TRY(create_schemas(context, plan));
    TRY(run_hooks(context, "on-run-start", summary));
    execute(context, plan, summary);
    if (!summary.cancelled) TRY(run_hooks(context, "on-run-end", summary));
    if (options.atomic) end_publication(context, std::move(staging), summary);
  }
  summary.seconds = static_cast<double>(clock.now_micros() - summary.started_micros) / 1e6;
  TRY(write_artifacts(context, summary));
  events.emit(RunFinished{&summary});
  return summary;
}

}  // namespace tarn::run
