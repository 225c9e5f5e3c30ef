// SPDX-License-Identifier: Apache-2.0
#include "duckdb/row_deletes.h"

#include <algorithm>
#include <duckdb/common/types/column/column_data_collection.hpp>
#include <duckdb/parser/parsed_data/copy_info.hpp>
#include <map>

#include "base/text.h"
#include "duckdb/native.h"
#include "duckdb/rewrite_files.h"
#include "iceberg/metadata_io.h"
#include "iceberg/metrics.h"
#include "iceberg/puffin.h"
#include "iceberg/table_properties.h"

namespace tarn::duckdb {
namespace {

using iceberg::DataFile;
using iceberg::DeletionVector;

// Of the rows of a data file: from here on the rest is written anew.
constexpr double kRewriteShare = 0.3;

// A data file with the rows that go.
struct Target {
  iceberg::ScanFile file;
  const DeletionVector* deleted = nullptr;  // by this transaction
  SharedVector before;                      // deleted earlier; may be nullptr
};

Result<std::vector<Target>> find_targets(
    Lake& lake, const iceberg::LoadedTable& table,
    const std::unordered_map<std::string, DeletionVector>& deleted,
    const std::vector<iceberg::SharedEntry>& added) {
  std::vector<Target> targets;
  for (const iceberg::SharedEntry& entry : added) {
    auto found = deleted.find(storage::normalize_location(entry->file.path));
    if (found != deleted.end()) targets.push_back({{entry, {}, false}, &found->second, nullptr});
  }
  const iceberg::TableMetadata& metadata = *table.metadata;
  if (targets.size() < deleted.size()) {
    iceberg::ScanRequest request;
    auto plan = TRY(iceberg::plan_scan(lake.store, lake.manifests, metadata,
                                       metadata.current_snapshot(), metadata.schema(), request));
    for (iceberg::ScanFile& file : plan.files) {
      auto found = deleted.find(storage::normalize_location(file.data->file.path));
      if (found == deleted.end()) continue;
      SharedVector before = TRY(lake.deletes.load(file, metadata));
      targets.push_back({std::move(file), &found->second, std::move(before)});
    }
  }
  if (targets.size() != deleted.size()) {
    return conflict("a data file of table `{}` went away under the statement",
                    iceberg::to_string(table.identifier));
  }
  // The same statement gives the same files.
  std::sort(targets.begin(), targets.end(), [](const Target& a, const Target& b) {
    return a.file.data->file.path < b.file.data->file.path;
  });
  return targets;
}

DeletionVector all_deleted(const Target& target) {
  DeletionVector all = target.deleted->clone();
  if (target.before) all.add_all(*target.before);
  return all;
}

bool is_own_file(const Target& target, const std::vector<iceberg::SharedEntry>& added) {
  return std::find(added.begin(), added.end(), target.file.data) != added.end();
}

DataFile delete_entry(const Target& target) {
  DataFile entry;
  entry.content = iceberg::FileContent::PositionDeletes;
  entry.spec_id = target.file.data->file.spec_id;
  entry.partition = target.file.data->file.partition;
  return entry;
}

Result<void> write_vectors(Lake& lake, const std::vector<Target>& targets,
                           const std::string& location, RowDeletes& write,
                           std::vector<std::string>& created) {
  iceberg::PuffinWriter puffin;
  puffin.set_property("created-by", "Tarn");
  std::vector<DataFile> entries;
  for (const Target& target : targets) {
    const DeletionVector all = all_deleted(target);
    const std::string blob = all.to_blob();
    iceberg::PuffinBlob header;
    header.type = iceberg::kDeletionVectorBlob;
    header.properties["referenced-data-file"] = target.file.data->file.path;
    header.properties["cardinality"] = std::to_string(all.cardinality());
    const iceberg::PuffinBlob& placed = puffin.add(std::move(header), blob);
    DataFile entry = delete_entry(target);
    entry.path = location;
    entry.format = iceberg::FileFormat::Puffin;
    entry.record_count = static_cast<std::int64_t>(all.cardinality());
    entry.referenced_data_file = target.file.data->file.path;
    entry.content_offset = placed.offset;
    entry.content_size = placed.length;
    entries.push_back(std::move(entry));
    for (const iceberg::SharedEntry& old : target.file.deletes) {
      // Positions in files of several data files stay valid and harmless beside the vector.
      if (old->file.is_deletion_vector()) write.removed_deletes.push_back(old);
    }
  }
  const std::string bytes = puffin.finish();
  created.push_back(location);
  TRY(lake.store.write(location, bytes, storage::WriteMode::CreateExclusive));
  for (DataFile& entry : entries) {
    entry.file_size = static_cast<std::int64_t>(bytes.size());
    write.added_deletes.push_back(std::move(entry));
  }
  return {};
}

// One Parquet file with the positions of all targets, in the order of path and position.
class PositionFile {
 public:
  PositionFile(Lake& lake, std::string location)
      : location_(std::move(location)), connection_(lake.instance.impl().database) {}

  Result<DataFile> write(const std::vector<const Target*>& targets) {
    auto written = guard([&]() -> Result<DataFile> {
      dk::Connection& connection = connection_;
      connection.BeginTransaction();
      return write_in_transaction(*connection.context, targets);
    });
    return with_context(std::move(written), fmt::format("writing delete file `{}`", location_));
  }

 private:
  Result<DataFile> write_in_transaction(dk::ClientContext& context,
                                        const std::vector<const Target*>& targets) {
    auto& entry = dk::Catalog::GetEntry<dk::CopyFunctionCatalogEntry>(context, SYSTEM_CATALOG,
                                                                      DEFAULT_SCHEMA, "parquet");
    dk::CopyFunction& function = entry.function;
    dk::CopyInfo info;
    info.is_from = false;
    info.format = "parquet";
    info.options["compression"] = {dk::Value("zstd")};
    dk::child_list_t<dk::Value> ids;
    ids.emplace_back("file_path", dk::Value::INTEGER(iceberg::kDeleteFilePathId));
    ids.emplace_back("pos", dk::Value::INTEGER(iceberg::kDeleteFilePosId));
    info.options["field_ids"] = {dk::Value::STRUCT(std::move(ids))};
    const dk::vector<dk::string> names{"file_path", "pos"};
    const dk::vector<dk::LogicalType> types{dk::LogicalType::VARCHAR, dk::LogicalType::BIGINT};
    dk::CopyFunctionBindInput input(info);
    auto bind_data = function.copy_to_bind(context, input, names, types);
    const std::string native = storage::normalize_location(location_);
    if (storage::location_scheme(location_).empty()) {
      auto& files = dk::FileSystem::GetFileSystem(context);
      files.CreateDirectoriesRecursive(native.substr(0, native.rfind('/')));
    }
    auto state = function.copy_to_initialize_global(context, *bind_data, native);
    dk::CopyFunctionFileStatistics statistics;
    function.copy_to_get_written_statistics(context, *bind_data, *state, statistics);
    for (const Target* target : targets) {
      auto rows = collect(context, types, *target);
      auto prepared = function.prepare_batch(context, *bind_data, *state, std::move(rows));
      function.flush_batch(context, *bind_data, *state, *prepared);
    }
    function.copy_to_finalize(context, *bind_data, *state);
    DataFile file = delete_entry(*targets.front());
    file.path = location_;
    file.record_count = static_cast<std::int64_t>(statistics.row_count);
    file.file_size = static_cast<std::int64_t>(statistics.file_size_bytes);
    if (targets.size() == 1) file.referenced_data_file = targets.front()->file.data->file.path;
    const iceberg::MetricsMode full{iceberg::MetricsKind::Full, 0};
    iceberg::set_bounds(file, iceberg::kDeleteFilePathId,
                        iceberg::string_value(targets.front()->file.data->file.path),
                        iceberg::string_value(targets.back()->file.data->file.path), full);
    return file;
  }

  static dk::unique_ptr<dk::ColumnDataCollection> collect(dk::ClientContext& context,
                                                          const dk::vector<dk::LogicalType>& types,
                                                          const Target& target) {
    auto rows = dk::make_uniq<dk::ColumnDataCollection>(context, types);
    dk::DataChunk chunk;
    chunk.Initialize(dk::Allocator::Get(context), types);
    const auto positions = target.deleted->positions();
    for (std::size_t at = 0; at < positions.size(); at += STANDARD_VECTOR_SIZE) {
      const std::size_t count = std::min<std::size_t>(STANDARD_VECTOR_SIZE, positions.size() - at);
      chunk.Reset();
      chunk.data[0].Reference(dk::Value(target.file.data->file.path));
      auto* out = dk::FlatVector::GetData<std::int64_t>(chunk.data[1]);
      for (std::size_t i = 0; i < count; ++i) out[i] = static_cast<std::int64_t>(positions[at + i]);
      chunk.SetCardinality(count);
      rows->Append(chunk);
    }
    return rows;
  }

  std::string location_;
  dk::Connection connection_;
};

Result<void> write_positions(Lake& lake, const std::vector<Target>& targets,
                             const std::string& prefix, RowDeletes& write,
                             std::vector<std::string>& created) {
  // One file per partition, which must not mix specs.
  std::map<std::string, std::vector<const Target*>> groups;
  for (const Target& target : targets) {
    const DataFile& data = target.file.data->file;
    std::string key = std::to_string(data.spec_id);
    for (const iceberg::Value& value : data.partition.values) {
      key += '\n' + (value.is_null() ? std::string("n") : 'v' + iceberg::to_bytes(value));
    }
    groups[key].push_back(&target);
  }
  int number = 0;
  for (const auto& [key, group] : groups) {
    const std::string location = fmt::format("{}{:05}-deletes.parquet", prefix, number++);
    created.push_back(location);
    PositionFile file(lake, location);
    write.added_deletes.push_back(TRY(file.write(group)));
  }
  return {};
}

void remove_whole(const Target& target, RowDeletes& write) {
  write.removed_files.push_back(target.file.data);
  for (const iceberg::SharedEntry& old : target.file.deletes) {
    if (old->file.is_deletion_vector()) write.removed_deletes.push_back(old);
  }
}

// Reading around deleted rows costs each reader, writing the rest anew costs once.
bool wants_rewrite(const iceberg::TableMetadata& metadata, std::uint64_t gone, std::int64_t rows) {
  if (metadata.format_version >= 3) return false;
  const auto mode = metadata.properties.find(std::string(iceberg::property::kDeleteMode.name));
  if (mode != metadata.properties.end()) return mode->second == "copy-on-write";
  return static_cast<double>(gone) >= kRewriteShare * static_cast<double>(rows);
}

Result<std::vector<DataFile>> rewrite_targets(Lake& lake, const iceberg::LoadedTable& table,
                                              const std::vector<Target>& targets,
                                              const std::string& write_id) {
  std::vector<iceberg::ScanFile> files;
  PendingChanges pending;
  for (const Target& target : targets) {
    files.push_back(target.file);
    pending.deleted.emplace(storage::normalize_location(target.file.data->file.path),
                            target.deleted->clone());
  }
  return rewrite_files(lake, table, std::move(files), std::move(pending), write_id + "-rewritten");
}

}  // namespace

Result<RowDeletes> prepare_row_deletes(
    Lake& lake, const iceberg::LoadedTable& table,
    const std::unordered_map<std::string, DeletionVector>& deleted,
    const std::vector<iceberg::SharedEntry>& added, const std::string& write_id,
    std::vector<std::string>& created) {
  RowDeletes write;
  const auto targets = TRY(find_targets(lake, table, deleted, added));
  std::vector<Target> partial;
  std::vector<Target> rewritten;
  for (const Target& target : targets) {
    const DataFile& data = target.file.data->file;
    const std::uint64_t gone = all_deleted(target).cardinality();
    const bool is_own = is_own_file(target, added);
    if (gone >= static_cast<std::uint64_t>(data.record_count)) {
      if (!is_own) remove_whole(target, write);
    } else if (!is_own && wants_rewrite(*table.metadata, gone, data.record_count)) {
      remove_whole(target, write);
      rewritten.push_back(target);
    } else {
      partial.push_back(target);
      if (!is_own) write.referenced_files.push_back(data.path);
    }
  }
  if (!rewritten.empty()) {
    write.rewritten_files = TRY(rewrite_targets(lake, table, rewritten, write_id));
    for (const DataFile& file : write.rewritten_files) created.push_back(file.path);
  }
  if (partial.empty()) return write;
  const iceberg::TableMetadata& metadata = *table.metadata;
  std::string folder = iceberg::read_property(metadata.properties, iceberg::property::kDataPath);
  if (folder.empty()) folder = storage::join_location(metadata.location, "data");
  const std::string prefix = storage::join_location(folder, write_id + '-');
  if (metadata.format_version >= 3) {
    TRY(write_vectors(lake, partial, prefix + "deletes.puffin", write, created));
  } else {
    TRY(write_positions(lake, partial, prefix, write, created));
  }
  return write;
}

}  // namespace tarn::duckdb
