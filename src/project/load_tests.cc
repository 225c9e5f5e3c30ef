// SPDX-License-Identifier: Apache-2.0
// Data tests of all properties files.
#include <fmt/core.h>

#include <set>

#include "base/parallel.h"
#include "project/generic_tests.h"
#include "project/load.h"

namespace tarn::project {

namespace {

struct Job {
  TestTarget target;
  std::vector<TestEntry> entries;
};

const Data* tests_of(const Data& owner) {
  const Data* found = owner.find("data_tests");
  return found != nullptr ? found : owner.find("tests");
}

// The YAML value of the i-th test, for places.
const yaml::Value* test_value(const yaml::Value* owner, std::size_t index) {
  if (owner == nullptr) return nullptr;
  const yaml::Value* list = owner->find("data_tests");
  if (list == nullptr) list = owner->find("tests");
  return list != nullptr && index < list->items.size() ? list->items[index] : nullptr;
}

const yaml::Value* column_value(const yaml::Value* owner, std::string_view name) {
  const yaml::Value* columns = owner != nullptr ? owner->find("columns") : nullptr;
  if (columns == nullptr) return nullptr;
  for (const auto* column : columns->items) {
    const yaml::Value* found = column->find("name");
    if (found != nullptr && found->text == name) return column;
  }
  return nullptr;
}

void add_entries(Project& project, Job& job, const Data& owner, const yaml::Value* value) {
  Arena& arena = project.arena();
  std::set<std::string_view> seen;
  for (const auto& column : owner.get("columns").items()) {
    const Data name = column.get("name");
    const Data* tests = tests_of(column);
    if (!name.is_text() || tests == nullptr || !seen.insert(name.text()).second) continue;
    const yaml::Value* at = column_value(value, name.text());
    std::string_view text = name.text();
    if (column.get("quote").truthy()) text = arena.copy(fmt::format("\"{}\"", text));
    Data tags = column.get("tags");
    if (tags.is_null()) tags = column.get("config").get("tags");
    for (std::size_t i = 0; i < tests->items().size(); ++i) {
      job.entries.push_back({tests->items()[i], text, tags, test_value(at, i)});
    }
  }
  if (const Data* tests = tests_of(owner)) {
    for (std::size_t i = 0; i < tests->items().size(); ++i) {
      job.entries.push_back({tests->items()[i], {}, {}, test_value(value, i)});
    }
  }
}

std::string_view node_prefix(std::string_view section) {
  if (section == "models") return "model";
  if (section == "seeds") return "seed";
  if (section == "snapshots") return "snapshot";
  return {};
}

void add_node_job(LoadState& state, const Patch& patch, std::vector<Job>& jobs) {
  const std::string_view prefix = node_prefix(patch.section);
  if (prefix.empty()) return;
  Project& project = state.project;
  Job job;
  job.target.section = patch.section;
  job.target.name = patch.name;
  job.target.patch = &patch;
  job.target.version = patch.data.get("__version");
  std::string id =
      fmt::format("{}.{}.{}", prefix, project.packages[patch.package]->name, patch.name);
  if (!job.target.version.is_null()) id += ".v" + to_python(job.target.version);
  if (project.nodes_by_id.contains(id)) {
    job.target.attached = project.nodes_by_id.at(id)->unique_id;
  } else if (patch.data.get("versions").is_list()) {
    return;  // each version has its own
  } else {
    job.target.attached = project.arena().copy(id);
  }
  add_entries(project, job, patch.data, patch.value);
  if (!job.entries.empty()) jobs.push_back(std::move(job));
}

void add_source_jobs(LoadState& state, const Patch& patch, std::vector<Job>& jobs) {
  const yaml::Value* tables = patch.value->find("tables");
  const auto items = patch.data.get("tables").items();
  for (std::size_t i = 0; i < items.size(); ++i) {
    Job job;
    job.target.type = ResourceType::Source;
    job.target.section = "sources";
    job.target.source = patch.name;
    job.target.name = items[i].get("name").text();
    job.target.patch = &patch;
    const yaml::Value* at =
        tables != nullptr && i < tables->items.size() ? tables->items[i] : nullptr;
    add_entries(state.project, job, items[i], at);
    if (!job.entries.empty()) jobs.push_back(std::move(job));
  }
}

}  // namespace

void load_generic_tests(LoadState& state) {
  Project& project = state.project;
  std::vector<Job> jobs;
  for (const auto& patch : state.patch_store) {
    if (patch.section == "sources") {
      add_source_jobs(state, patch, jobs);
    } else {
      add_node_job(state, patch, jobs);
    }
  }
  struct Draft {
    std::vector<Node> nodes;
    std::vector<NodeError> errors;
  };
  constexpr std::size_t kChunk = 64;
  const std::size_t chunks = (jobs.size() + kChunk - 1) / kChunk;
  const std::size_t first_arena = project.arenas.size();
  for (std::size_t i = 0; i < chunks; ++i) project.arenas.emplace_back();
  std::vector<Draft> drafts(chunks);
  const auto done =
      parallel_for(chunks, project.options.parse_threads, [&](std::size_t chunk) -> Result<void> {
        TestBuilder builder(project, project.arenas[first_arena + chunk]);
        const std::size_t end = std::min(jobs.size(), (chunk + 1) * kChunk);
        for (std::size_t i = chunk * kChunk; i < end; ++i) {
          for (const auto& entry : jobs[i].entries) {
            NodeError error;
            auto node = builder.build(jobs[i].target, entry, error);
            if (node) {
              drafts[chunk].nodes.push_back(std::move(*node));
            } else {
              drafts[chunk].errors.push_back(std::move(error));
            }
          }
        }
        return ok();
      });
  (void)done;  // the body never fails
  for (auto& draft : drafts) {
    for (const auto& error : draft.errors) report_node_error(project, error);
    for (auto& node : draft.nodes) add_node(project, std::move(node));
  }
}

}  // namespace tarn::project
