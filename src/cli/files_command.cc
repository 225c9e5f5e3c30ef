// SPDX-License-Identifier: Apache-2.0
// The data and delete files of one snapshot.
#include <algorithm>
#include <boost/json.hpp>
#include <tuple>

#include "base/text.h"
#include "cli/inspect.h"
#include "cli/lake_access.h"
#include "iceberg/manifest_cache.h"
#include "iceberg/scan/plan.h"

namespace tarn::cli {
namespace {

namespace json = boost::json;

Result<iceberg::SnapshotChoice> read_choice(const Invocation& call) {
  iceberg::SnapshotChoice choice;
  choice.ref = call.arguments.optional("ref");
  if (auto text = call.arguments.optional("snapshot")) {
    if (choice.ref) return invalid_input("--snapshot and --ref exclude each other");
    auto number = parse_int64(*text);
    if (!number) return invalid_input("--snapshot takes a snapshot id, not `{}`", *text);
    choice.id = iceberg::SnapshotId(*number);
  }
  return choice;
}

std::string content_text(const iceberg::DataFile& file) {
  if (file.is_deletion_vector()) return "deletion vector";
  switch (file.content) {
    case iceberg::FileContent::Data:
      return "data";
    case iceberg::FileContent::PositionDeletes:
      return "position deletes";
    case iceberg::FileContent::EqualityDeletes:
      return "equality deletes";
  }
  return "data";
}

std::string partition_text(const iceberg::TableMetadata& metadata, const iceberg::DataFile& file) {
  const auto* spec = metadata.find_spec(file.spec_id);
  return spec == nullptr ? "" : iceberg::partition_path(*spec, file.partition);
}

json::object file_json(const iceberg::TableMetadata& metadata,
                       const iceberg::ManifestEntry& entry) {
  const auto& file = entry.file;
  json::object object{{"content", content_text(file)},
                      {"path", file.path},
                      {"format", iceberg::to_string(file.format)},
                      {"partition", partition_text(metadata, file)},
                      {"spec_id", file.spec_id},
                      {"rows", file.record_count},
                      {"bytes", file.file_size},
                      {"sequence_number", entry.sequence_number.value_or(0)}};
  if (entry.snapshot_id) object["snapshot_id"] = entry.snapshot_id->value;
  if (file.sort_order_id) object["sort_order_id"] = *file.sort_order_id;
  if (file.referenced_data_file) object["referenced_data_file"] = *file.referenced_data_file;
  return object;
}

// Paths below the table's location are shown from there on.
std::string short_path(const iceberg::TableMetadata& metadata, const std::string& path) {
  std::string prefix = metadata.location + "/";
  return path.starts_with(prefix) ? path.substr(prefix.size()) : path;
}

Result<std::vector<iceberg::ManifestEntry>> live_files(const catalog::Lake& lake,
                                                       const iceberg::TableMetadata& metadata,
                                                       const iceberg::Snapshot& snapshot) {
  iceberg::ManifestCache cache;
  std::vector<iceberg::ManifestEntry> all;
  auto manifests = TRY(cache.manifests(*lake.store, snapshot));
  for (const auto& manifest : *manifests) {
    if (!manifest.may_have_live_files()) continue;
    auto entries = TRY(cache.entries(*lake.store, manifest, metadata));
    all.insert(all.end(), entries->begin(), entries->end());
  }
  std::sort(all.begin(), all.end(), [](const auto& a, const auto& b) {
    return std::tie(a.file.content, a.file.path) < std::tie(b.file.content, b.file.path);
  });
  return all;
}

}  // namespace

Result<int> run_files(const Invocation& call) {
  auto choice = TRY(read_choice(call));
  catalog::Lake lake = TRY(open_lake(call));
  auto table = TRY(load_named_table(lake, call.arguments.text("table")));
  const auto& metadata = *table.metadata;
  const auto* snapshot = TRY(iceberg::choose_snapshot(metadata, choice));
  std::vector<iceberg::ManifestEntry> files;
  if (snapshot != nullptr) files = TRY(live_files(lake, metadata, *snapshot));
  if (wants_json(call)) {
    json::array list;
    for (const auto& entry : files) list.push_back(file_json(metadata, entry));
    print_json(call, list);
    return 0;
  }
  if (files.empty()) {
    call.terminal.note("the table has no files\n");
    return 0;
  }
  TextTable rows{{{"content"},
                  {"rows", Align::Right},
                  {"size", Align::Right},
                  {"seq", Align::Right},
                  {"partition"},
                  {"path"}},
                 {}};
  for (const auto& entry : files) {
    rows.add({content_text(entry.file), show_count(entry.file.record_count),
              show_bytes(entry.file.file_size), std::to_string(entry.sequence_number.value_or(0)),
              partition_text(metadata, entry.file), short_path(metadata, entry.file.path)});
  }
  call.terminal.out(format_table(rows, call.terminal));
  return 0;
}

}  // namespace tarn::cli
