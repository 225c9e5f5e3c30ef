// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>

#include "base/text.h"
#include "migrate/verify.h"
#include "postgres/quoting.h"
#include "postgres/struct_fields.h"

namespace tarn::migrate {
namespace {

using postgres::ColumnKind;
using postgres::ColumnPlan;
using postgres::DecodeOp;
using postgres::Loss;
using postgres::LossPolicy;

LossPolicy policy_of(const ColumnPlan& plan, Loss loss) {
  return plan.policies[static_cast<std::size_t>(loss)];
}

std::string bits(std::string_view bytes, int size) {
  return fmt::format("('x' || encode({}, 'hex'))::bit({})::text", bytes, size);
}

std::string null_if(const std::string& condition, const std::string& value) {
  return fmt::format("CASE WHEN {} THEN NULL ELSE {} END", condition, value);
}

// The source's value after its policies.
std::string numeric_value(const ColumnPlan& plan, std::string value) {
  if (policy_of(plan, Loss::NumericSpecial) == LossPolicy::Null) {
    value = null_if(fmt::format("({})::text IN ('NaN', 'Infinity', '-Infinity')", value), value);
  }
  if (policy_of(plan, Loss::NumericOverflow) == LossPolicy::Null) {
    value = null_if(fmt::format("abs(round({}, {})) >= 1e{}::numeric", value, plan.scale,
                                plan.precision - plan.scale),
                    value);
  }
  value = fmt::format("round({}, {})::text", value, plan.scale);
  // DuckDB leaves out the zero where no digit can be in front of the point.
  if (plan.precision == plan.scale) {
    value = fmt::format("regexp_replace({}, '^(-?)0[.]', '\\1.')", value);
  }
  return value;
}

std::string infinite_value(const ColumnPlan& plan, const char* type, const std::string& value,
                           const char* first, const char* last) {
  const LossPolicy policy = policy_of(plan, Loss::InfiniteTime);
  if (policy == LossPolicy::Error) return value;
  const bool clamps = policy == LossPolicy::Clamp;
  const auto bound = [&](const char* text) {
    return clamps ? fmt::format("'{}'::{}", text, type) : std::string("NULL");
  };
  return fmt::format(
      "CASE ({0}) WHEN 'infinity'::{1} THEN {2} WHEN '-infinity'::{1} THEN {3} "
      "ELSE ({0}) END",
      value, type, bound(last), bound(first));
}

std::string time_value(const ColumnPlan& plan, const std::string& value) {
  switch (policy_of(plan, Loss::EndOfDay)) {
    case LossPolicy::Error:
      return value;
    case LossPolicy::Null:
      return null_if(fmt::format("({}) = '24:00'::time", value), value);
    case LossPolicy::Clamp:
      return fmt::format("least(({}), '23:59:59.999999'::time)", value);
  }
  return value;
}

// A name in expressions of the lake that no column of Postgres can have: those end at 63 bytes.
std::string lake_name(std::string_view name) { return fmt::format("\"tarn: {:_>64}\"", name); }

class TextMaker {
 public:
  // `column`: the column of the source that all names stand beside.
  explicit TextMaker(std::string_view column) : prefix_(column.starts_with('e') ? 'i' : 'e') {}

  CommonText make(const ColumnPlan& plan, const std::string& s, const std::string& l) {
    switch (plan.op) {
      case DecodeOp::Boolean:
        return {fmt::format("({})::int::text", s), fmt::format("({})::INTEGER::VARCHAR", l)};
      case DecodeOp::Float4:
        return {bits(fmt::format("float4send({})", s), 32), fmt::format("({})::BIT::VARCHAR", l)};
      case DecodeOp::Float8:
        return {bits(fmt::format("float8send({})", s), 64), fmt::format("({})::BIT::VARCHAR", l)};
      case DecodeOp::NumericDecimal:
        return {numeric_value(plan, s), fmt::format("({})::VARCHAR", l)};
      case DecodeOp::Money:
        return {fmt::format("round(({})::numeric, {})::text", s, plan.scale),
                fmt::format("({})::VARCHAR", l)};
      case DecodeOp::Bytes:
        return {fmt::format("encode({}, 'hex')", s), fmt::format("lower(hex({}))", l)};
      case DecodeOp::Date:
        return {fmt::format("(({}) - '1970-01-01'::date)::text",
                            infinite_value(plan, "date", s, "0001-01-01", "9999-12-31")),
                fmt::format("(({}) - DATE '1970-01-01')::VARCHAR", l)};
      case DecodeOp::Timestamp:
        return timestamp(plan, "timestamp", s, l);
      case DecodeOp::TimestampTz:
        return timestamp(plan, "timestamptz", s, l);
      case DecodeOp::Time:
        return {bits(fmt::format("time_send({})", time_value(plan, s)), 64),
                fmt::format("epoch_us({})::BIGINT::BIT::VARCHAR", l)};
      case DecodeOp::Uuid:
        return {fmt::format("({})::text", s), fmt::format("({})::VARCHAR", l)};
      case DecodeOp::IntervalStruct:
        return {bits(fmt::format("interval_send({})", s), 128),
                fmt::format("({0}).micros::BIGINT::BIT::VARCHAR || "
                            "({0}).days::INTEGER::BIT::VARCHAR || "
                            "({0}).months::INTEGER::BIT::VARCHAR",
                            l)};
      case DecodeOp::Array:
        return array(plan, s, l);
      case DecodeOp::Composite:
      case DecodeOp::Range:
        return fields(plan, s, l);
      case DecodeOp::Hstore:
        return hstore(s, l);
      default:
        break;
    }
    // By the type's output function: casts to text may drop padding or add what is not there.
    const bool is_cast = plan.cast == "text";
    return {is_cast ? fmt::format("({})::text", s)
                    : fmt::format("CASE WHEN ({0}) IS NOT NULL THEN format('%s', {0}) END", s),
            fmt::format("({})::VARCHAR", l)};
  }

 private:
  static CommonText timestamp(const ColumnPlan& plan, const char* type, const std::string& s,
                              const std::string& l) {
    const bool has_zone = std::string_view(type) == "timestamptz";
    const std::string value =
        infinite_value(plan, type, s, has_zone ? "0001-01-01 00:00:00+00" : "0001-01-01 00:00:00",
                       has_zone ? "9999-12-31 23:59:59.999999+00" : "9999-12-31 23:59:59.999999");
    // Microseconds since 2000.
    return {bits(fmt::format("{}_send({})", type, value), 64),
            fmt::format("(epoch_us({})::HUGEINT - 946684800000000)::BIGINT::BIT::VARCHAR", l)};
  }

  CommonText array(const ColumnPlan& plan, const std::string& s, const std::string& l) {
    const std::string name = fmt::format("{}{}", prefix_, ++depth_);
    const std::string lake = lake_name(name);
    const std::string whole = plan.cast.empty() ? s : fmt::format("({})::{}", s, plan.cast);
    std::string value = whole;
    if (policy_of(plan, Loss::ArrayShape) == LossPolicy::Null) {
      value = null_if(fmt::format("array_ndims({}) > 1", whole), whole);
    }
    if (policy_of(plan, Loss::ArrayBounds) == LossPolicy::Null) {
      value = null_if(fmt::format("array_lower({}, 1) <> 1", whole), value);
    }
    const ColumnPlan& element = plan.children.at(0);
    const CommonText inner = make(element, fmt::format("({})[{}]", whole, name), lake);
    CommonText text;
    text.source = fmt::format(
        "CASE WHEN ({0}) IS NOT NULL THEN coalesce((SELECT string_agg(coalesce(md5({1}), '-'), ',' "
        "ORDER BY {2}) FROM generate_subscripts({3}, 1) {2}), '') END",
        value, inner.source, name, whole);
    text.lake = fmt::format(
        "CASE WHEN ({0}) IS NOT NULL THEN coalesce(array_to_string(list_transform({0}, lambda {1}: "
        "coalesce(md5({2}), '-')), ','), '') END",
        l, lake, inner.lake);
    return text;
  }

  CommonText fields(const ColumnPlan& plan, const std::string& s, const std::string& l) {
    CommonText text;
    for (const ColumnPlan& field : postgres::struct_fields(plan)) {
      std::string value;
      if (plan.op == DecodeOp::Composite) {
        value = fmt::format("({}).{}", s, postgres::quote_identifier(field.name));
      } else {
        const std::string function = field.name == "lower_inclusive"   ? "lower_inc"
                                     : field.name == "upper_inclusive" ? "upper_inc"
                                     : field.name == "is_empty"        ? "isempty"
                                                                       : field.name;
        value = fmt::format("{}({})", function, s);
      }
      const CommonText part =
          make(field, value, fmt::format("struct_extract({}, {})", l, quote(field.name, '\'')));
      const char* joint = text.source.empty() ? "" : " || ',' || ";
      text.source += fmt::format("{}coalesce(md5({}), '-')", joint, part.source);
      text.lake += fmt::format("{}coalesce(md5({}), '-')", joint, part.lake);
    }
    // A composite of nulls IS NULL, though it is none.
    text.source = fmt::format("CASE WHEN ({}) IS DISTINCT FROM NULL THEN {} END", s, text.source);
    text.lake = fmt::format("CASE WHEN ({}) IS NOT NULL THEN {} END", l, text.lake);
    return text;
  }

  static CommonText hstore(const std::string& s, const std::string& l) {
    return {
        fmt::format("CASE WHEN ({0}) IS NOT NULL THEN coalesce((SELECT string_agg(md5(h.key) || "
                    "coalesce(md5(h.value), '-'), ',' ORDER BY md5(h.key) COLLATE \"C\") FROM "
                    "each({0}) h), '') END",
                    s),
        fmt::format("CASE WHEN ({0}) IS NOT NULL THEN coalesce(array_to_string(list_sort("
                    "list_transform(map_entries({0}), lambda {1}: md5({1}.key) || "
                    "coalesce(md5({1}.value), '-'))), ','), '') END",
                    l, lake_name("h"))};
  }

  char prefix_;
  int depth_ = 0;
};

}  // namespace

CommonText common_text(const ColumnPlan& plan, const std::string& source_value,
                       const std::string& lake_value) {
  return TextMaker(plan.name).make(plan, source_value, lake_value);
}

}  // namespace tarn::migrate
