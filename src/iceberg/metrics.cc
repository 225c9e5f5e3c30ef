// SPDX-License-Identifier: Apache-2.0
#include "iceberg/metrics.h"

#include <algorithm>
#include <unordered_set>

#include "base/text.h"
#include "iceberg/table_properties.h"

namespace tarn::iceberg {

namespace {

constexpr char32_t kCodePointMax = 0x10FFFF;
constexpr char32_t kSurrogateFirst = 0xD800;
constexpr char32_t kSurrogateLast = 0xDFFF;
constexpr int kSortedColumnLength = 16;

std::vector<char32_t> code_points(std::string_view text) {
  std::vector<char32_t> points;
  for (std::size_t offset = 0; offset < text.size();) {
    points.push_back(next_code_point(text, offset));
  }
  return points;
}

MetricsMode mode_or_default(const std::string& text, const MetricsMode& fallback) {
  const auto mode = parse_metrics_mode(text);
  return mode ? *mode : fallback;
}

MetricsMode at_least_truncated(const MetricsMode& mode) {
  if (mode.kind == MetricsKind::Full || mode.kind == MetricsKind::Truncate) return mode;
  return {MetricsKind::Truncate, kSortedColumnLength};
}

bool is_metrics_leaf(const SchemaIndex::Entry& entry) {
  return entry.field->type.is_primitive() && !entry.repeated;
}

// The value with the sign of zero that keeps the bound sound.
Value bound_of_zero(const Value& value, bool lower) {
  if (value.kind == TypeKind::Float && value.as_float() == 0.0F) {
    return float_value(lower ? -0.0F : 0.0F);
  }
  if (value.kind == TypeKind::Double && value.as_double() == 0.0) {
    return double_value(lower ? -0.0 : 0.0);
  }
  return value;
}

}  // namespace

Result<MetricsMode> parse_metrics_mode(std::string_view text) {
  const std::string lower = to_lower(trim(text));
  if (lower == "none") return MetricsMode{MetricsKind::None, 0};
  if (lower == "counts") return MetricsMode{MetricsKind::Counts, 0};
  if (lower == "full") return MetricsMode{MetricsKind::Full, 0};
  if (lower.starts_with("truncate(") && lower.ends_with(')')) {
    const auto length = parse_int64(std::string_view(lower).substr(9, lower.size() - 10));
    if (length && *length > 0 && *length <= INT32_MAX) {
      return MetricsMode{MetricsKind::Truncate, static_cast<int>(*length)};
    }
  }
  return invalid_input("unknown metrics mode `{}`", text);
}

IdMap<MetricsMode> metrics_modes(const std::map<std::string, std::string>& properties,
                                 const Schema& schema, const SortOrder& order) {
  const bool explicit_default = properties.contains(std::string(property::kMetricsDefault.name));
  const MetricsMode fallback =
      mode_or_default(read_property(properties, property::kMetricsDefault), MetricsMode{});
  const auto limit_property = read_property(properties, property::kMetricsColumnsMax);
  const std::int64_t limit =
      limit_property ? *limit_property : property::kMetricsColumnsMax.fallback;
  std::unordered_set<int> sorted;
  for (const SortField& field : order.fields) {
    if (preserves_order(field.transform)) sorted.insert(field.source_id);
  }
  const SchemaIndex index(schema);
  IdMap<MetricsMode> modes;
  std::int64_t count = 0;
  for (const int id : index.ids()) {
    const SchemaIndex::Entry& entry = *index.find(id);
    if (!entry.field->type.is_primitive()) continue;
    if (!is_metrics_leaf(entry)) {
      modes.set(id, {MetricsKind::None, 0});
      continue;
    }
    const bool inferred = count++ < limit || explicit_default;
    MetricsMode mode = inferred ? fallback : MetricsMode{MetricsKind::None, 0};
    if (sorted.contains(id)) mode = at_least_truncated(mode);
    const auto own = properties.find(std::string(property::kMetricsColumnPrefix) + entry.name);
    if (own != properties.end()) mode = mode_or_default(own->second, mode);
    modes.set(id, mode);
  }
  return modes;
}

std::string truncate_lower_text(std::string_view text, std::size_t length) {
  return std::string(utf8_prefix(text, length));
}

std::optional<std::string> truncate_upper_text(std::string_view text, std::size_t length) {
  const std::string_view prefix = utf8_prefix(text, length);
  if (prefix.size() == text.size()) return std::string(text);
  std::vector<char32_t> points = code_points(prefix);
  while (!points.empty()) {
    char32_t next = points.back() + 1;
    if (next >= kSurrogateFirst && next <= kSurrogateLast) next = kSurrogateLast + 1;
    if (next <= kCodePointMax) {
      points.back() = next;
      std::string result;
      for (const char32_t point : points) append_utf8(result, point);
      return result;
    }
    points.pop_back();
  }
  return std::nullopt;
}

std::string truncate_lower_bytes(std::string_view bytes, std::size_t length) {
  return std::string(bytes.substr(0, length));
}

std::optional<std::string> truncate_upper_bytes(std::string_view bytes, std::size_t length) {
  if (bytes.size() <= length) return std::string(bytes);
  std::string result(bytes.substr(0, length));
  while (!result.empty()) {
    const auto last = static_cast<unsigned char>(result.back());
    if (last != 0xFF) {
      result.back() = static_cast<char>(last + 1);
      return result;
    }
    result.pop_back();
  }
  return std::nullopt;
}

void set_bounds(DataFile& file, int field_id, const Value& lower, const Value& upper,
                const MetricsMode& mode) {
  if (mode.kind == MetricsKind::None || mode.kind == MetricsKind::Counts) return;
  const auto length = static_cast<std::size_t>(mode.length);
  const bool full = mode.kind == MetricsKind::Full;
  if (!lower.is_null() && !lower.is_nan()) {
    std::string bytes = to_bytes(bound_of_zero(lower, true));
    if (!full && lower.kind == TypeKind::String) bytes = truncate_lower_text(bytes, length);
    if (!full && (lower.kind == TypeKind::Binary || lower.kind == TypeKind::Fixed)) {
      bytes = truncate_lower_bytes(bytes, length);
    }
    file.lower_bounds.set(field_id, std::move(bytes));
  }
  if (upper.is_null() || upper.is_nan()) return;
  std::optional<std::string> bytes = to_bytes(bound_of_zero(upper, false));
  if (!full && upper.kind == TypeKind::String) bytes = truncate_upper_text(*bytes, length);
  if (!full && (upper.kind == TypeKind::Binary || upper.kind == TypeKind::Fixed)) {
    bytes = truncate_upper_bytes(*bytes, length);
  }
  if (bytes) file.upper_bounds.set(field_id, std::move(*bytes));
}

}  // namespace tarn::iceberg
