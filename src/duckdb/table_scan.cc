// SPDX-License-Identifier: Apache-2.0
#include "duckdb/table_scan.h"

#include <duckdb/catalog/catalog_entry/table_function_catalog_entry.hpp>
#include <duckdb/execution/operator/scan/physical_table_scan.hpp>
#include <duckdb/optimizer/filter_combiner.hpp>
#include <duckdb/parser/tableref/table_function_ref.hpp>
#include <duckdb/storage/statistics/node_statistics.hpp>

#include "base/check.h"
#include "base/text.h"
#include "duckdb/column_statistics.h"
#include "duckdb/counted_work.h"
#include "duckdb/filter.h"
#include "duckdb/lake_type.h"
#include "iceberg/metrics.h"
#include "iceberg/name_mapping.h"
#include "iceberg/table_properties.h"

namespace tarn::duckdb {
namespace {

using iceberg::Expression;
using iceberg::Field;

struct LakeScanInfo final : dk::TableFunctionInfo {
  std::shared_ptr<const TableState> state;
  dk::TableCatalogEntry* entry = nullptr;
};

struct PlannedFile {
  iceberg::ScanFile file;
  const iceberg::DeletionVector* pending_deletes = nullptr;  // owned by the state's pending changes
  dk::OpenFileInfo open_info;
};

dk::OpenFileInfo make_open_info(const iceberg::DataFile& file, bool has_deletes) {
  dk::OpenFileInfo info(storage::normalize_location(file.path));
  info.extended_info = dk::make_shared_ptr<dk::ExtendedOpenFileInfo>();
  auto& options = info.extended_info->options;
  // Data files never change: no HEAD, no check of cached parts.
  options["file_size"] = dk::Value::UBIGINT(static_cast<std::uint64_t>(file.file_size));
  options["etag"] = dk::Value("");
  options["last_modified"] = dk::Value::TIMESTAMP(dk::timestamp_t(0));
  options["validate_external_file_cache"] = dk::Value::BOOLEAN(false);
  options["has_deletes"] = dk::Value::BOOLEAN(has_deletes);
  return info;
}

// The files of a scan under a filter, planned at the first question. Thread-safe.
class LakeFileList final : public dk::MultiFileList {
 public:
  LakeFileList(std::shared_ptr<const TableState> state, dk::TableCatalogEntry* entry,
               Expression filter)
      : state_(std::move(state)), entry_(entry), filter_(std::move(filter)) {}

  dk::TableCatalogEntry* entry() const { return entry_; }

  const Expression& filter() const { return filter_; }
  const TableState& state() const { return *state_; }
  const std::vector<PlannedFile>& files() const {
    std::call_once(planned_, [this] { plan(); });
    return files_;
  }

  dk::vector<dk::OpenFileInfo> GetAllFiles() const override {
    dk::vector<dk::OpenFileInfo> all;
    for (const PlannedFile& file : files()) all.push_back(file.open_info);
    return all;
  }
  dk::FileExpandResult GetExpandResult() const override {
    // Never SINGLE_FILE: DuckDB would take statistics from the file, which know no deletes.
    const bool none = state_->snapshot == nullptr && (!state_->pending || state_->pending->empty());
    return none ? dk::FileExpandResult::NO_FILES : dk::FileExpandResult::MULTIPLE_FILES;
  }
  dk::idx_t GetTotalFileCount() const override { return files().size(); }
  dk::unique_ptr<dk::NodeStatistics> GetCardinality(dk::ClientContext&) const override {
    std::int64_t rows = 0;
    for (const PlannedFile& file : files()) rows += live_rows(file);
    return dk::make_uniq<dk::NodeStatistics>(static_cast<dk::idx_t>(rows));
  }
  dk::unique_ptr<dk::MultiFileList> Copy() const override { return with_filter(filter_); }

  dk::unique_ptr<dk::MultiFileList> ComplexFilterPushdown(
      dk::ClientContext& context, const dk::MultiFileOptions&, dk::MultiFilePushdownInfo& info,
      dk::vector<dk::unique_ptr<dk::Expression>>& filters) const override {
    if (filters.empty()) return nullptr;
    dk::FilterCombiner combiner(context);
    for (const auto& filter : filters) combiner.AddFilter(filter->Copy());
    dk::vector<dk::FilterPushdownResult> unused;
    const auto set = combiner.GenerateTableScanFilters(info.column_indexes, unused);
    Expression pushed = to_expression(set, [&](dk::idx_t key) { return column_field(key); });
    return narrowed(std::move(pushed));
  }

  dk::unique_ptr<dk::MultiFileList> DynamicFilterPushdown(
      dk::ClientContext&, const dk::MultiFileOptions&, const dk::vector<dk::string>&,
      const dk::vector<dk::LogicalType>&, const dk::vector<dk::column_t>& column_ids,
      dk::TableFilterSet& filters) const override {
    Expression pushed = to_expression(filters, [&](dk::idx_t key) {
      return key < column_ids.size() ? column_field(column_ids[key]) : nullptr;
    });
    return narrowed(std::move(pushed));
  }

  const Field* column_field(dk::idx_t column) const {
    const auto& fields = state_->schema->fields;
    return column < fields.size() ? &fields[column] : nullptr;
  }

 protected:
  dk::OpenFileInfo GetFile(dk::idx_t i) const override {
    const auto& all = files();
    return i < all.size() ? all[i].open_info : dk::OpenFileInfo();
  }

 private:
  dk::unique_ptr<dk::MultiFileList> with_filter(Expression filter) const {
    return dk::make_uniq<LakeFileList>(state_, entry_, std::move(filter));
  }
  dk::unique_ptr<dk::MultiFileList> narrowed(Expression pushed) const {
    Expression both = iceberg::both(filter_, std::move(pushed));
    if (both == filter_) return nullptr;
    return with_filter(std::move(both));
  }

  static std::int64_t live_rows(const PlannedFile& planned) {
    std::int64_t rows = planned.file.data->file.record_count;
    for (const auto& deletes : planned.file.deletes) {
      if (deletes->file.content == iceberg::FileContent::PositionDeletes &&
          (deletes->file.is_deletion_vector() || deletes->file.referenced_data_file)) {
        rows -= deletes->file.record_count;
      }
    }
    if (planned.pending_deletes != nullptr) {
      rows -= static_cast<std::int64_t>(planned.pending_deletes->cardinality());
    }
    return std::max<std::int64_t>(rows, 0);
  }

  void plan() const {
    const TableState& state = *state_;
    std::vector<PlannedFile> planned;
    if (state.only_files) {
      for (const iceberg::ScanFile& file : *state.only_files) add(planned, file);
    } else if (state.snapshot != nullptr) {
      iceberg::ScanRequest request;
      request.filter = value_or_throw(iceberg::bind_expression(filter_, *state.schema));
      auto plan = value_or_throw(iceberg::plan_scan(state.lake->store, state.lake->manifests,
                                                    *state.table.metadata, state.snapshot,
                                                    *state.schema, request));
      planned.reserve(plan.files.size());
      for (iceberg::ScanFile& file : plan.files) add(planned, std::move(file));
    }
    if (state.pending) {
      for (const iceberg::SharedEntry& entry : state.pending->added)
        add(planned, {entry, {}, false});
    }
    files_ = std::move(planned);
  }

  void add(std::vector<PlannedFile>& planned, iceberg::ScanFile file) const {
    const iceberg::DataFile& data = file.data->file;
    if (data.format != iceberg::FileFormat::Parquet) {
      throw_error(unsupported("`{}` is {}: only Parquet can be read", data.path,
                              iceberg::to_string(data.format)));
    }
    PlannedFile item;
    item.open_info = make_open_info(data, !file.deletes.empty());
    if (state_->pending) {
      auto found = state_->pending->deleted.find(item.open_info.path);
      if (found != state_->pending->deleted.end()) item.pending_deletes = &found->second;
    }
    item.file = std::move(file);
    planned.push_back(std::move(item));
  }

  std::shared_ptr<const TableState> state_;
  dk::TableCatalogEntry* entry_;
  Expression filter_;
  mutable std::once_flag planned_;
  mutable std::vector<PlannedFile> files_;
};

// Leaves out the deleted rows of one file.
class DeletedRows final : public dk::DeleteFilter {
 public:
  DeletedRows(SharedVector deleted, std::shared_ptr<const PendingChanges> pending,
              const iceberg::DeletionVector* pending_deletes)
      : deleted_(std::move(deleted)),
        pending_(std::move(pending)),
        pending_deletes_(pending_deletes) {}

  dk::idx_t Filter(dk::row_t start, dk::idx_t count, dk::SelectionVector& selection) override {
    std::uint32_t first[STANDARD_VECTOR_SIZE];
    std::uint32_t second[STANDARD_VECTOR_SIZE];
    const std::size_t first_count = offsets(deleted_.get(), start, count, first);
    const std::size_t second_count = offsets(pending_deletes_, start, count, second);
    if (first_count + second_count == 0) return count;
    selection.Initialize(STANDARD_VECTOR_SIZE);
    dk::idx_t kept = 0;
    std::size_t a = 0;
    std::size_t b = 0;
    for (std::uint32_t row = 0; row < count; ++row) {
      bool gone = false;
      if (a < first_count && first[a] == row) gone = (++a, true);
      if (b < second_count && second[b] == row) gone = (++b, true);
      if (!gone) selection.set_index(kept++, row);
    }
    return kept;
  }

 private:
  static std::size_t offsets(const iceberg::DeletionVector* vector, dk::row_t start,
                             dk::idx_t count, std::uint32_t* out) {
    if (vector == nullptr) return 0;
    VERIFY(count <= STANDARD_VECTOR_SIZE);
    return vector->offsets_in(static_cast<std::uint64_t>(start), static_cast<std::uint32_t>(count),
                              out);
  }

  SharedVector deleted_;
  std::shared_ptr<const PendingChanges> pending_;  // keeps the next alive
  const iceberg::DeletionVector* pending_deletes_;
};

// Gives ids to the columns of a file that carries none, by the table's name mapping.
void map_names(dk::vector<dk::MultiFileColumnDefinition>& columns,
               const std::vector<iceberg::MappedField>& level) {
  for (auto& column : columns) {
    const iceberg::MappedField* mapped = iceberg::find_mapped(level, column.name);
    if (mapped != nullptr && mapped->field_id) {
      column.identifier = dk::Value::INTEGER(*mapped->field_id);
    }
    map_names(column.children,
              mapped != nullptr ? mapped->fields : std::vector<iceberg::MappedField>());
  }
}

bool has_any_id(const dk::vector<dk::MultiFileColumnDefinition>& columns) {
  for (const auto& column : columns) {
    if (!column.identifier.IsNull() || has_any_id(column.children)) return true;
  }
  return false;
}

// DuckDB stops looking at the first column without an id: columns behind it would read as null.
void fill_missing_ids(dk::vector<dk::MultiFileColumnDefinition>& columns, std::int32_t& next) {
  for (auto& column : columns) {
    if (column.identifier.IsNull()) column.identifier = dk::Value::INTEGER(next--);
    fill_missing_ids(column.children, next);
  }
}

class LakeReader final : public dk::MultiFileReader {
 public:
  LakeReader(std::shared_ptr<const TableState> state, dk::TableCatalogEntry* entry)
      : state_(std::move(state)), entry_(entry) {
    function_name = "lake_scan";
  }
  static dk::unique_ptr<dk::MultiFileReader> create(const dk::TableFunction& function) {
    const auto& info = function.function_info->Cast<LakeScanInfo>();
    return dk::make_uniq<LakeReader>(info.state, info.entry);
  }

  dk::shared_ptr<dk::MultiFileList> CreateFileList(dk::ClientContext&,
                                                   const dk::vector<dk::string>&,
                                                   const dk::FileGlobInput&) override {
    return dk::make_shared_ptr<LakeFileList>(state_, entry_, iceberg::always_true());
  }

  bool Bind(dk::MultiFileOptions&, dk::MultiFileList&, dk::vector<dk::LogicalType>& types,
            dk::vector<dk::string>& names, dk::MultiFileReaderBindData& bind) override {
    for (const Field& field : state_->schema->fields) {
      auto column = value_or_throw(to_reader_column(field));
      types.push_back(column.type);
      names.push_back(column.name);
      bind.schema.push_back(std::move(column));
    }
    bind.mapping = dk::MultiFileColumnMappingMode::BY_FIELD_ID;
    return true;
  }

  // Only so that FinalizeBind() knows the list.
  dk::unique_ptr<dk::MultiFileReaderGlobalState> InitializeGlobalState(
      dk::ClientContext&, const dk::MultiFileOptions&, const dk::MultiFileReaderBindData&,
      const dk::MultiFileList& list, const dk::vector<dk::MultiFileColumnDefinition>&,
      const dk::vector<dk::ColumnIndex>&) override {
    return dk::make_uniq<dk::MultiFileReaderGlobalState>(dk::vector<dk::LogicalType>(), &list);
  }

  dk::ReaderInitializeType InitializeReader(
      dk::MultiFileReaderData& reader_data, const dk::MultiFileBindData& bind_data,
      const dk::vector<dk::MultiFileColumnDefinition>& global_columns,
      const dk::vector<dk::ColumnIndex>& global_ids,
      dk::optional_ptr<dk::TableFilterSet> table_filters, dk::ClientContext& context,
      dk::MultiFileGlobalState& state) override {
    auto& list = static_cast<LakeFileList&>(state.file_list);
    const PlannedFile& planned = list.files()[reader_data.reader->file_list_idx.GetIndex()];
    if (table_filters && !may_match_now(*table_filters, global_ids, list, planned)) {
      return dk::ReaderInitializeType::SKIP_READING_FILE;
    }
    give_ids(reader_data.reader->columns, planned);
    auto deleted =
        value_or_throw(state_->lake->deletes.load(planned.file, *state_->table.metadata));
    if (deleted || planned.pending_deletes != nullptr) {
      reader_data.reader->deletion_filter =
          dk::make_uniq<DeletedRows>(std::move(deleted), state_->pending, planned.pending_deletes);
    }
    return MultiFileReader::InitializeReader(reader_data, bind_data, global_columns, global_ids,
                                             table_filters, context, state);
  }

  // Files that were taken over from Hive do not hold the columns of identity partitions.
  void FinalizeBind(dk::MultiFileReaderData& reader_data, const dk::MultiFileOptions& options,
                    const dk::MultiFileReaderBindData& bind,
                    const dk::vector<dk::MultiFileColumnDefinition>& global_columns,
                    const dk::vector<dk::ColumnIndex>& global_ids, dk::ClientContext& context,
                    dk::optional_ptr<dk::MultiFileReaderGlobalState> state) override {
    MultiFileReader::FinalizeBind(reader_data, options, bind, global_columns, global_ids, context,
                                  state);
    const auto& list = static_cast<const LakeFileList&>(*state->file_list);
    const PlannedFile& planned = list.files()[reader_data.reader->file_list_idx.GetIndex()];
    const iceberg::DataFile& data = planned.file.data->file;
    const iceberg::PartitionSpec* spec = state_->table.metadata->find_spec(data.spec_id);
    if (spec == nullptr) return;
    for (dk::idx_t i = 0; i < global_ids.size(); ++i) {
      const Field* field = list.column_field(global_ids[i].GetPrimaryIndex());
      if (field == nullptr || holds_column(reader_data.reader->columns, field->id)) continue;
      for (std::size_t p = 0; p < spec->fields.size() && p < data.partition.values.size(); ++p) {
        const iceberg::PartitionField& part = spec->fields[p];
        if (part.source_id != field->id ||
            part.transform.kind != iceberg::TransformKind::Identity) {
          continue;
        }
        auto value = value_or_throw(iceberg::cast_value(data.partition.values[p], field->type));
        reader_data.constant_map.Add(dk::MultiFileGlobalIndex(i),
                                     to_native_value(value, field->type));
        break;
      }
    }
  }

  void FinalizeChunk(dk::ClientContext& context, const dk::MultiFileBindData& bind_data,
                     dk::BaseFileReader& reader, const dk::MultiFileReaderData& reader_data,
                     dk::DataChunk& input, dk::DataChunk& output, dk::ExpressionExecutor& executor,
                     dk::optional_ptr<dk::MultiFileReaderGlobalState> state) override {
    MultiFileReader::FinalizeChunk(context, bind_data, reader, reader_data, input, output, executor,
                                   state);
    CountedWork::of(context)->rows_read += static_cast<std::int64_t>(output.size());
  }

  dk::unique_ptr<dk::MultiFileReader> Copy() const override {
    return dk::make_uniq<LakeReader>(state_, entry_);
  }

 private:
  static bool holds_column(const dk::vector<dk::MultiFileColumnDefinition>& columns, int id) {
    for (const auto& column : columns) {
      if (!column.identifier.IsNull() && column.GetIdentifierFieldId() == id) return true;
    }
    return false;
  }

  // Filters whose values came up while the statement runs (top-n, joins).
  bool may_match_now(const dk::TableFilterSet& filters,
                     const dk::vector<dk::ColumnIndex>& global_ids, const LakeFileList& list,
                     const PlannedFile& planned) const {
    const Expression now = to_expression(filters, [&](dk::idx_t key) -> const Field* {
      return key < global_ids.size() ? list.column_field(global_ids[key].GetPrimaryIndex())
                                     : nullptr;
    });
    return iceberg::may_match_file(now, *state_->schema, planned.file.data->file);
  }

  void give_ids(dk::vector<dk::MultiFileColumnDefinition>& columns,
                const PlannedFile& planned) const {
    if (!has_any_id(columns)) {
      const std::string text = iceberg::read_property(state_->table.metadata->properties,
                                                      iceberg::property::kNameMapping);
      if (text.empty()) {
        throw_error(corrupt("`{}` has no field ids and the table has no name mapping",
                            planned.file.data->file.path));
      }
      map_names(columns, value_or_throw(iceberg::name_mapping_from_json(text)).fields);
    }
    std::int32_t next = -1;
    fill_missing_ids(columns, next);
  }

  std::shared_ptr<const TableState> state_;
  dk::TableCatalogEntry* entry_;
};

// Exact row counts, so that `count(*)` is answered from manifests. None where they cannot be exact.
dk::vector<dk::PartitionStatistics> partition_statistics(dk::ClientContext&,
                                                         dk::GetPartitionStatsInput& input) {
  const auto& bind = input.bind_data->Cast<dk::MultiFileBindData>();
  const auto& list = static_cast<const LakeFileList&>(*bind.file_list);
  dk::vector<dk::PartitionStatistics> result;
  if (list.filter().kind != iceberg::ExpressionKind::True) return result;
  for (const PlannedFile& planned : list.files()) {
    std::int64_t rows = planned.file.data->file.record_count;
    for (const auto& deletes : planned.file.deletes) {
      if (!deletes->file.is_deletion_vector()) return {};
      rows -= deletes->file.record_count;
    }
    if (planned.pending_deletes != nullptr) {
      // Never counted twice: what is deleted already is not seen by a later statement.
      rows -= static_cast<std::int64_t>(planned.pending_deletes->cardinality());
    }
    dk::PartitionStatistics statistics;
    statistics.count = static_cast<dk::idx_t>(std::max<std::int64_t>(rows, 0));
    statistics.count_type = dk::CountType::COUNT_EXACT;
    result.push_back(statistics);
  }
  if (result.empty()) {
    dk::PartitionStatistics none;
    none.count = 0;
    none.count_type = dk::CountType::COUNT_EXACT;
    result.push_back(none);
  }
  return result;
}

// As ANALYZE of some engine counted them; 0 if none did.
std::uint64_t counted_distinct(const iceberg::TableMetadata& metadata, int field_id) {
  std::uint64_t found = 0;
  for (const iceberg::StatisticsFile& file : metadata.statistics) {
    for (const auto& blob : file.blobs) {
      const auto count = blob.properties.find("ndv");
      if (blob.fields != std::vector<int>{field_id} || count == blob.properties.end()) continue;
      const std::int64_t known = parse_int64(count->second).value_or(0);
      found = std::max(found, static_cast<std::uint64_t>(std::max<std::int64_t>(known, 0)));
    }
  }
  return found;
}

dk::unique_ptr<dk::BaseStatistics> scan_statistics(dk::ClientContext&, const dk::FunctionData* data,
                                                   dk::column_t column) {
  const auto& bind = data->Cast<dk::MultiFileBindData>();
  const auto& list = static_cast<const LakeFileList&>(*bind.file_list);
  const Field* field = list.column_field(column);
  if (field == nullptr) return nullptr;
  std::vector<const iceberg::DataFile*> files;
  for (const PlannedFile& planned : list.files()) files.push_back(&planned.file.data->file);
  return column_statistics(files, *field,
                           counted_distinct(*list.state().table.metadata, field->id));
}

// DELETE and UPDATE find the table of a scan by this.
dk::BindInfo lake_bind_info(const dk::optional_ptr<dk::FunctionData> bind_data) {
  const auto& bind = bind_data->Cast<dk::MultiFileBindData>();
  dk::TableCatalogEntry* entry = static_cast<const LakeFileList&>(*bind.file_list).entry();
  return entry != nullptr ? dk::BindInfo(*entry) : dk::BindInfo(dk::ScanType::EXTERNAL);
}

dk::vector<dk::column_t> row_id_columns(dk::ClientContext&, dk::optional_ptr<dk::FunctionData>) {
  return lake_row_id_columns();
}

dk::virtual_column_map_t virtual_columns(dk::ClientContext&, dk::optional_ptr<dk::FunctionData>) {
  return lake_virtual_columns();
}

}  // namespace

dk::virtual_column_map_t lake_virtual_columns() {
  dk::virtual_column_map_t columns;
  columns.insert({dk::MultiFileReader::COLUMN_IDENTIFIER_FILENAME,
                  dk::TableColumn("filename", dk::LogicalType::VARCHAR)});
  columns.insert({dk::MultiFileReader::COLUMN_IDENTIFIER_FILE_ROW_NUMBER,
                  dk::TableColumn("file_row_number", dk::LogicalType::BIGINT)});
  columns.insert({dk::MultiFileReader::COLUMN_IDENTIFIER_FILE_INDEX,
                  dk::TableColumn("file_index", dk::LogicalType::UBIGINT)});
  columns.insert({dk::COLUMN_IDENTIFIER_EMPTY, dk::TableColumn("", dk::LogicalType::BOOLEAN)});
  return columns;
}

dk::vector<dk::column_t> lake_row_id_columns() {
  return {dk::MultiFileReader::COLUMN_IDENTIFIER_FILENAME,
          dk::MultiFileReader::COLUMN_IDENTIFIER_FILE_ROW_NUMBER};
}

dk::TableFunction make_scan_function(dk::ClientContext& context,
                                     std::shared_ptr<const TableState> state,
                                     dk::TableCatalogEntry* entry,
                                     dk::unique_ptr<dk::FunctionData>& bind_data) {
  dk::ExtensionLoader loader(*context.db, "tarn");
  dk::TableFunction function =
      loader.GetTableFunction("parquet_scan").functions.GetFunctionByOffset(0);
  auto info = dk::make_shared_ptr<LakeScanInfo>();
  info->state = std::move(state);
  info->entry = entry;
  function.name = "lake_scan";
  function.function_info = info;
  function.get_multi_file_reader = LakeReader::create;
  function.get_partition_stats = partition_statistics;
  function.get_virtual_columns = virtual_columns;
  function.get_row_id_columns = row_id_columns;
  function.get_bind_info = lake_bind_info;
  function.statistics = scan_statistics;
  function.statistics_extended = nullptr;
  function.serialize = nullptr;
  function.deserialize = nullptr;

  dk::vector<dk::Value> inputs{dk::Value("")};
  dk::named_parameter_map_t parameters;
  dk::vector<dk::LogicalType> input_types;
  dk::vector<dk::string> input_names;
  dk::TableFunctionRef reference;
  dk::TableFunctionBindInput input(inputs, parameters, input_types, input_names,
                                   function.function_info, nullptr, function, reference);
  dk::vector<dk::LogicalType> types;
  dk::vector<dk::string> names;
  bind_data = function.bind(context, input, types, names);
  bind_data->Cast<dk::MultiFileBindData>().virtual_columns = lake_virtual_columns();
  return function;
}

iceberg::Expression scan_filter(const dk::PhysicalOperator& plan,
                                const dk::TableCatalogEntry& entry) {
  std::vector<const dk::PhysicalOperator*> open{&plan};
  std::optional<Expression> found;
  while (!open.empty()) {
    const dk::PhysicalOperator& op = *open.back();
    open.pop_back();
    for (const auto& child : op.GetChildren()) open.push_back(&child.get());
    if (op.type != dk::PhysicalOperatorType::TABLE_SCAN) continue;
    const auto& scan = op.Cast<dk::PhysicalTableScan>();
    if (scan.function.name != "lake_scan") continue;
    const auto& bind = scan.bind_data->Cast<dk::MultiFileBindData>();
    const auto& list = static_cast<const LakeFileList&>(*bind.file_list);
    if (list.entry() != &entry) continue;
    found = found ? iceberg::either(*found, list.filter()) : list.filter();
  }
  return found.value_or(iceberg::always_true());
}

}  // namespace tarn::duckdb
