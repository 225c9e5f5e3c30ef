// SPDX-License-Identifier: Apache-2.0
#include "duckdb/data_file_metrics.h"

#include <cmath>

#include "base/bytes.h"
#include "base/text.h"
#include "duckdb/data_writer.h"
#include "duckdb/lake_type.h"
#include "iceberg/metrics.h"

namespace tarn::duckdb {
namespace {

using iceberg::Field;
using iceberg::TypeKind;

// The magic bytes at the start of each Parquet file.
constexpr std::uint64_t kFirstRowGroup = 4;

struct LeafFinder {
  const iceberg::IdMap<iceberg::MetricsMode>& modes;
  std::vector<Leaf>& leaves;

  void visit(const Field& field, const std::string& path, bool is_required, bool is_repeated,
             std::vector<dk::idx_t> position) {
    if (field.type.is_primitive()) {
      Leaf leaf;
      leaf.field = &field;
      leaf.path = path;
      leaf.is_required = is_required && field.required && !is_repeated;
      if (!is_repeated) leaf.position = std::move(position);
      if (const auto* mode = modes.find(field.id)) leaf.mode = *mode;
      leaves.push_back(std::move(leaf));
      return;
    }
    const bool repeats = field.type.kind != TypeKind::Struct;
    for (std::size_t i = 0; i < field.type.fields.size(); ++i) {
      const Field& child = field.type.fields[i];
      const std::string name = field.type.kind == TypeKind::List  ? "element"
                               : field.type.kind == TypeKind::Map ? (i == 0 ? "key" : "value")
                                                                  : child.name;
      auto child_position = position;
      child_position.push_back(i);
      visit(child, path + '.' + quote(name, '"'), is_required && field.required,
            is_repeated || repeats, std::move(child_position));
    }
  }
};

template <typename T>
std::int64_t count_nan(dk::Vector& vector, dk::idx_t count) {
  vector.Flatten(count);
  const T* values = dk::FlatVector::GetData<T>(vector);
  const auto& validity = dk::FlatVector::Validity(vector);
  std::int64_t found = 0;
  for (dk::idx_t row = 0; row < count; ++row) {
    if (std::isnan(values[row]) && validity.RowIsValid(row)) ++found;
  }
  return found;
}

dk::Vector& leaf_vector(dk::DataChunk& chunk, dk::idx_t column, const Leaf& leaf) {
  dk::Vector* vector = &chunk.data[column];
  for (std::size_t level = 1; level < leaf.position.size(); ++level) {
    vector->Flatten(chunk.size());
    vector = dk::StructVector::GetEntries(*vector)[leaf.position[level]].get();
  }
  return *vector;
}

bool is_floating_leaf(const Leaf& leaf) {
  return leaf.field->type.kind == TypeKind::Float || leaf.field->type.kind == TypeKind::Double;
}

const dk::Value* find_statistic(const dk::case_insensitive_map_t<dk::Value>& statistics,
                                const char* name) {
  auto found = statistics.find(name);
  return found == statistics.end() || found->second.IsNull() ? nullptr : &found->second;
}

Result<iceberg::Value> parse_bound(const dk::Value& text, const iceberg::Type& type) {
  if (type.kind == TypeKind::Binary) {
    return iceberg::binary_value(TRY(from_hex(text.ToString())));
  }
  return guard([&]() -> Result<iceberg::Value> {
    return from_native_value(dk::Value(text.ToString()), type);
  });
}

Result<void> fill_leaf(iceberg::DataFile& data, const Leaf& leaf,
                       const dk::case_insensitive_map_t<dk::Value>& statistics,
                       const FileTally& tally) {
  const int id = leaf.field->id;
  const dk::Value* nulls = find_statistic(statistics, "null_count");
  if (leaf.is_required && nulls != nullptr && nulls->GetValue<std::uint64_t>() > 0) {
    return invalid_input("column `{}` is required but got a null", leaf.field->name);
  }
  if (!leaf.mode || leaf.mode->kind == iceberg::MetricsKind::None) return {};
  if (const dk::Value* size = find_statistic(statistics, "column_size_bytes")) {
    data.column_sizes.set(id, size->GetValue<std::int64_t>());
  }
  // DuckDB counts no values of some types: zero would claim an empty column.
  const dk::Value* values = find_statistic(statistics, "num_values");
  if (values != nullptr && values->GetValue<std::int64_t>() == tally.rows) {
    data.value_counts.set(id, tally.rows);
    if (nulls != nullptr) data.null_value_counts.set(id, nulls->GetValue<std::int64_t>());
  }
  if (is_floating_leaf(leaf)) {
    const std::int64_t* found = tally.nan_counts.find(id);
    data.nan_value_counts.set(id, found != nullptr ? *found : 0);
  }
  const dk::Value* low = find_statistic(statistics, "min");
  const dk::Value* high = find_statistic(statistics, "max");
  if (low == nullptr || high == nullptr) return {};
  const auto lower = TRY(parse_bound(*low, leaf.field->type));
  const auto upper = TRY(parse_bound(*high, leaf.field->type));
  if (lower.is_null() || upper.is_null()) return {};
  iceberg::set_bounds(data, id, lower, upper, *leaf.mode);
  return {};
}

}  // namespace

std::vector<Leaf> find_leaves(const iceberg::Schema& schema,
                              const iceberg::TableMetadata& metadata) {
  const auto modes = iceberg::metrics_modes(metadata.properties, schema, metadata.sort_order());
  std::vector<Leaf> leaves;
  LeafFinder finder{modes, leaves};
  for (std::size_t i = 0; i < schema.fields.size(); ++i) {
    finder.visit(schema.fields[i], quote(schema.fields[i].name, '"'), true, false, {i});
  }
  return leaves;
}

RowGroupTally tally_row_group(const std::vector<Leaf>& leaves, dk::ColumnDataCollection& rows) {
  RowGroupTally tally;
  dk::vector<dk::column_t> columns;
  std::vector<std::pair<const Leaf*, dk::idx_t>> floating;  // with the column in the chunk
  for (const Leaf& leaf : leaves) {
    if (!is_floating_leaf(leaf) || leaf.position.empty() || !leaf.mode) continue;
    if (columns.empty() || columns.back() != leaf.position[0]) columns.push_back(leaf.position[0]);
    floating.emplace_back(&leaf, columns.size() - 1);
  }
  if (floating.empty()) return tally;
  for (auto& chunk : rows.Chunks(columns)) {
    for (const auto& [leaf, column] : floating) {
      dk::Vector& vector = leaf_vector(chunk, column, *leaf);
      const std::int64_t found = leaf->field->type.kind == TypeKind::Float
                                     ? count_nan<float>(vector, chunk.size())
                                     : count_nan<double>(vector, chunk.size());
      if (found == 0) continue;
      const std::int64_t* before = tally.find(leaf->field->id);
      tally.set(leaf->field->id, (before != nullptr ? *before : 0) + found);
    }
  }
  return tally;
}

void FileTally::add(const RowGroupTally& row_group, std::int64_t row_count, std::uint64_t offset) {
  for (const auto& [id, count] : row_group) {
    const std::int64_t* before = nan_counts.find(id);
    nan_counts.set(id, (before != nullptr ? *before : 0) + count);
  }
  rows += row_count;
  offsets.push_back(static_cast<std::int64_t>(std::max(offset, kFirstRowGroup)));
}

// DuckDB tells only whether the file is larger than a size: halve the range until it is known.
std::uint64_t written_bytes(const dk::CopyFunction& function, dk::FunctionData& bind_data,
                            dk::GlobalFunctionData& state) {
  const auto is_above = [&](std::uint64_t size) {
    return function.rotate_next_file(state, bind_data, dk::optional_idx(size));
  };
  std::uint64_t high = 1 << 20;
  while (is_above(high)) high *= 2;
  std::uint64_t low = 0;
  while (low < high) {
    const std::uint64_t middle = low + (high - low) / 2;
    if (is_above(middle)) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low;
}

Result<void> fill_metrics(iceberg::DataFile& data, const std::vector<Leaf>& leaves,
                          const dk::CopyFunctionFileStatistics& statistics,
                          const FileTally& tally) {
  for (const Leaf& leaf : leaves) {
    auto found = statistics.column_statistics.find(leaf.path);
    if (found != statistics.column_statistics.end()) {
      TRY(fill_leaf(data, leaf, found->second, tally));
    }
  }
  return {};
}

}  // namespace tarn::duckdb
