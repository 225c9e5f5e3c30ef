// SPDX-License-Identifier: Apache-2.0
#include "engine/metadata_files.h"

#include <algorithm>
#include <boost/json.hpp>
#include <cmath>
#include <map>
#include <set>

#include "base/json.h"
#include "base/text.h"
#include "engine/lake_type.h"
#include "iceberg/manifest_io.h"
#include "types/value_text.h"

namespace tarn::engine {

namespace {

namespace json = boost::json;

using iceberg::DataFile;
using types::Type;
using types::TypeKind;
using types::Value;

// Partition values of all specs as one row.
class PartitionRows {
 public:
  static Result<PartitionRows> make(const iceberg::TableMetadata& metadata) {
    PartitionRows rows;
    rows.metadata_ = &metadata;
    const iceberg::Type unified =
        iceberg::unified_partition_type(metadata.specs, metadata.schema());
    for (const iceberg::Field& field : unified.fields) {
      // Fields that only ever were void have no values.
      rows.fields_.push_back({field.id, field.type});
    }
    rows.type_ = TRY(partition_row_type(unified));
    return rows;
  }

  bool empty() const { return fields_.empty(); }
  const Type& type() const { return type_; }

  Value row(const DataFile& file) const {
    const auto* spec = metadata_->find_spec(file.spec_id);
    std::vector<Value> out(fields_.size());
    if (spec == nullptr) return Value(std::move(out));
    const iceberg::Type spec_type = iceberg::partition_type(*metadata_, *spec);
    const std::size_t count = std::min(spec->fields.size(), file.partition.values.size());
    for (std::size_t i = 0; i < count; ++i) {
      for (std::size_t at = 0; at < fields_.size(); ++at) {
        if (fields_[at].id != spec->fields[i].field_id) continue;
        out[at] = convert(file.partition.values[i], spec_type.fields[i].type, fields_[at].type);
      }
    }
    return Value(std::move(out));
  }

 private:
  struct Column {
    int id;
    iceberg::Type type;
  };
  // A source column may have been widened since.
  static Value convert(const iceberg::Value& value, const iceberg::Type& from,
                       const iceberg::Type& to) {
    if (value.is_null()) return {};
    auto wide = iceberg::cast_value(value, to);
    return wide ? from_lake_value(*wide, to) : from_lake_value(value, from);
  }

  const iceberg::TableMetadata* metadata_ = nullptr;
  std::vector<Column> fields_;
  Type type_;
};

// ---- $files

Type counts_type() { return types::make_map(integer_type(), bigint_type()); }
Type bounds_type() { return types::make_map(integer_type(), varchar_type()); }

Value count_map(const iceberg::IdMap<std::int64_t>& counts) {
  std::vector<Value> out;
  for (const auto& [id, count] : counts) {
    out.emplace_back(id);
    out.emplace_back(count);
  }
  return Value(std::move(out));
}

std::optional<iceberg::Value> bound_of(const iceberg::SchemaIndex& index, int id,
                                       const std::string& bytes) {
  const auto* entry = index.find(id);
  if (entry == nullptr || !entry->field->type.is_primitive()) return std::nullopt;
  auto value = iceberg::value_from_bytes(bytes, entry->field->type);
  if (!value) return std::nullopt;
  return *std::move(value);
}

Value bound_map(const iceberg::IdMap<std::string>& bounds, const iceberg::SchemaIndex& index) {
  std::vector<Value> out;
  for (const auto& [id, bytes] : bounds) {
    auto value = bound_of(index, id, bytes);
    if (!value) continue;
    out.emplace_back(id);
    out.push_back(text_value(iceberg::to_human_string({}, *value)));
  }
  return Value(std::move(out));
}

template <typename T>
json::value count_json(const iceberg::IdMap<T>& counts, int id) {
  const T* count = counts.find(id);
  if (count == nullptr) return nullptr;
  return json::value(*count);
}

json::value bound_json(const iceberg::IdMap<std::string>& bounds, int id,
                       const iceberg::SchemaIndex& index) {
  const std::string* bytes = bounds.find(id);
  if (bytes == nullptr) return nullptr;
  auto value = bound_of(index, id, *bytes);
  if (!value) return nullptr;
  const iceberg::TypeKind kind = value->kind;
  if (kind == iceberg::TypeKind::Boolean) return value->as_bool();
  if (kind == iceberg::TypeKind::Int || kind == iceberg::TypeKind::Long) return value->as_int();
  if (kind == iceberg::TypeKind::Float && std::isfinite(value->as_float())) {
    return static_cast<double>(value->as_float());
  }
  if (kind == iceberg::TypeKind::Double && std::isfinite(value->as_double())) {
    return value->as_double();
  }
  return json::string(iceberg::to_human_string({}, *value));
}

// Names and figures of each primitive column.
std::string readable_metrics(const DataFile& file, const iceberg::SchemaIndex& index) {
  std::map<std::string, json::value> columns;
  for (int id : index.ids()) {
    const auto* entry = index.find(id);
    if (!entry->field->type.is_primitive()) continue;
    json::object figures;
    figures["column_size"] = count_json(file.column_sizes, id);
    figures["value_count"] = count_json(file.value_counts, id);
    figures["null_value_count"] = count_json(file.null_value_counts, id);
    figures["nan_value_count"] = count_json(file.nan_value_counts, id);
    figures["lower_bound"] = bound_json(file.lower_bounds, id, index);
    figures["upper_bound"] = bound_json(file.upper_bounds, id, index);
    columns[entry->name] = std::move(figures);
  }
  json::object all;
  for (auto& [name, figures] : columns) all[name] = std::move(figures);
  return write_json(all);
}

std::vector<AnswerColumn> file_columns(const PartitionRows& partitions) {
  std::vector<AnswerColumn> columns = {{"content", integer_type()},
                                       {"file_path", varchar_type()},
                                       {"file_format", varchar_type()},
                                       {"spec_id", integer_type()}};
  if (!partitions.empty()) columns.push_back({"partition", partitions.type()});
  const AnswerColumn rest[] = {{"record_count", bigint_type()},
                               {"file_size_in_bytes", bigint_type()},
                               {"column_sizes", counts_type()},
                               {"value_counts", counts_type()},
                               {"null_value_counts", counts_type()},
                               {"nan_value_counts", counts_type()},
                               {"lower_bounds", bounds_type()},
                               {"upper_bounds", bounds_type()},
                               {"key_metadata", types::make_type(TypeKind::Varbinary)},
                               {"split_offsets", types::make_array(bigint_type())},
                               {"equality_ids", types::make_array(integer_type())},
                               {"sort_order_id", integer_type()}};
  columns.insert(columns.end(), std::begin(rest), std::end(rest));
  return columns;
}

Row file_row(const DataFile& file, const PartitionRows& partitions,
             const iceberg::SchemaIndex& index) {
  std::vector<Value> offsets;
  for (std::int64_t offset : file.split_offsets) offsets.emplace_back(offset);
  std::vector<Value> equality;
  for (int id : file.equality_ids) equality.emplace_back(id);
  Row row = {Value(static_cast<int>(file.content)), text_value(file.path),
             text_value(std::string(iceberg::to_string(file.format))), Value(file.spec_id)};
  if (!partitions.empty()) row.push_back(partitions.row(file));
  row.push_back(Value(file.record_count));
  row.push_back(Value(file.file_size));
  row.push_back(count_map(file.column_sizes));
  row.push_back(count_map(file.value_counts));
  row.push_back(count_map(file.null_value_counts));
  row.push_back(count_map(file.nan_value_counts));
  row.push_back(bound_map(file.lower_bounds, index));
  row.push_back(bound_map(file.upper_bounds, index));
  row.push_back(optional_text(file.key_metadata));
  row.push_back(file.split_offsets.empty() ? Value() : Value(std::move(offsets)));
  row.push_back(file.equality_ids.empty() ? Value() : Value(std::move(equality)));
  row.push_back(file.sort_order_id ? Value(*file.sort_order_id) : Value());
  return row;
}

using EntryVisit = std::function<Result<void>(const iceberg::ManifestEntry&)>;

Result<void> for_each_entry(const MetadataSource& source, const iceberg::Snapshot& snapshot,
                            bool live_only, const EntryVisit& visit) {
  for (const auto& manifest : TRY(iceberg::read_manifests(*source.store, snapshot))) {
    const auto entries =
        TRY(iceberg::read_manifest(*source.store, manifest, *source.table.metadata, {live_only}));
    for (const auto& entry : entries) TRY(visit(entry));
  }
  return {};
}

// ---- $partitions

// What the data files of one partition say together of one column.
struct ColumnSummary {
  std::optional<iceberg::Value> low;
  std::optional<iceberg::Value> high;
  bool bounds_known = true;
  std::int64_t nulls = 0;
  bool nulls_known = true;
  std::int64_t nans = 0;
  bool nans_known = true;
};

struct PartitionSummaryRow {
  Value partition;
  std::int64_t records = 0;
  std::int64_t files = 0;
  std::int64_t bytes = 0;
  std::vector<ColumnSummary> columns;
};

// The columns that `data` tells of: primitive ones that are not the partition themselves.
std::vector<const iceberg::Field*> data_columns(const iceberg::TableMetadata& metadata) {
  std::set<int> identity;
  for (const auto& field : metadata.spec().fields) {
    if (field.transform.kind == iceberg::TransformKind::Identity) identity.insert(field.source_id);
  }
  std::vector<const iceberg::Field*> out;
  for (const auto& field : metadata.schema().fields) {
    if (field.type.is_primitive() && !identity.contains(field.id) && from_lake_type(field.type)) {
      out.push_back(&field);
    }
  }
  return out;
}

void add_bounds(ColumnSummary& summary, const DataFile& file, const iceberg::Field& field,
                const iceberg::SchemaIndex& index) {
  const std::string* low = file.lower_bounds.find(field.id);
  const std::string* high = file.upper_bounds.find(field.id);
  auto low_value = low != nullptr ? bound_of(index, field.id, *low) : std::nullopt;
  auto high_value = high != nullptr ? bound_of(index, field.id, *high) : std::nullopt;
  if (!low_value || !high_value) {
    const std::int64_t* nulls = file.null_value_counts.find(field.id);
    // A file with nothing but nulls has no bounds and changes none.
    if (nulls == nullptr || *nulls != file.record_count) summary.bounds_known = false;
    return;
  }
  if (!summary.low || iceberg::compare(*low_value, *summary.low) < 0) summary.low = low_value;
  if (!summary.high || iceberg::compare(*high_value, *summary.high) > 0) summary.high = high_value;
}

void add_file(PartitionSummaryRow& row, const DataFile& file,
              const std::vector<const iceberg::Field*>& columns,
              const iceberg::SchemaIndex& index) {
  row.records += file.record_count;
  row.bytes += file.file_size;
  ++row.files;
  row.columns.resize(columns.size());
  for (std::size_t i = 0; i < columns.size(); ++i) {
    ColumnSummary& summary = row.columns[i];
    add_bounds(summary, file, *columns[i], index);
    const std::int64_t* nulls = file.null_value_counts.find(columns[i]->id);
    summary.nulls_known = summary.nulls_known && nulls != nullptr;
    if (nulls != nullptr) summary.nulls += *nulls;
    const std::int64_t* nans = file.nan_value_counts.find(columns[i]->id);
    summary.nans_known = summary.nans_known && nans != nullptr;
    if (nans != nullptr) summary.nans += *nans;
  }
}

Value summary_value(const ColumnSummary& summary, const iceberg::Type& type) {
  const bool known = summary.bounds_known && summary.low && summary.high;
  return Value(std::vector<Value>{known ? from_lake_value(*summary.low, type) : Value(),
                                  known ? from_lake_value(*summary.high, type) : Value(),
                                  summary.nulls_known ? Value(summary.nulls) : Value(),
                                  summary.nans_known ? Value(summary.nans) : Value()});
}

Result<std::vector<Row>> partition_rows(const MetadataSource& source,
                                        const PartitionRows& partitions) {
  const iceberg::TableMetadata& metadata = *source.table.metadata;
  const auto columns = data_columns(metadata);
  const iceberg::SchemaIndex index(metadata.schema());
  std::vector<PartitionSummaryRow> found;
  std::map<std::string, std::size_t> by_key;
  if (source.snapshot != nullptr) {
    TRY(for_each_entry(
        source, *source.snapshot, true, [&](const iceberg::ManifestEntry& entry) -> Result<void> {
          if (entry.file.content != iceberg::FileContent::Data) return {};
          Value partition = partitions.row(entry.file);
          std::string key = types::to_sql_literal(partitions.type(), partition).value_or("");
          if (key.empty()) {
            const auto* spec = metadata.find_spec(entry.file.spec_id);
            key = fmt::format(
                "{} {}", entry.file.spec_id,
                spec != nullptr ? iceberg::partition_path(*spec, entry.file.partition) : "");
          }
          auto [at, is_new] = by_key.emplace(key, found.size());
          if (is_new) {
            found.emplace_back();
            found.back().partition = std::move(partition);
          }
          add_file(found[at->second], entry.file, columns, index);
          return {};
        }));
  }
  std::vector<Row> rows;
  for (PartitionSummaryRow& item : found) {
    Row row;
    if (!partitions.empty()) row.push_back(std::move(item.partition));
    row.push_back(Value(item.records));
    row.push_back(Value(item.files));
    row.push_back(Value(item.bytes));
    if (!columns.empty()) {
      std::vector<Value> data;
      for (std::size_t i = 0; i < columns.size(); ++i) {
        data.push_back(summary_value(item.columns[i], columns[i]->type));
      }
      row.push_back(Value(std::move(data)));
    }
    rows.push_back(std::move(row));
  }
  return rows;
}

// ---- $entries

Type row_type_of(const std::vector<AnswerColumn>& columns) {
  std::vector<types::TypeField> fields;
  for (const auto& column : columns) fields.push_back({column.name, column.type});
  return types::make_row(std::move(fields));
}

template <typename T>
Value optional_count(const std::optional<T>& number) {
  return number ? Value(static_cast<std::int64_t>(*number)) : Value();
}

Row entry_row(const iceberg::ManifestEntry& entry, const PartitionRows& partitions,
              const iceberg::SchemaIndex& index) {
  return {Value(static_cast<int>(entry.status)),
          entry.snapshot_id ? Value(entry.snapshot_id->value) : Value(),
          optional_count(entry.sequence_number),
          optional_count(entry.file_sequence_number),
          Value(file_row(entry.file, partitions, index)),
          text_value(readable_metrics(entry.file, index))};
}

}  // namespace

Result<ComputedTable> make_files_table(MetadataSource source) {
  auto partitions =
      std::make_shared<PartitionRows>(TRY(PartitionRows::make(*source.table.metadata)));
  ComputedTable table;
  table.columns = file_columns(*partitions);
  table.columns.push_back({"readable_metrics", types::make_type(TypeKind::Json)});
  table.rows = [source = std::move(source),
                partitions](const ColumnBounds&) -> Result<std::vector<Row>> {
    std::vector<Row> rows;
    if (source.snapshot == nullptr) return rows;
    const iceberg::SchemaIndex index(source.table.metadata->schema());
    TRY(for_each_entry(source, *source.snapshot, true,
                       [&](const iceberg::ManifestEntry& entry) -> Result<void> {
                         Row row = file_row(entry.file, *partitions, index);
                         row.push_back(text_value(readable_metrics(entry.file, index)));
                         rows.push_back(std::move(row));
                         return {};
                       }));
    return rows;
  };
  return table;
}

Result<ComputedTable> make_partitions_table(MetadataSource source) {
  const iceberg::TableMetadata& metadata = *source.table.metadata;
  auto partitions = std::make_shared<PartitionRows>(TRY(PartitionRows::make(metadata)));
  ComputedTable table;
  if (!partitions->empty()) table.columns.push_back({"partition", partitions->type()});
  table.columns.push_back({"record_count", bigint_type()});
  table.columns.push_back({"file_count", bigint_type()});
  table.columns.push_back({"total_size", bigint_type()});
  std::vector<types::TypeField> data;
  for (const iceberg::Field* field : data_columns(metadata)) {
    const Type type = TRY(from_lake_type(field->type));
    data.push_back({field->name, types::make_row({{"min", type},
                                                  {"max", type},
                                                  {"null_count", bigint_type()},
                                                  {"nan_count", bigint_type()}})});
  }
  if (!data.empty()) table.columns.push_back({"data", types::make_row(std::move(data))});
  table.rows = [source = std::move(source), partitions](const ColumnBounds&) {
    return partition_rows(source, *partitions);
  };
  return table;
}

Result<ComputedTable> make_entries_table(MetadataSource source, bool all) {
  auto partitions =
      std::make_shared<PartitionRows>(TRY(PartitionRows::make(*source.table.metadata)));
  ComputedTable table;
  table.columns = {{"status", integer_type()},
                   {"snapshot_id", bigint_type()},
                   {"sequence_number", bigint_type()},
                   {"file_sequence_number", bigint_type()},
                   {"data_file", row_type_of(file_columns(*partitions))},
                   {"readable_metrics", types::make_type(TypeKind::Json)}};
  table.rows = [source = std::move(source), partitions,
                all](const ColumnBounds&) -> Result<std::vector<Row>> {
    std::vector<Row> rows;
    const iceberg::SchemaIndex index(source.table.metadata->schema());
    const auto visit = [&](const iceberg::ManifestEntry& entry) -> Result<void> {
      rows.push_back(entry_row(entry, *partitions, index));
      return {};
    };
    if (!all) {
      if (source.snapshot != nullptr) TRY(for_each_entry(source, *source.snapshot, false, visit));
      return rows;
    }
    std::set<std::string> seen;
    for (const auto& snapshot : source.table.metadata->snapshots) {
      for (const auto& manifest : TRY(iceberg::read_manifests(*source.store, snapshot))) {
        if (!seen.insert(manifest.path).second) continue;
        const auto entries =
            TRY(iceberg::read_manifest(*source.store, manifest, *source.table.metadata, {false}));
        for (const auto& entry : entries) TRY(visit(entry));
      }
    }
    return rows;
  };
  return table;
}

}  // namespace tarn::engine
