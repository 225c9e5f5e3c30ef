// SPDX-License-Identifier: Apache-2.0
#include <duckdb/parser/parsed_data/copy_info.hpp>
#include <duckdb/planner/expression/bound_constant_expression.hpp>
#include <duckdb/planner/expression/bound_reference_expression.hpp>

#include "base/text.h"
#include "duckdb/data_file_metrics.h"
#include "duckdb/data_writer.h"
#include "duckdb/lake_type.h"
#include "duckdb/transform_function.h"
#include "iceberg/partition.h"

namespace tarn::duckdb {
namespace {

constexpr std::uint64_t kFileBytesMin = 1 << 20;

void set_copy_option(dk::CopyInfo& info, const char* name, dk::Value value) {
  info.options[name] = {std::move(value)};
}

// Spelled as in Iceberg; DuckDB's names are the same but for `uncompressed`.
Result<void> set_compression(dk::CopyInfo& info, const iceberg::Properties& properties) {
  const std::string codec = to_lower(read_property(properties, iceberg::property::kParquetCodec));
  const std::string level = read_property(properties, iceberg::property::kParquetLevel);
  const bool is_known = codec == "zstd" || codec == "snappy" || codec == "gzip" || codec == "lz4" ||
                        codec == "brotli" || codec == "uncompressed";
  if (!is_known) {
    return invalid_input("`{}` = `{}` is not a codec", iceberg::property::kParquetCodec.name,
                         codec);
  }
  set_copy_option(info, "compression", dk::Value(codec == "lz4" ? "lz4_raw" : codec));
  if (codec != "zstd") return {};
  // Level 1 makes files a hundredth larger and takes a sixth less time than DuckDB's own 3.
  const auto number = level.empty() ? std::optional<std::int64_t>(1) : parse_int64(level);
  if (!number || *number < 1 || *number > 22) {
    return invalid_input("`{}` = `{}` is not between 1 and 22",
                         iceberg::property::kParquetLevel.name, level);
  }
  set_copy_option(info, "compression_level", dk::Value::BIGINT(*number));
  return {};
}

Result<void> bind_writer(dk::ClientContext& context, WritePlan& plan) {
  const iceberg::Schema& schema = plan.metadata().schema();
  dk::CopyInfo info;
  info.is_from = false;
  info.format = "parquet";
  TRY(set_compression(info, plan.metadata().properties));
  set_copy_option(info, "field_ids", field_ids_option(schema.fields));
  dk::vector<dk::string> names;
  for (const iceberg::Field& field : schema.fields) {
    TRY(check_writable(field));
    names.push_back(field.name);
    plan.types.push_back(TRY(to_native_type(field.type)));
  }
  return guard([&]() -> Result<void> {
    auto& entry = dk::Catalog::GetEntry<dk::CopyFunctionCatalogEntry>(context, SYSTEM_CATALOG,
                                                                      DEFAULT_SCHEMA, "parquet");
    plan.function = entry.function;
    dk::CopyFunctionBindInput input(info);
    plan.bind_data = plan.function.copy_to_bind(context, input, names, plan.types);
    return {};
  });
}

// The transform of a top-level column, over rows of the table's columns.
Result<dk::unique_ptr<dk::Expression>> bind_transform(const iceberg::Schema& schema, int source_id,
                                                      const iceberg::Transform& transform) {
  for (std::size_t i = 0; i < schema.fields.size(); ++i) {
    const iceberg::Field& field = schema.fields[i];
    if (field.id != source_id) continue;
    return make_transform_expression(
        transform, field.type,
        dk::make_uniq<dk::BoundReferenceExpression>(TRY(to_native_type(field.type)), i));
  }
  if (transform.kind == iceberg::TransformKind::Void) {
    return dk::unique_ptr<dk::Expression>(
        dk::make_uniq<dk::BoundConstantExpression>(dk::Value(dk::LogicalType::INTEGER)));
  }
  return unsupported("`{}` of a column inside another column cannot be written",
                     iceberg::to_string(transform));
}

Result<void> bind_partitions(WritePlan& plan) {
  const iceberg::Schema& schema = plan.metadata().schema();
  const iceberg::PartitionSpec& spec = plan.metadata().spec();
  const iceberg::Type values = iceberg::partition_type(spec, schema);
  for (std::size_t i = 0; i < spec.fields.size(); ++i) {
    const iceberg::PartitionField& field = spec.fields[i];
    auto expression = TRY(with_context(bind_transform(schema, field.source_id, field.transform),
                                       fmt::format("partition field `{}`", field.name)));
    plan.partition_types.push_back(expression->return_type);
    plan.partition_value_types.push_back(values.fields[i].type);
    plan.partition_expressions.push_back(std::move(expression));
  }
  return {};
}

}  // namespace

Result<std::shared_ptr<const WritePlan>> make_write_plan(dk::ClientContext& context,
                                                         std::shared_ptr<Lake> lake,
                                                         iceberg::LoadedTable table,
                                                         RowOrder order) {
  auto plan = std::make_shared<WritePlan>();
  plan->lake = std::move(lake);
  plan->table = std::move(table);
  const iceberg::TableMetadata& metadata = plan->metadata();
  const auto& properties = metadata.properties;
  const std::string format = to_lower(read_property(properties, iceberg::property::kFileFormat));
  if (format != "parquet") {
    return unsupported(
        "table `{0}` has data files of format {1}, but only Parquet can be written here: after "
        "ALTER TABLE {0} SET PROPERTIES format = 'PARQUET' new files are Parquet, and those that "
        "are there stay",
        iceberg::to_string(plan->table.identifier), to_upper(format));
  }
  TRY(bind_writer(context, *plan));
  TRY(bind_partitions(*plan));
  plan->leaves = find_leaves(metadata.schema(), metadata);
  plan->is_sorted = order == RowOrder::Sorted;
  const std::int64_t target = TRY(read_property(properties, iceberg::property::kTargetFileBytes));
  const std::int64_t row_group = TRY(read_property(properties, iceberg::property::kRowGroupBytes));
  plan->target_file_bytes =
      std::max(kFileBytesMin / 16, static_cast<std::uint64_t>(std::max<std::int64_t>(target, 0)));
  // A file is never cut inside a row group.
  plan->row_group_bytes = std::min(
      std::max(kFileBytesMin, static_cast<std::uint64_t>(std::max<std::int64_t>(row_group, 0))),
      std::max(kFileBytesMin, plan->target_file_bytes));
  const std::string folder = read_property(properties, iceberg::property::kDataPath);
  plan->data_folder = folder.empty() ? storage::join_location(metadata.location, "data") : folder;
  while (plan->data_folder.ends_with('/')) plan->data_folder.pop_back();
  return std::shared_ptr<const WritePlan>(std::move(plan));
}

Result<dk::vector<dk::BoundOrderByNode>> table_order(const iceberg::TableMetadata& metadata) {
  dk::vector<dk::BoundOrderByNode> nodes;
  if (metadata.sort_order().is_unsorted()) return nodes;
  for (const iceberg::PartitionField& field : metadata.spec().fields) {
    nodes.emplace_back(dk::OrderType::ASCENDING, dk::OrderByNullType::NULLS_FIRST,
                       TRY(bind_transform(metadata.schema(), field.source_id, field.transform)));
  }
  for (const iceberg::SortField& field : metadata.sort_order().fields) {
    nodes.emplace_back(
        field.direction == iceberg::SortDirection::Ascending ? dk::OrderType::ASCENDING
                                                             : dk::OrderType::DESCENDING,
        field.null_order == iceberg::NullOrder::First ? dk::OrderByNullType::NULLS_FIRST
                                                      : dk::OrderByNullType::NULLS_LAST,
        TRY(bind_transform(metadata.schema(), field.source_id, field.transform)));
  }
  return nodes;
}

}  // namespace tarn::duckdb
