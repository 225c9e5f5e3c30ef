// SPDX-License-Identifier: Apache-2.0
#include "duckdb/column_statistics.h"

#include <algorithm>
#include <duckdb/common/types/decimal.hpp>

#include "duckdb/lake_type.h"

namespace tarn::duckdb {
namespace {

using iceberg::DataFile;
using iceberg::Field;
using iceberg::TypeKind;

struct Bounds {
  std::optional<iceberg::Value> low;
  std::optional<iceberg::Value> high;
};

// Not floating point, where NaN is beyond all bounds; texts are cut.
bool has_exact_bounds(const iceberg::Type& type) {
  switch (type.kind) {
    case TypeKind::Int:
    case TypeKind::Long:
    case TypeKind::Decimal:
    case TypeKind::Date:
    case TypeKind::Time:
    case TypeKind::Timestamp:
    case TypeKind::TimestampTz:
      return true;
    default:
      return false;
  }
}

std::optional<iceberg::Value> find_bound(const iceberg::IdMap<std::string>& bounds,
                                         const Field& field) {
  const std::string* bytes = bounds.find(field.id);
  if (bytes == nullptr) return std::nullopt;
  auto value = iceberg::value_from_bytes(*bytes, field.type);
  if (!value || value->is_null()) return std::nullopt;
  return *std::move(value);
}

// nullopt if some file does not tell.
std::optional<Bounds> find_bounds(std::span<const DataFile* const> files, const Field& field) {
  Bounds out;
  for (const DataFile* file : files) {
    const std::int64_t* nulls = file->null_value_counts.find(field.id);
    const bool only_nulls = nulls != nullptr && *nulls == file->record_count;
    if (only_nulls) continue;
    auto low = find_bound(file->lower_bounds, field);
    auto high = find_bound(file->upper_bounds, field);
    if (!low || !high) return std::nullopt;
    if (!out.low || iceberg::compare(*low, *out.low) < 0) out.low = std::move(low);
    if (!out.high || iceberg::compare(*high, *out.high) > 0) out.high = std::move(high);
  }
  if (!out.low) return std::nullopt;
  return out;
}

// How many values there are between the bounds; 0 if they do not tell.
std::uint64_t width_of(const Bounds& bounds, const iceberg::Type& type) {
  Int128 width = 0;
  if (type.kind == TypeKind::Decimal) {
    if (type.precision > dk::Decimal::MAX_WIDTH_INT64) return 0;
    width = bounds.high->as_decimal() - bounds.low->as_decimal() + 1;
  } else {
    width = static_cast<Int128>(bounds.high->as_int()) - bounds.low->as_int() + 1;
  }
  return width <= 0 || width > INT64_MAX ? 0 : static_cast<std::uint64_t>(width);
}

}  // namespace

dk::unique_ptr<dk::BaseStatistics> column_statistics(std::span<const DataFile* const> files,
                                                     const Field& field, std::uint64_t distinct) {
  if (!field.type.is_primitive() || files.empty()) return nullptr;
  auto type = to_native_type(field.type);
  if (!type) return nullptr;
  auto out = dk::BaseStatistics::CreateUnknown(*type);
  std::uint64_t rows = 0;
  bool has_nulls = false;
  for (const DataFile* file : files) {
    rows += static_cast<std::uint64_t>(std::max<std::int64_t>(file->record_count, 0));
    const std::int64_t* nulls = file->null_value_counts.find(field.id);
    has_nulls = has_nulls || nulls == nullptr || *nulls != 0;
  }
  if (!has_nulls) out.Set(dk::StatsInfo::CANNOT_HAVE_NULL_VALUES);
  // Wrong numbers of distinct values are worse than none, and none would count as one.
  const bool has_bounds = has_exact_bounds(field.type);
  if (distinct == 0 && !has_bounds && field.type.kind != TypeKind::Boolean) return nullptr;
  std::uint64_t guess = distinct == 0 ? rows : std::min(distinct, rows);
  if (field.type.kind == TypeKind::Boolean) guess = std::min<std::uint64_t>(guess, 2);
  if (has_bounds) {
    if (auto bounds = find_bounds(files, field)) {
      dk::NumericStats::SetMin(out, to_native_value(*bounds->low, field.type));
      dk::NumericStats::SetMax(out, to_native_value(*bounds->high, field.type));
      const std::uint64_t width = width_of(*bounds, field.type);
      if (width > 0) guess = std::min(guess, width);
    }
  }
  out.SetDistinctCount(std::max<std::uint64_t>(guess, 1));
  return out.ToUnique();
}

}  // namespace tarn::duckdb
