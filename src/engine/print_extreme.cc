// SPDX-License-Identifier: Apache-2.0
// min, max, min_by and max_by, with and without a count, as DuckDB's own aggregates, which keep one
// row (or `n`) of a group instead of all: where a key can be given that DuckDB orders as Trino
// orders the argument.
#include "base/text.h"
#include "duckdb/physical_type.h"
#include "engine/print_state.h"

namespace tarn::engine {

using types::Type;
using types::TypeKind;

namespace {

using Found = std::optional<std::string>;

constexpr std::int64_t kExtremesMax = 10'000;  // of Trino
constexpr int kPaddedCharMax = 256;

// What DuckDB compares instead of a value.
struct OrderKey {
  std::string text;
  bool is_value = false;     // the value itself
  bool is_floating = false;  // NaN is the largest of all, which must not win
};

bool is_constant_count(const TypedExpression& node) {
  const auto count = constant_integer(node);
  return count && *count > 0 && *count <= kExtremesMax;
}

// The key of a value with that text; nullopt if there is none.
std::optional<OrderKey> order_key(const Type& type, const std::string& text) {
  const bool is_interval =
      type.is(TypeKind::IntervalDayToSecond) || type.is(TypeKind::IntervalYearToMonth);
  if (type.is(TypeKind::Unknown)) return std::nullopt;
  if (is_interval) return OrderKey{text, true};
  if (duckdb::compares_natively(type)) {
    if (!types::is_orderable(type)) return std::nullopt;
    return OrderKey{text, true, is_floating(type)};
  }
  if (type.is(TypeKind::Char) && type.precision <= kPaddedCharMax) {
    return OrderKey{fmt::format("rpad({}, {}, ' ')", text, type.precision)};
  }
  if (type.is(TypeKind::TimestampWithTimeZone) && type.precision <= 6) {
    return OrderKey{field_text(text, "t")};
  }
  return std::nullopt;
}

}  // namespace

// Without a count, and for what `min` and `max` of DuckDB do not give already.
Result<std::optional<std::string>> Printer::extreme_aggregate(
    const std::string& name, const std::vector<TypedExpressionPtr>& arguments,
    const AggregateShape& shape) {
  const bool largest = name.starts_with("max");
  const bool by = name.ends_with("_by");
  const std::size_t count_at = by ? 2 : 1;
  if (shape.distinct) return Found();
  const TypedExpression& key_node = *arguments[by ? 1 : 0];
  const std::string value_text = TRY(expression(*arguments[0]));
  std::optional<OrderKey> key;
  if (by && can_be_plain(key_node)) {
    key = OrderKey{TRY(value(key_node)).text, true};
  } else {
    key = order_key(key_node.type, by ? TRY(expression(key_node)) : value_text);
  }
  if (!key) return Found();
  const std::string pair = value_text + ", " + key->text;
  if (arguments.size() > count_at) {
    if (key->is_floating || !shape.over.empty() || !is_constant_count(*arguments[count_at])) {
      return Found();
    }
    const std::string count = TRY(expression(*arguments[count_at]));
    if (!by && key->is_value) {
      return Found(aggregate_text(largest ? "max" : "min", value_text + ", " + count, shape));
    }
    // In a row, since DuckDB leaves out values that are NULL.
    const std::string boxed = fmt::format("{{'v': {}}}, {}, {}", value_text, key->text, count);
    const std::string item = fresh_name("l");
    return Found(fmt::format("list_transform({}, lambda {}: {})",
                             aggregate_text(largest ? "max_by" : "min_by", boxed, shape), item,
                             field_text(item, "v")));
  }
  if (!by && key->is_value) return Found();
  const std::string own = largest ? "arg_max_null" : "arg_min_null";
  const std::string any = aggregate_text(own, pair, shape);
  if (!key->is_floating || !largest) return Found(any);
  // NaN counts only if nothing else is there.
  const std::string number = "NOT isnan(" + key->text + ")";
  return Found(fmt::format("CASE WHEN {} > 0 THEN {} ELSE {} END",
                           aggregate_text("count", key->text, shape, number),
                           aggregate_text(own, pair, shape, number), any));
}

}  // namespace tarn::engine
