// SPDX-License-Identifier: Apache-2.0
#include "lake_steps.h"

#include <fmt/core.h>

#include <algorithm>
#include <boost/json.hpp>

#include "base/json.h"
#include "base/text.h"
#include "iceberg/commit/transaction.h"
#include "iceberg/deletion_vector.h"
#include "iceberg/metrics.h"
#include "iceberg/puffin.h"
#include "iceberg/scan/plan.h"

namespace tarn::interop {
namespace {

namespace json = boost::json;
using namespace iceberg;

Result<const Field*> column_of(const Schema& schema, const std::string& name) {
  const Field* field = TRY(find_column(schema, name));
  if (field == nullptr) return not_found("column `{}`", name);
  return field;
}

CommitEnvironment environment_of(catalog::Lake& lake, ManifestCache& cache) {
  CommitEnvironment environment;
  environment.catalog = lake.catalog.get();
  environment.store = lake.store.get();
  environment.cache = &cache;
  environment.summary = {{"engine-name", "tarn"}};
  return environment;
}

Result<void> create(catalog::Lake& lake, const json::object& step) {
  TableCreation creation;
  creation.schema = TRY(schema_from_json(write_json(step.at("schema"))));
  for (const auto& item : *TRY(json_optional_array(step, "partition"))) {
    const auto& object = item.as_object();
    PartitionField field;
    field.source_id = TRY(column_of(creation.schema, TRY(json_text(object, "column"))))->id;
    field.transform = TRY(parse_transform(TRY(json_text(object, "transform"))));
    field.name = TRY(json_text(object, "name"));
    creation.spec.fields.push_back(std::move(field));
  }
  if (auto sort = TRY(json_optional_text(step, "sort"))) {
    creation.sort_order.order_id = 1;
    creation.sort_order.fields.push_back({.source_id = TRY(column_of(creation.schema, *sort))->id});
  }
  if (const auto* properties = TRY(json_optional_object(step, "properties"))) {
    for (const auto& [name, value] : *properties) {
      creation.properties[std::string(name)] = std::string(value.as_string());
    }
  }
  TRY(lake.catalog->create_table(identifier_of(TRY(json_text(step, "table"))), creation));
  return {};
}

Result<void> set_metrics(DataFile& file, const json::object& object, const Schema& schema) {
  for (const auto& [name, value] : object) {
    const Field* field = TRY(column_of(schema, std::string(name)));
    const auto& metrics = value.as_object();
    file.value_counts.set(field->id, file.record_count);
    file.null_value_counts.set(field->id, TRY(json_int(metrics, "nulls")));
    if (auto nans = TRY(json_optional_int(metrics, "nans"))) {
      file.nan_value_counts.set(field->id, *nans);
    }
    if (!metrics.contains("lower") || metrics.at("lower").is_null()) continue;
    set_bounds(file, field->id, TRY(value_from_json(metrics.at("lower"), field->type)),
               TRY(value_from_json(metrics.at("upper"), field->type)), MetricsMode{});
  }
  return {};
}

Result<DataFile> file_from_json(const json::object& object, const TableMetadata& metadata) {
  DataFile file;
  file.path = TRY(json_text(object, "path"));
  file.record_count = TRY(json_int(object, "rows"));
  file.file_size = TRY(json_int(object, "size"));
  file.spec_id = metadata.default_spec_id;
  Type partition = partition_type(metadata, metadata.spec());
  const auto& values = *TRY(json_array(object, "partition"));
  for (std::size_t i = 0; i < partition.fields.size(); ++i) {
    if (values.at(i).is_null()) {
      file.partition.values.emplace_back();
    } else {
      file.partition.values.push_back(TRY(value_from_json(values.at(i), partition.fields[i].type)));
    }
  }
  TRY(set_metrics(file, *TRY(json_object(object, "metrics")), metadata.schema()));
  return file;
}

Result<std::vector<DataFile>> files_from_json(const json::object& step,
                                              const TableMetadata& metadata) {
  std::vector<DataFile> files;
  for (const auto& item : *TRY(json_array(step, "files"))) {
    files.push_back(TRY(file_from_json(item.as_object(), metadata)));
  }
  return files;
}

// Entries of the current snapshot by path.
Result<ScanFile> scanned_file(catalog::Lake& lake, ManifestCache& cache, const LoadedTable& table,
                              const std::string& path) {
  auto plan = TRY(plan_scan(*lake.store, cache, *table.metadata, table.metadata->current_snapshot(),
                            table.metadata->schema(), {}));
  for (auto& file : plan.files) {
    if (file.data->file.path == path) return std::move(file);
  }
  return not_found("file `{}`", path);
}

Result<void> overwrite(catalog::Lake& lake, ManifestCache& cache, const LoadedTable& table,
                       const json::object& step, Transaction& transaction) {
  std::vector<SharedEntry> removed;
  for (const auto& path : *TRY(json_array(step, "remove"))) {
    removed.push_back(TRY(scanned_file(lake, cache, table, std::string(path.as_string()))).data);
  }
  transaction.table(table).change(overwrite_files(
      std::move(removed), TRY(files_from_json(step, *table.metadata)), Validation{}));
  return {};
}

// A deletion vector in a Puffin file of its own; an older one of the file is replaced.
Result<void> delete_rows(catalog::Lake& lake, ManifestCache& cache, const LoadedTable& table,
                         const json::object& step, Transaction& transaction) {
  std::string path = TRY(json_text(step, "path"));
  ScanFile target = TRY(scanned_file(lake, cache, table, path));
  DeletionVector vector;
  SnapshotChange change{.kind = ChangeKind::RowDelta};
  for (const auto& old : target.deletes) {
    std::string bytes = TRY(lake.store->read_range(
        old->file.path, static_cast<std::uint64_t>(old->file.content_offset.value()),
        static_cast<std::size_t>(old->file.content_size.value())));
    vector.add_all(TRY(DeletionVector::from_blob(bytes)));
    change.removed_deletes.push_back(old);
  }
  for (const auto& position : *TRY(json_array(step, "positions"))) {
    vector.add(static_cast<std::uint64_t>(position.as_int64()));
  }
  PuffinWriter writer;
  PuffinBlob blob{.type = std::string(kDeletionVectorBlob), .fields = {kPosColumnId}};
  blob.properties = {{"referenced-data-file", path},
                     {"cardinality", std::to_string(vector.cardinality())}};
  blob = writer.add(std::move(blob), vector.to_blob());
  std::string file = writer.finish();
  std::string location =
      fmt::format("{}/data/{:x}.puffin", table.metadata->location, system_random().next());
  TRY(lake.store->write(location, file, storage::WriteMode::CreateExclusive));

  DataFile deletes{.content = FileContent::PositionDeletes, .path = location};
  deletes.format = FileFormat::Puffin;
  deletes.spec_id = target.data->file.spec_id;
  deletes.partition = target.data->file.partition;
  deletes.record_count = static_cast<std::int64_t>(vector.cardinality());
  deletes.file_size = static_cast<std::int64_t>(file.size());
  deletes.referenced_data_file = path;
  deletes.content_offset = blob.offset;
  deletes.content_size = blob.length;
  change.added_deletes.push_back(std::move(deletes));
  change.validation.referenced_files = {path};
  transaction.table(table).change(std::move(change));
  return {};
}

Result<void> evolve_step(TableTransaction& table, const json::array& words) {
  auto word = [&](std::size_t i) { return std::string(words.at(i).as_string()); };
  std::string verb = word(0);
  if (verb == "property") {
    table.set_properties({{word(1), word(2)}});
  } else if (verb == "tag" || verb == "branch") {
    SnapshotRef ref{.snapshot_id = table.base().metadata->current_snapshot_id.value()};
    ref.kind = verb == "tag" ? RefKind::Tag : RefKind::Branch;
    table.set_ref(word(1), ref);
  } else if (verb == "upgrade") {
    table.upgrade_format_version(3);
  } else if (verb == "remove_partition") {
    table.update_partition(
        [name = word(1)](UpdatePartition& update) { return update.remove_field(name); });
  } else if (verb == "add_partition") {
    int source = TRY(column_of(table.base().metadata->schema(), word(1)))->id;
    Transform transform = TRY(parse_transform(word(2)));
    table.update_partition([=, name = word(3)](UpdatePartition& update) {
      return update.add_field(source, transform, name);
    });
  } else {
    Type type = TypeKind::Unknown;
    if (verb == "add" || verb == "widen") type = TRY(parse_primitive_type(word(2)));
    std::string other = words.size() > 2 ? word(2) : "";
    table.update_schema([=, name = word(1)](UpdateSchema& update) -> Result<void> {
      if (verb == "add") TRY(update.add_column({}, optional_field(0, name, type)));
      if (verb == "drop") TRY(update.drop_column({name}));
      if (verb == "rename") TRY(update.rename_column({name}, other));
      if (verb == "widen") TRY(update.widen_column({name}, type));
      if (verb == "first") TRY(update.move_first({name}));
      if (verb == "doc") TRY(update.set_doc({name}, other));
      return {};
    });
  }
  return {};
}

}  // namespace

TableIdentifier identifier_of(std::string_view name) {
  TableIdentifier table;
  for (auto part : split(name, '.')) table.space.levels.emplace_back(part);
  table.name = table.space.levels.back();
  table.space.levels.pop_back();
  return table;
}

Result<void> run_step(catalog::Lake& lake, ManifestCache& cache, std::string_view text) {
  json::value value = TRY(parse_json(text));
  const json::object& step = value.as_object();
  std::string verb = TRY(json_text(step, "do"));
  if (verb == "schema") {
    return lake.catalog->create_namespace({{TRY(json_text(step, "name"))}}, {});
  }
  if (verb == "create") return create(lake, step);
  LoadedTable table = TRY(lake.catalog->load_table(identifier_of(TRY(json_text(step, "table")))));
  Transaction transaction(environment_of(lake, cache));
  if (verb == "append") {
    auto files = TRY(files_from_json(step, *table.metadata));
    bool fast = TRY(json_optional_bool(step, "fast")).value_or(false);
    transaction.table(table).change(fast ? fast_append_files(std::move(files))
                                         : append_files(std::move(files)));
  } else if (verb == "overwrite") {
    TRY(overwrite(lake, cache, table, step, transaction));
  } else if (verb == "delete_rows") {
    TRY(delete_rows(lake, cache, table, step, transaction));
  } else if (verb == "evolve") {
    auto& changes = transaction.table(table);
    for (const auto& words : *TRY(json_array(step, "steps"))) {
      TRY(evolve_step(changes, words.as_array()));
    }
  } else {
    return invalid_input("unknown step `{}`", verb);
  }
  TRY(transaction.commit());
  return {};
}

}  // namespace tarn::interop
