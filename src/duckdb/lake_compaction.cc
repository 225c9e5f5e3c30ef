// SPDX-License-Identifier: Apache-2.0
#include "duckdb/lake_compaction.h"

#include <map>

#include "base/uuid.h"
#include "duckdb/lake_catalog.h"
#include "duckdb/native.h"
#include "duckdb/rewrite_files.h"
#include "iceberg/metadata_io.h"
#include "iceberg/table_properties.h"

namespace tarn::duckdb {
namespace {

std::shared_ptr<Lake> find_lake(Instance& instance, const std::string& name) {
  dk::Connection connection(instance.impl().database);
  connection.BeginTransaction();
  return dk::Catalog::GetCatalog(*connection.context, name).Cast<LakeCatalog>().lake();
}

std::string partition_key(const iceberg::DataFile& file) {
  std::string key = std::to_string(file.spec_id);
  for (const iceberg::Value& value : file.partition.values) {
    key += '\n' + (value.is_null() ? std::string("n") : 'v' + iceberg::to_bytes(value));
  }
  return key;
}

// The files that are worth it, by partition: one alone only if rows of it are deleted or its layout
// is an older one.
Result<std::vector<iceberg::ScanFile>> choose_files(Lake& lake, const iceberg::LoadedTable& table,
                                                    const CompactionOptions& options) {
  const iceberg::TableMetadata& metadata = *table.metadata;
  iceberg::ScanRequest request;
  request.filter = options.filter;
  auto plan = TRY(iceberg::plan_scan(lake.store, lake.manifests, metadata,
                                     metadata.current_snapshot(), metadata.schema(), request));
  std::map<std::string, std::vector<iceberg::ScanFile>> groups;
  for (iceberg::ScanFile& file : plan.files) {
    const iceberg::DataFile& data = file.data->file;
    if (!file.all_rows_match && options.filter.kind != iceberg::ExpressionKind::True) {
      return unsupported("the condition must be true for all rows of a partition or for none");
    }
    const bool is_old = data.spec_id != metadata.default_spec_id;
    const bool is_small = data.file_size < options.small_file_bytes;
    if (is_small || is_old || !file.deletes.empty()) {
      groups[partition_key(data)].push_back(std::move(file));
    }
  }
  std::vector<iceberg::ScanFile> chosen;
  for (auto& [key, files] : groups) {
    const iceberg::ScanFile& first = files.front();
    const bool alone = files.size() == 1 && first.deletes.empty() &&
                       first.data->file.spec_id == metadata.default_spec_id;
    if (alone) continue;
    for (auto& file : files) chosen.push_back(std::move(file));
  }
  return chosen;
}

Result<std::string> begin_intent(Lake& lake, const iceberg::LoadedTable& table) {
  iceberg::WriteIntent intent;
  intent.id = to_string(make_uuid7(*lake.options.clock, *lake.options.random));
  intent.table = table.identifier;
  intent.table_location = table.metadata->location;
  const std::string data_path =
      iceberg::read_property(table.metadata->properties, iceberg::property::kDataPath);
  intent.folders = {
      data_path.empty() ? storage::join_location(intent.table_location, "data") : data_path,
      iceberg::metadata_folder(*table.metadata)};
  const std::string id = intent.id;
  if (lake.options.intents) TRY(lake.options.intents->begin(std::move(intent)));
  return id;
}

Result<CompactionReport> commit_rewrite(Lake& lake, const iceberg::CommitEnvironment& environment,
                                        const iceberg::LoadedTable& table,
                                        const std::vector<iceberg::ScanFile>& files,
                                        const std::string& id) {
  auto written = TRY(rewrite_files(lake, table, files, {}, id));
  std::vector<std::string> paths;
  for (const auto& file : written) paths.push_back(file.path);
  std::vector<iceberg::SharedEntry> removed;
  std::map<std::string, iceberg::SharedEntry> vectors;
  for (const auto& file : files) {
    removed.push_back(file.data);
    for (const auto& entry : file.deletes) {
      if (entry->file.is_deletion_vector()) {
        vectors.emplace(entry->file.path + std::to_string(entry->file.content_offset.value_or(0)),
                        entry);
      }
    }
  }
  CompactionReport report{files.size(), written.size()};
  auto change = iceberg::rewrite_files(std::move(removed), std::move(written),
                                       table.metadata->current_snapshot()->sequence_number);
  for (auto& [key, entry] : vectors) change.removed_deletes.push_back(entry);
  iceberg::Transaction transaction(environment);
  auto& changes = transaction.table(table);
  changes.use_write_id(id);
  changes.change(std::move(change));
  auto committed = transaction.commit();
  if (committed) return report;
  if (committed.error().code != ErrorCode::UnknownOutcome) {
    auto cleaned = lake.store.remove_many(paths);
    (void)cleaned;  // the intent still names them
  }
  return std::move(committed).error();
}

}  // namespace

Result<CompactionReport> compact_table(Instance& instance, const std::string& lake,
                                       const iceberg::CommitEnvironment& environment,
                                       const iceberg::LoadedTable& table,
                                       const CompactionOptions& options) {
  return guard([&]() -> Result<CompactionReport> {
    if (table.metadata->current_snapshot() == nullptr) return CompactionReport{};
    const std::shared_ptr<Lake> attached = find_lake(instance, lake);
    const auto files = TRY(choose_files(*attached, table, options));
    if (files.empty()) return CompactionReport{};
    const std::string id = TRY(begin_intent(*attached, table));
    auto done = commit_rewrite(*attached, environment, table, files, id);
    const bool unknown = !done && done.error().code == ErrorCode::UnknownOutcome;
    if (attached->options.intents && !unknown) {
      auto finished = attached->options.intents->finish(id);
      (void)finished;  // a clean-up later finds nothing to remove
    }
    return done;
  });
}

}  // namespace tarn::duckdb
