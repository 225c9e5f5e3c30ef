// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "base/text.h"
#include "duckdb/lake_state.h"
#include "duckdb/lake_type.h"
#include "duckdb/native.h"
#include "iceberg/schema.h"
#include "iceberg/table_properties.h"

namespace tarn::duckdb {
namespace {

// About 8 bytes each.
constexpr std::uint64_t kPositionsKept = 16'000'000;

// Runs a query on a session of its own and gives its chunks to `visit`.
Result<void> visit_chunks(Instance& instance, const std::string& sql,
                          const std::function<Result<void>(dk::DataChunk&)>& visit) {
  return guard([&]() -> Result<void> {
    dk::Connection connection(instance.impl().database);
    auto result = connection.SendQuery(sql);
    if (result->HasError()) return to_error(result->GetErrorObject());
    while (auto chunk = result->Fetch()) {
      chunk->Flatten();
      TRY(visit(*chunk));
    }
    if (result->HasError()) return to_error(result->GetErrorObject());
    return {};
  });
}

Result<std::uint64_t> checked_position(std::int64_t position, const std::string& file) {
  if (position < 0 || static_cast<std::uint64_t>(position) >= iceberg::kRowPositionMax) {
    return corrupt("delete file `{}` holds the position {}", file, position);
  }
  return static_cast<std::uint64_t>(position);
}

Result<void> check_parquet(const iceberg::DataFile& file) {
  if (file.format == iceberg::FileFormat::Parquet) return {};
  return unsupported("`{}` is {}: only Parquet can be read", file.path,
                     iceberg::to_string(file.format));
}

// A column of the newest schema that knows it: equality deletes outlive their columns.
const iceberg::Field* find_in_any_schema(const iceberg::TableMetadata& metadata, int field_id) {
  if (const auto* field = iceberg::find_field(metadata.schema(), field_id)) return field;
  for (auto schema = metadata.schemas.rbegin(); schema != metadata.schemas.rend(); ++schema) {
    if (const auto* field = iceberg::find_field(*schema, field_id)) return field;
  }
  return nullptr;
}

// The option `schema` of read_parquet: columns by field id, named k0, k1, …
Result<std::string> schema_option(const std::vector<const iceberg::Field*>& fields) {
  std::string text;
  for (std::size_t i = 0; i < fields.size(); ++i) {
    const iceberg::Field& field = *fields[i];
    const dk::LogicalType native = TRY(to_native_type(field.type));
    const dk::Value fallback = to_native_value(field.initial_default, field.type);
    text += fmt::format("{}{}: {{'name': 'k{}', 'type': {}, 'default_value': {}}}",
                        i == 0 ? "" : ", ", field.id, i, quote(native.ToString(), '\''),
                        fallback.IsNull() ? "NULL::VARCHAR" : quote(fallback.ToString(), '\''));
  }
  return fmt::format("MAP {{{}}}", text);
}

}  // namespace

std::string quote_file(const std::string& path) {
  std::string escaped;
  for (char c : path) {
    if (c == '*' || c == '?' || c == '[') {
      escaped += fmt::format("[{}]", c);
    } else {
      escaped += c;
    }
  }
  return quote(escaped, '\'');
}

SharedVector DeleteLoader::find(const std::string& key) {
  std::lock_guard lock(mutex_);
  auto found = vectors_.find(key);
  return found == vectors_.end() ? nullptr : found->second;
}

void DeleteLoader::keep(const std::string& key, SharedVector vector) {
  std::lock_guard lock(mutex_);
  if (positions_ > kPositionsKept) {
    vectors_.clear();
    position_files_.clear();
    positions_ = 0;
  }
  positions_ += vector->cardinality();
  vectors_[key] = std::move(vector);
}

Result<SharedVector> DeleteLoader::load(const iceberg::ScanFile& file,
                                        const iceberg::TableMetadata& metadata) {
  if (file.deletes.empty()) return SharedVector();
  const iceberg::DataFile& data = file.data->file;
  std::string key = data.path;
  for (const auto& entry : file.deletes) {
    key += fmt::format("\n{}@{}", entry->file.path, entry->file.content_offset.value_or(0));
  }
  if (auto found = find(key)) return found;

  iceberg::DeletionVector deleted;
  const std::string normal_path = storage::normalize_location(data.path);
  std::map<std::vector<int>, std::vector<const iceberg::DataFile*>> equalities;
  for (const auto& entry : file.deletes) {
    const iceberg::DataFile& deletes = entry->file;
    if (deletes.is_deletion_vector()) {
      deleted.add_all(TRY(read_vector(deletes)));
    } else if (deletes.content == iceberg::FileContent::PositionDeletes) {
      const auto positions = TRY(read_position_deletes(deletes));
      auto found = positions->find(normal_path);
      if (found != positions->end()) deleted.add_all(found->second);
    } else {
      auto ids = deletes.equality_ids;
      std::sort(ids.begin(), ids.end());
      equalities[ids].push_back(&deletes);
    }
  }
  for (const auto& [ids, deletes] : equalities) {
    TRY(add_equality_deletes(data, deletes, metadata, deleted));
  }
  auto vector = std::make_shared<const iceberg::DeletionVector>(std::move(deleted));
  keep(key, vector);
  return vector;
}

Result<std::shared_ptr<const DeleteLoader::PositionsByFile>> DeleteLoader::read_position_deletes(
    const iceberg::DataFile& deletes) {
  {
    std::lock_guard lock(mutex_);
    auto found = position_files_.find(deletes.path);
    if (found != position_files_.end()) return found->second;
  }
  TRY(check_parquet(deletes));
  auto positions = std::make_shared<PositionsByFile>();
  const std::string sql = fmt::format(
      "SELECT file_path::VARCHAR, pos::BIGINT FROM read_parquet({}, "
      "hive_partitioning = false)",
      quote_file(storage::normalize_location(deletes.path)));
  std::string last_path;
  iceberg::DeletionVector* last = nullptr;
  auto read = visit_chunks(instance_, sql, [&](dk::DataChunk& chunk) -> Result<void> {
    auto* paths = dk::FlatVector::GetData<dk::string_t>(chunk.data[0]);
    auto* rows = dk::FlatVector::GetData<std::int64_t>(chunk.data[1]);
    for (dk::idx_t i = 0; i < chunk.size(); ++i) {
      if (dk::FlatVector::IsNull(chunk.data[0], i) || dk::FlatVector::IsNull(chunk.data[1], i)) {
        return corrupt("delete file `{}` holds a null", deletes.path);
      }
      const std::string_view path(paths[i].GetData(), paths[i].GetSize());
      if (last == nullptr || path != last_path) {
        last_path = path;
        last = &(*positions)[storage::normalize_location(path)];
      }
      last->add(TRY(checked_position(rows[i], deletes.path)));
    }
    return {};
  });
  TRY(with_context(std::move(read), fmt::format("reading delete file `{}`", deletes.path)));
  std::lock_guard lock(mutex_);
  positions_ += static_cast<std::uint64_t>(std::max<std::int64_t>(deletes.record_count, 0));
  position_files_[deletes.path] = positions;
  return std::shared_ptr<const PositionsByFile>(std::move(positions));
}

Result<iceberg::DeletionVector> DeleteLoader::read_vector(const iceberg::DataFile& deletes) {
  if (!deletes.content_offset || !deletes.content_size || *deletes.content_offset < 0 ||
      *deletes.content_size < 0) {
    return corrupt("the deletion vector in `{}` has no place", deletes.path);
  }
  const auto blob =
      TRY(store_.read_range(deletes.path, static_cast<std::uint64_t>(*deletes.content_offset),
                            static_cast<std::size_t>(*deletes.content_size)));
  auto vector = TRY(with_context(iceberg::DeletionVector::from_blob(blob),
                                 fmt::format("reading `{}`", deletes.path)));
  if (vector.cardinality() != static_cast<std::uint64_t>(deletes.record_count)) {
    return corrupt("the deletion vector in `{}` has {} positions instead of {}", deletes.path,
                   vector.cardinality(), deletes.record_count);
  }
  return vector;
}

Result<void> DeleteLoader::add_equality_deletes(
    const iceberg::DataFile& data, const std::vector<const iceberg::DataFile*>& deletes,
    const iceberg::TableMetadata& metadata, iceberg::DeletionVector& deleted) {
  TRY(check_parquet(data));
  if (metadata.properties.contains(std::string(iceberg::property::kNameMapping.name))) {
    return unsupported(
        "equality deletes on a table with a name mapping: compact it with the "
        "engine that wrote them");
  }
  std::vector<const iceberg::Field*> fields;
  for (int id : deletes.front()->equality_ids) {
    const iceberg::Field* field = find_in_any_schema(metadata, id);
    if (field == nullptr || !field->type.is_primitive()) {
      return corrupt("`{}` deletes by the unknown column {}", deletes.front()->path, id);
    }
    fields.push_back(field);
  }
  if (fields.empty()) return corrupt("`{}` deletes by no column", deletes.front()->path);
  const std::string schema = TRY(schema_option(fields));
  std::string files;
  for (const iceberg::DataFile* file : deletes) {
    TRY(check_parquet(*file));
    if (!files.empty()) files += ", ";
    files += quote_file(storage::normalize_location(file->path));
  }
  std::string condition;
  for (std::size_t i = 0; i < fields.size(); ++i) {
    condition += fmt::format("{}d.k{} IS NOT DISTINCT FROM e.k{}", i == 0 ? "" : " AND ", i, i);
  }
  const std::string sql = fmt::format(
      "SELECT d.file_row_number::BIGINT FROM read_parquet({}, schema = {}, file_row_number = true, "
      "hive_partitioning = false) d SEMI JOIN read_parquet([{}], schema = {}, "
      "hive_partitioning = false) e ON {}",
      quote_file(storage::normalize_location(data.path)), schema, files, schema, condition);
  return with_context(visit_chunks(instance_, sql,
                                   [&](dk::DataChunk& chunk) -> Result<void> {
                                     auto* rows =
                                         dk::FlatVector::GetData<std::int64_t>(chunk.data[0]);
                                     for (dk::idx_t i = 0; i < chunk.size(); ++i) {
                                       deleted.add(TRY(checked_position(rows[i], data.path)));
                                     }
                                     return {};
                                   }),
                      fmt::format("applying equality deletes to `{}`", data.path));
}

}  // namespace tarn::duckdb
