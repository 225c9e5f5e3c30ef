// SPDX-License-Identifier: Apache-2.0
// Who wrote what, when: the snapshots of a table.
#include <fmt/core.h>

#include <algorithm>
#include <boost/json.hpp>
#include <set>

#include "base/text.h"
#include "cli/inspect.h"
#include "cli/lake_access.h"

namespace tarn::cli {
namespace {

namespace json = boost::json;

std::string summary_text(const iceberg::Snapshot& snapshot, const std::string& key) {
  auto found = snapshot.summary.find(key);
  return found == snapshot.summary.end() ? "" : found->second;
}

// `tarn 0.1.0, anna: migrate`, from what the writer left in the summary.
std::optional<std::string> writer_text(const iceberg::Snapshot& snapshot) {
  std::string engine = summary_text(snapshot, "engine-name");
  if (engine.empty()) engine = summary_text(snapshot, "trino_query_id").empty() ? "" : "trino";
  if (engine.empty() && !summary_text(snapshot, "spark.app.id").empty()) engine = "spark";
  std::string version = summary_text(snapshot, "engine-version");
  std::string user = summary_text(snapshot, "tarn.user");
  if (user.empty()) user = summary_text(snapshot, "trino_user");
  std::string command = summary_text(snapshot, "tarn.command");
  std::string text = engine;
  if (!version.empty()) text += (text.empty() ? "" : " ") + version;
  if (!user.empty()) text += (text.empty() ? "" : ", ") + user;
  if (!command.empty()) text += (text.empty() ? "" : ": ") + command;
  if (text.empty()) return std::nullopt;
  return text;
}

// `+1,000 -5`, nullopt when neither is known.
std::optional<std::string> change_text(const iceberg::Snapshot& snapshot, std::string_view added,
                                       std::string_view removed) {
  std::string text;
  if (auto count = summary_count(snapshot, added)) text += "+" + human_count(*count);
  if (auto count = summary_count(snapshot, removed)) {
    text += (text.empty() ? "-" : " -") + human_count(*count);
  }
  if (text.empty()) return std::nullopt;
  return text;
}

std::string names_of(const iceberg::TableMetadata& metadata, iceberg::SnapshotId id) {
  std::vector<std::string> names;
  for (const auto& [name, ref] : metadata.refs) {
    if (ref.snapshot_id == id) names.push_back(name);
  }
  return join(names, ", ");
}

std::set<std::int64_t> main_line(const iceberg::TableMetadata& metadata) {
  std::set<std::int64_t> ids;
  if (!metadata.current_snapshot_id) return ids;
  for (const auto* snapshot : iceberg::ancestors(metadata, *metadata.current_snapshot_id)) {
    ids.insert(snapshot->id.value);
  }
  return ids;
}

std::vector<const iceberg::Snapshot*> newest_first(const iceberg::TableMetadata& metadata,
                                                   std::int64_t count_max) {
  std::vector<const iceberg::Snapshot*> list;
  for (const auto& snapshot : metadata.snapshots) list.push_back(&snapshot);
  std::stable_sort(list.begin(), list.end(), [](const auto* a, const auto* b) {
    return a->sequence_number != b->sequence_number ? a->sequence_number > b->sequence_number
                                                    : a->timestamp_ms > b->timestamp_ms;
  });
  if (static_cast<std::int64_t>(list.size()) > count_max) {
    list.resize(static_cast<std::size_t>(count_max));
  }
  return list;
}

}  // namespace

const char* ref_kind_text(const iceberg::SnapshotRef& ref) {
  return ref.kind == iceberg::RefKind::Branch ? "branch" : "tag";
}

json::object snapshot_json(const iceberg::Snapshot& snapshot) {
  json::object summary;
  for (const auto& [name, value] : snapshot.summary) summary.emplace(name, value);
  return {{"snapshot_id", snapshot.id.value},
          {"parent_id",
           snapshot.parent_id ? json::value(snapshot.parent_id->value) : json::value(nullptr)},
          {"sequence_number", snapshot.sequence_number},
          {"timestamp_ms", snapshot.timestamp_ms},
          {"operation", snapshot.operation},
          {"manifest_list", snapshot.manifest_list},
          {"summary", std::move(summary)}};
}

Result<int> run_history(const Invocation& call) {
  std::int64_t limit = TRY(call.arguments.number("limit", 1, 1'000'000'000));
  catalog::Lake lake = TRY(open_lake(call));
  auto table = TRY(load_named_table(lake, call.arguments.text("table")));
  const auto& metadata = *table.metadata;
  auto list = newest_first(metadata, limit);
  auto on_main = main_line(metadata);
  if (wants_json(call)) {
    json::array array;
    for (const auto* snapshot : list) {
      auto object = snapshot_json(*snapshot);
      object["on_main"] = on_main.contains(snapshot->id.value);
      array.push_back(std::move(object));
    }
    print_json(call, array);
    return 0;
  }
  if (list.empty()) {
    call.terminal.note("the table has no snapshots: nothing was written yet\n");
    return 0;
  }
  TextTable rows{{{"time"},
                  {"snapshot", Align::Right},
                  {"operation"},
                  {"rows", Align::Right},
                  {"files", Align::Right},
                  {"deletes", Align::Right},
                  {"total rows", Align::Right},
                  {"refs"},
                  {"written by"}},
                 {}};
  for (const auto* snapshot : list) {
    std::string refs = names_of(metadata, snapshot->id);
    if (!on_main.contains(snapshot->id.value)) refs += refs.empty() ? "(off main)" : " (off main)";
    rows.add({show_time(snapshot->timestamp_ms), std::to_string(snapshot->id.value),
              snapshot->operation, change_text(*snapshot, "added-records", "deleted-records"),
              change_text(*snapshot, "added-data-files", "deleted-data-files"),
              change_text(*snapshot, "added-delete-files", "removed-delete-files"),
              show_count(live_rows(*snapshot)), refs, writer_text(*snapshot)});
  }
  call.terminal.out(format_table(rows, call.terminal));
  if (metadata.snapshots.size() > list.size()) {
    call.terminal.note(fmt::format("{} older snapshots: --limit N shows more\n",
                                   metadata.snapshots.size() - list.size()));
  }
  return 0;
}

}  // namespace tarn::cli
