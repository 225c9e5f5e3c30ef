// SPDX-License-Identifier: Apache-2.0
#include "engine/lake_source.h"

#include "base/text.h"
#include "base/time.h"
#include "engine/computed_table.h"
#include "engine/constant_value.h"
#include "engine/lake_filter.h"
#include "iceberg/scan/plan.h"
#include "storage/store.h"

namespace tarn::engine {

namespace {

constexpr std::size_t kHiddenCount = 3;
constexpr const char* kPath = "$path";
constexpr const char* kModified = "$file_modified_time";
constexpr const char* kPartition = "$partition";

class LakeSource final : public ScanSource {
 public:
  LakeSource(LakeTableState state, std::vector<analysis::TableColumn> columns)
      : state_(std::move(state)), columns_(std::move(columns)) {}

  Result<ScanText> scan(const ScanRequest& request, KeepAlive& alive) const override {
    ScanText out;
    std::size_t hidden = 0;
    const std::size_t stored = columns_.size() - kHiddenCount;
    for (std::int32_t index : request.columns) {
      hidden += static_cast<std::size_t>(index) >= stored ? 1 : 0;
    }
    for (std::int32_t index : request.columns) {
      const auto& column = columns_[static_cast<std::size_t>(index)];
      if (static_cast<std::size_t>(index) < stored) {
        out.columns.push_back(stored_column(column.type, quote(column.name, '"')));
      } else {
        out.columns.push_back({quote(column.name, '"'), ColumnForm::Physical});
      }
    }
    out.from = hidden == 0 ? state_.from : TRY(with_files(request, alive));
    if (request.explained != nullptr) out.notes = TRY(explain(request));
    return out;
  }

 private:
  Result<std::vector<std::string>> explain(const ScanRequest& request) const {
    if (state_.snapshot == nullptr)
      return std::vector<std::string>{"no snapshot: the table is empty"};
    const iceberg::TableMetadata& metadata = *state_.table.metadata;
    const iceberg::Schema* schema = &metadata.schema();
    if (state_.snapshot->schema_id) {
      if (const auto* own = metadata.find_schema(*state_.snapshot->schema_id)) schema = own;
    }
    std::vector<std::string> notes;
    notes.push_back(fmt::format("snapshot {} of {}", state_.snapshot->id.value,
                                format_timestamp_micros(state_.snapshot->timestamp_ms * 1'000)));
    iceberg::ManifestCache cache;
    const auto all = TRY(iceberg::plan_scan(*state_.store, cache, metadata, state_.snapshot,
                                            *schema, iceberg::ScanRequest{}));
    iceberg::ScanRequest pruned;
    if (request.filter != nullptr) pruned.filter = prunable(*request.filter, request, *schema);
    const auto plan =
        TRY(iceberg::plan_scan(*state_.store, cache, metadata, state_.snapshot, *schema, pruned));
    notes.push_back(files_text(plan, all.files.size()));
    return notes;
  }

  static std::string files_text(const iceberg::ScanPlan& plan, std::size_t total) {
    std::uint64_t bytes = 0;
    std::int64_t rows = 0;
    std::size_t with_deletes = 0;
    for (const auto& file : plan.files) {
      bytes += static_cast<std::uint64_t>(file.data->file.file_size);
      rows += file.data->file.record_count;
      with_deletes += file.deletes.empty() ? 0 : 1;
    }
    std::string out =
        fmt::format("files: {} of {} ({} pruned), {} rows, {}", plan.files.size(), total,
                    total - plan.files.size(), human_count(rows), human_bytes(bytes));
    if (with_deletes > 0) out += fmt::format(", {} with deletes", with_deletes);
    return out;
  }

  // Those of the conditions that files can be left out by.
  static iceberg::Expression prunable(const analysis::TypedExpression& condition,
                                      const ScanRequest& request, const iceberg::Schema& schema) {
    if (condition.kind == analysis::TypedKind::And) {
      iceberg::Expression out = iceberg::always_true();
      for (const auto& child : condition.children) {
        out = iceberg::both(std::move(out), prunable(*child, request, schema));
      }
      return out;
    }
    const ConstantEvaluator evaluate =
        [](const analysis::TypedExpression& node) -> Result<types::Value> {
      auto value = constant_value(node);
      if (!value) return unsupported("not constant");
      return std::move(value->value);
    };
    auto filter = to_lake_filter(condition, *request.explained, schema, evaluate);
    if (!filter || !*filter) return iceberg::always_true();
    auto bound = iceberg::bind_expression(**filter, schema);
    return bound ? *std::move(bound) : iceberg::always_true();
  }

  // The rows beside what is known of their files.
  Result<std::string> with_files(const ScanRequest& request, KeepAlive& alive) const {
    bool wants_time = false;
    for (std::int32_t index : request.columns) {
      wants_time = wants_time || columns_[static_cast<std::size_t>(index)].name == kModified;
    }
    std::vector<Row> rows;
    if (state_.snapshot != nullptr) {
      iceberg::ManifestCache cache;
      const iceberg::TableMetadata& metadata = *state_.table.metadata;
      const auto plan = TRY(iceberg::plan_scan(*state_.store, cache, metadata, state_.snapshot,
                                               metadata.schema(), iceberg::ScanRequest{}));
      for (const auto& file : plan.files) rows.push_back(TRY(file_row(file, wants_time)));
    }
    const auto text = types::make_varchar();
    const std::vector<AnswerColumn> file_columns = {
        {"key", text},
        {"path", text},
        {"modified", types::make_timestamp_with_time_zone(3)},
        {"partition", text}};
    const std::string files =
        TRY(values_text(*state_.instance, file_columns, std::move(rows), alive));
    std::string list;
    for (std::size_t i = 0; i + kHiddenCount < columns_.size(); ++i) {
      list += fmt::format("r.{}, ", quote(columns_[i].name, '"'));
    }
    return fmt::format(
        "(SELECT {}coalesce(f.c1, r.filename) AS \"{}\", f.c2 AS \"{}\", f.c3 AS \"{}\" FROM {} AS "
        "r LEFT JOIN {} AS f(c0, c1, c2, c3) ON r.filename = f.c0)",
        list, kPath, kModified, kPartition, state_.from, files);
  }

  Result<Row> file_row(const iceberg::ScanFile& file, bool wants_time) const {
    const iceberg::DataFile& data = file.data->file;
    const auto* spec = state_.table.metadata->find_spec(data.spec_id);
    types::Value modified;
    if (wants_time) {
      const auto info = TRY(state_.store->info(data.path));
      types::Timestamp stamp;
      stamp.micros = floor_divide(info.modified_micros, 1'000) * 1'000;
      modified = stamp;
    }
    return Row{text_value(storage::normalize_location(data.path)), text_value(data.path),
               std::move(modified),
               text_value(spec != nullptr ? iceberg::partition_path(*spec, data.partition)
                                          : std::string())};
  }

  LakeTableState state_;
  std::vector<analysis::TableColumn> columns_;
};

}  // namespace

void add_hidden_columns(std::vector<analysis::TableColumn>& columns) {
  columns.push_back({kPath, types::make_varchar(), true, false});
  columns.push_back({kModified, types::make_timestamp_with_time_zone(3), true, false});
  columns.push_back({kPartition, types::make_varchar(), true, false});
}

std::shared_ptr<const ScanSource> make_lake_source(LakeTableState state,
                                                   std::vector<analysis::TableColumn> columns) {
  return std::make_shared<LakeSource>(std::move(state), std::move(columns));
}

}  // namespace tarn::engine
