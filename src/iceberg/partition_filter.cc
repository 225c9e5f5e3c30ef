// SPDX-License-Identifier: Apache-2.0
// Projected filters on partition tuples and on the summaries of manifests.
#include <optional>

#include "iceberg/expression_walk.h"
#include "iceberg/projection.h"
#include "iceberg/value_range.h"

namespace tarn::iceberg {

namespace {

std::optional<std::size_t> field_position(const PartitionSpec& spec, int field_id) {
  for (std::size_t i = 0; i < spec.fields.size(); ++i) {
    if (spec.fields[i].field_id == field_id) return i;
  }
  return std::nullopt;
}

// A filter on one tuple: its value is a range of one.
class TupleFilter {
 public:
  TupleFilter(const PartitionSpec& spec, const PartitionTuple& tuple, Doubt doubt)
      : spec_(spec), tuple_(tuple), doubt_(doubt) {}

  bool evaluate(const Expression& filter) const {
    return decide(filter, [this](const Expression& leaf) { return evaluate_predicate(leaf); });
  }

 private:
  bool evaluate_predicate(const Expression& filter) const {
    const auto position = field_position(spec_, filter.field_id);
    if (!position || *position >= tuple_.values.size()) return doubt_ == Doubt::Match;
    const Value& value = tuple_.values[*position];
    if (filter.kind == ExpressionKind::IsNull) return value.is_null();
    if (value.is_null()) return false;
    const auto holds = predicate_holds(filter, value);
    return holds.value_or(doubt_ == Doubt::Match);
  }

  const PartitionSpec& spec_;
  const PartitionTuple& tuple_;
  Doubt doubt_;
};

class SummaryFilter {
 public:
  SummaryFilter(const PartitionSpec& spec, const Type& partition,
                const std::vector<PartitionSummary>& summaries)
      : spec_(spec), partition_(partition), summaries_(summaries) {}

  bool may_match(const Expression& filter) const {
    return decide(filter, [this](const Expression& leaf) { return may_match_predicate(leaf); });
  }

 private:
  bool may_match_predicate(const Expression& filter) const {
    const auto position = field_position(spec_, filter.field_id);
    if (!position || *position >= summaries_.size() || *position >= partition_.fields.size()) {
      return true;
    }
    const PartitionSummary& summary = summaries_[*position];
    const Type& type = partition_.fields[*position].type;
    if (filter.kind == ExpressionKind::IsNull) return summary.contains_null;
    const bool floating = type.kind == TypeKind::Float || type.kind == TypeKind::Double;
    // No bound: nothing but nulls and, for floats, NaN.
    const bool no_values = summary.contains_null && !summary.lower;
    if (no_values && (!floating || summary.contains_nan == false)) return false;
    if (filter.kind == ExpressionKind::IsNan) return summary.contains_nan != false;
    if (!summary.lower || !summary.upper) return true;
    return may_match_range(filter,
                           ValueRange{bound(*summary.lower, type), bound(*summary.upper, type)});
  }

  static std::optional<Value> bound(const std::string& bytes, const Type& type) {
    auto value = value_from_bytes(bytes, type);
    if (!value || value->is_nan()) return std::nullopt;
    return std::move(*value);
  }

  const PartitionSpec& spec_;
  const Type& partition_;
  const std::vector<PartitionSummary>& summaries_;
};

}  // namespace

bool matches_partition(const Expression& projected, const PartitionSpec& spec,
                       const PartitionTuple& tuple, Doubt doubt) {
  return TupleFilter(spec, tuple, doubt).evaluate(projected);
}

bool may_match_manifest(const Expression& projected, const PartitionSpec& spec,
                        const Type& partition, const ManifestFile& manifest) {
  if (!manifest.partitions) return projected.kind != ExpressionKind::False;
  return SummaryFilter(spec, partition, *manifest.partitions).may_match(projected);
}

}  // namespace tarn::iceberg
