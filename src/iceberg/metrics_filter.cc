// SPDX-License-Identifier: Apache-2.0
// What the metrics of a data file say about a filter.
#include <algorithm>

#include "iceberg/expression_walk.h"
#include "iceberg/metrics.h"
#include "iceberg/value_range.h"

namespace tarn::iceberg {

namespace {

bool is_floating(const Type& type) {
  return type.kind == TypeKind::Float || type.kind == TypeKind::Double;
}

class FileMetrics {
 public:
  FileMetrics(const Schema& schema, const DataFile& file) : schema_(schema), file_(file) {}

  bool may_match(const Expression& filter) const;
  bool must_match(const Expression& filter) const;

 private:
  bool all_null(int id) const {
    const auto* values = file_.value_counts.find(id);
    const auto* nulls = file_.null_value_counts.find(id);
    return values != nullptr && nulls != nullptr && *values == *nulls;
  }
  bool no_nulls(int id) const {
    const auto* nulls = file_.null_value_counts.find(id);
    return nulls != nullptr && *nulls == 0;
  }
  bool no_nans(int id, const Type& type) const {
    if (!is_floating(type)) return true;
    const auto* nans = file_.nan_value_counts.find(id);
    return nans != nullptr && *nans == 0;
  }
  bool all_nan(int id) const {
    const auto* nans = file_.nan_value_counts.find(id);
    const auto* values = file_.value_counts.find(id);
    return nans != nullptr && values != nullptr && *nans == *values;
  }
  ValueRange range(int id, const Type& type) const {
    return {bound(file_.lower_bounds.find(id), type), bound(file_.upper_bounds.find(id), type)};
  }
  static std::optional<Value> bound(const std::string* bytes, const Type& type) {
    if (bytes == nullptr) return std::nullopt;
    auto value = value_from_bytes(*bytes, type);
    if (!value || value->is_nan()) return std::nullopt;
    return std::move(*value);
  }
  bool may_match_predicate(const Expression& filter) const;
  bool must_match_predicate(const Expression& filter) const;

  const Schema& schema_;
  const DataFile& file_;
};

bool FileMetrics::may_match(const Expression& filter) const {
  return decide(filter, [this](const Expression& leaf) { return may_match_predicate(leaf); });
}

bool FileMetrics::must_match(const Expression& filter) const {
  return decide(filter, [this](const Expression& leaf) { return must_match_predicate(leaf); });
}

bool FileMetrics::may_match_predicate(const Expression& filter) const {
  const int id = filter.field_id;
  const Field* field = find_field(schema_, id);
  if (field == nullptr) return true;
  if (filter.kind == ExpressionKind::IsNull) return !no_nulls(id);
  // Nothing else holds for null.
  if (all_null(id)) return false;
  switch (filter.kind) {
    case ExpressionKind::IsNan: {
      const auto* nans = file_.nan_value_counts.find(id);
      return nans == nullptr || *nans > 0;
    }
    case ExpressionKind::NotNan:
      return !all_nan(id);
    case ExpressionKind::Less:
    case ExpressionKind::LessOrEqual:
    case ExpressionKind::Greater:
    case ExpressionKind::GreaterOrEqual:
    case ExpressionKind::Equal:
    case ExpressionKind::In:
      if (all_nan(id)) return false;
      break;
    default:
      break;
  }
  return may_match_range(filter, range(id, field->type));
}

bool FileMetrics::must_match_predicate(const Expression& filter) const {
  const int id = filter.field_id;
  // Top-level columns only: writers disagree on how nulls of a parent count.
  const auto field = std::find_if(schema_.fields.begin(), schema_.fields.end(),
                                  [id](const Field& candidate) { return candidate.id == id; });
  if (field == schema_.fields.end()) return false;
  if (filter.kind == ExpressionKind::IsNull) return all_null(id);
  if (!no_nulls(id)) return false;
  if (filter.kind == ExpressionKind::NotNull) return true;
  if (filter.kind == ExpressionKind::IsNan) return all_nan(id);
  if (!no_nans(id, field->type)) return false;
  if (filter.kind == ExpressionKind::NotNan) return true;
  return must_match_range(filter, range(id, field->type));
}

}  // namespace

bool may_match_file(const Expression& filter, const Schema& schema, const DataFile& file) {
  if (file.record_count == 0) return false;
  return FileMetrics(schema, file).may_match(filter);
}

bool must_match_file(const Expression& filter, const Schema& schema, const DataFile& file) {
  return FileMetrics(schema, file).must_match(filter);
}

}  // namespace tarn::iceberg
