// SPDX-License-Identifier: Apache-2.0
#include "iceberg/projection.h"

#include <limits>

#include "base/clock.h"
#include "base/testing.h"
#include "base/time.h"
#include "iceberg/value_range.h"

namespace tarn::iceberg {

namespace {

using Kind = ExpressionKind;

Schema one_column(const Type& type) {
  Schema schema;
  schema.fields = {optional_field(1, "a", type)};
  return schema;
}

PartitionSpec one_field(const Transform& transform) {
  PartitionSpec spec;
  PartitionField field;
  field.source_id = 1;
  field.field_id = 1000;
  field.name = "p";
  field.transform = transform;
  spec.fields = {field};
  return spec;
}

bool row_matches(const Expression& filter, const Value& value) {
  if (filter.kind == Kind::False) return false;
  if (filter.kind == Kind::True) return true;
  if (filter.kind == Kind::IsNull) return value.is_null();
  if (value.is_null()) return false;
  return predicate_holds(filter, value).value();
}

std::vector<Expression> filters_over(const std::vector<Value>& literals, bool text) {
  std::vector<Expression> filters = {predicate(Kind::IsNull, 1), predicate(Kind::NotNull, 1)};
  for (const Value& literal : literals) {
    for (const Kind kind : {Kind::Less, Kind::LessOrEqual, Kind::Greater, Kind::GreaterOrEqual,
                            Kind::Equal, Kind::NotEqual}) {
      filters.push_back(predicate(kind, 1, literal));
    }
    if (text) {
      filters.push_back(predicate(Kind::StartsWith, 1, literal));
      filters.push_back(predicate(Kind::NotStartsWith, 1, literal));
    }
    for (const Value& other : literals) {
      filters.push_back(in_list(Kind::In, 1, {literal, other}));
      filters.push_back(in_list(Kind::NotIn, 1, {literal, other}));
    }
  }
  return filters;
}

// For every filter and value: a matching row's partition is in the inclusive projection, and in a
// partition of the strict projection no row fails.
void check_sound(const std::string& transform_text, const Type& type,
                 const std::vector<Value>& literals, const std::vector<Value>& rows) {
  CAPTURE(transform_text);
  const Transform transform = CHECK_OK(parse_transform(transform_text));
  const PartitionSpec spec = one_field(transform);
  const Schema schema = one_column(type);
  for (const Expression& filter : filters_over(literals, type.kind == TypeKind::String)) {
    const Expression inclusive = CHECK_OK(project_inclusive(filter, spec, schema));
    const Expression strict = CHECK_OK(project_strict(filter, spec, schema));
    for (const Value& row : rows) {
      const PartitionTuple tuple{{CHECK_OK(apply_transform(transform, row))}};
      const bool matches = row_matches(filter, row);
      if (matches && !matches_partition(inclusive, spec, tuple, Doubt::Match)) {
        FAIL(describe(filter) << " loses " << describe(row) << " by " << describe(inclusive));
      }
      if (!matches && matches_partition(strict, spec, tuple, Doubt::NoMatch)) {
        FAIL(describe(filter) << " takes " << describe(row) << " by " << describe(strict));
      }
    }
  }
}

template <typename Make>
std::vector<Value> values_from(std::int64_t first, std::int64_t last, Make make) {
  std::vector<Value> values;
  for (std::int64_t i = first; i <= last; ++i) values.push_back(make(i));
  return values;
}

std::string text_of(const Expression& filter, const Transform& transform, const Type& type,
                    bool strict = false) {
  const auto result = strict ? project_strict(filter, one_field(transform), one_column(type))
                             : project_inclusive(filter, one_field(transform), one_column(type));
  return describe(CHECK_OK(result));
}

}  // namespace

TEST_CASE("projections are sound on every value") {
  const auto ints = values_from(-25, 25, [](std::int64_t i) { return int_value(int(i)); });
  std::vector<Value> rows = ints;
  rows.push_back(Value{});
  const std::vector<Value> int_literals = {int_value(-20), int_value(-11), int_value(-1),
                                           int_value(0),   int_value(9),   int_value(10)};
  for (const std::string transform :
       {"identity", "void", "bucket[4]", "truncate[10]", "truncate[1]", "truncate[7]", "zzz"}) {
    if (transform == "zzz") continue;
    check_sound(transform, TypeKind::Int, int_literals, rows);
  }
  const std::vector<Value> ends = {int_value(INT32_MIN),     int_value(INT32_MIN + 1),
                                   int_value(INT32_MIN + 9), int_value(0),
                                   int_value(INT32_MAX - 1), int_value(INT32_MAX)};
  check_sound("truncate[10]", TypeKind::Int, ends, ends);
  const std::vector<Value> long_ends = {long_value(INT64_MIN), long_value(INT64_MIN + 5),
                                        long_value(-1), long_value(INT64_MAX)};
  check_sound("truncate[10]", TypeKind::Long, long_ends, long_ends);
  const auto decimals = values_from(-30, 30, [](std::int64_t i) { return decimal_value(i, 1); });
  check_sound("truncate[10]", decimal_type(5, 1),
              {decimal_value(-10, 1), decimal_value(0, 1), decimal_value(15, 1)}, decimals);
  check_sound("bucket[3]", decimal_type(5, 1), {decimal_value(-10, 1), decimal_value(4, 1)},
              decimals);
}

TEST_CASE("projections of texts and times are sound") {
  std::vector<Value> texts = {Value{}};
  for (const std::string_view text :
       {"", "a", "ab", "abc", "abcd", "abd", "b", "ä", "äb", "äbc", "äbcd", "\xF0\x9F\x98\x80",
        "\xF0\x9F\x98\x80"
        "bcd",
        "~", "\x7f"}) {
    texts.push_back(string_value(std::string(text)));
  }
  const std::vector<Value> text_literals(texts.begin() + 1, texts.end());
  for (const std::string transform : {"identity", "bucket[5]", "truncate[1]", "truncate[3]"}) {
    check_sound(transform, TypeKind::String, text_literals, texts);
  }
  const std::vector<Value> bytes = {binary_value(""), binary_value("\x7f"), binary_value("\x80"),
                                    binary_value("ab"), binary_value("abc")};
  check_sound("truncate[2]", TypeKind::Binary, bytes, bytes);
  const auto dates = values_from(-800, 800, [](std::int64_t i) { return date_value(i); });
  const std::vector<Value> date_literals = {date_value(-366), date_value(-365), date_value(-31),
                                            date_value(-1),   date_value(0),    date_value(1),
                                            date_value(31),   date_value(365)};
  for (const std::string transform : {"year", "month", "day"}) {
    check_sound(transform, TypeKind::Date, date_literals, dates);
  }
  std::vector<Value> times;
  for (std::int64_t hour = -50; hour <= 50; ++hour) {
    for (const std::int64_t micros : {-1, 0, 1}) {
      times.push_back(timestamp_value(TypeKind::Timestamp, hour * kMicrosPerHour + micros));
    }
  }
  const std::vector<Value> time_literals = {times[0],   times[30],  times[148], times[150],
                                            times[151], times[152], times[200]};
  for (const std::string transform : {"year", "month", "day", "hour"}) {
    check_sound(transform, TypeKind::Timestamp, time_literals, times);
  }
}

TEST_CASE("projections prune") {
  const Transform day{TransformKind::Day, 0, {}};
  const auto at = [](std::string_view text) {
    return timestamp_value(TypeKind::Timestamp, CHECK_OK(parse_timestamp_micros(text)));
  };
  CHECK(text_of(predicate(Kind::Less, 1, at("2017-12-01T00:00:00")), day, TypeKind::Timestamp) ==
        "id 1000 <= 2017-11-30");
  CHECK(text_of(predicate(Kind::LessOrEqual, 1, at("2017-12-01T00:00:00")), day,
                TypeKind::Timestamp) == "id 1000 <= 2017-12-01");
  CHECK(text_of(predicate(Kind::Equal, 1, at("2017-12-01T10:00:00")), day, TypeKind::Timestamp) ==
        "id 1000 = 2017-12-01");
  CHECK(text_of(predicate(Kind::GreaterOrEqual, 1, at("2017-12-01T00:00:00")), day,
                TypeKind::Timestamp, true) == "id 1000 > 2017-11-30");
  CHECK(text_of(predicate(Kind::Less, 1, at("2017-12-01T00:00:00")), day, TypeKind::Timestamp,
                true) == "id 1000 < 2017-12-01");
  CHECK(text_of(in_list(Kind::In, 1, {int_value(34), int_value(0)}), bucket_transform(16),
                TypeKind::Int) == "id 1000 in (3, 12)");
  CHECK(text_of(predicate(Kind::NotEqual, 1, int_value(34)), bucket_transform(16), TypeKind::Int) ==
        "true");
  CHECK(text_of(predicate(Kind::Less, 1, int_value(34)), bucket_transform(16), TypeKind::Int) ==
        "true");
  CHECK(text_of(predicate(Kind::Equal, 1, int_value(34)), bucket_transform(16), TypeKind::Int,
                true) == "false");
  CHECK(text_of(predicate(Kind::StartsWith, 1, string_value("abcd")), truncate_transform(2),
                TypeKind::String) == "id 1000 = \"ab\"");
  CHECK(text_of(predicate(Kind::Equal, 1, int_value(3)), {TransformKind::Unknown, 0, "z"},
                TypeKind::Int) == "true");
  CHECK_ERROR(project_inclusive(predicate(Kind::IsNull, 9), PartitionSpec{}, Schema{}),
              ErrorCode::InvalidInput, "unknown column 9");
}

TEST_CASE("several fields of one column join") {
  PartitionSpec spec = one_field(bucket_transform(16));
  spec.fields.push_back(spec.fields[0]);
  spec.fields[1].transform = truncate_transform(10);
  spec.fields[1].field_id = 1001;
  const Schema schema = one_column(TypeKind::Int);
  const Expression equal = predicate(Kind::Equal, 1, int_value(34));
  CHECK(describe(CHECK_OK(project_inclusive(equal, spec, schema))) ==
        "(id 1000 = 3 and id 1001 = 30)");
  const Expression other = predicate(Kind::NotEqual, 1, int_value(34));
  CHECK(describe(CHECK_OK(project_strict(other, spec, schema))) ==
        "(id 1000 <> 3 or id 1001 <> 30)");
}

TEST_CASE("filters on manifest summaries") {
  const Schema schema = one_column(TypeKind::Int);
  const PartitionSpec spec = one_field({});
  const Type partition = partition_type(spec, schema);
  const auto may_match = [&](const Expression& filter, const PartitionSummary& summary) {
    ManifestFile manifest;
    manifest.partitions = {summary};
    return may_match_manifest(CHECK_OK(project_inclusive(filter, spec, schema)), spec, partition,
                              manifest);
  };
  const PartitionSummary five_to_nine{false, false, to_bytes(int_value(5)), to_bytes(int_value(9))};
  const PartitionSummary nulls{true, std::nullopt, std::nullopt, std::nullopt};
  const PartitionSummary old{true, std::nullopt, to_bytes(int_value(5)), to_bytes(int_value(9))};
  struct Case {
    Expression filter;
    bool in_range;
    bool in_nulls;
    bool in_old;
  };
  const std::vector<Case> cases = {
      {predicate(Kind::Less, 1, int_value(5)), false, false, false},
      {predicate(Kind::LessOrEqual, 1, int_value(5)), true, false, true},
      {predicate(Kind::Greater, 1, int_value(9)), false, false, false},
      {predicate(Kind::GreaterOrEqual, 1, int_value(9)), true, false, true},
      {predicate(Kind::Equal, 1, int_value(4)), false, false, false},
      {predicate(Kind::Equal, 1, int_value(7)), true, false, true},
      {predicate(Kind::NotEqual, 1, int_value(7)), true, false, true},
      {in_list(Kind::In, 1, {int_value(1), int_value(10)}), false, false, false},
      {in_list(Kind::In, 1, {int_value(1), int_value(6)}), true, false, true},
      {predicate(Kind::IsNull, 1), false, true, true},
      {predicate(Kind::NotNull, 1), true, false, true},
      {both(predicate(Kind::Greater, 1, int_value(1)), predicate(Kind::IsNull, 1)), false, false,
       true},
      {either(predicate(Kind::Less, 1, int_value(1)), predicate(Kind::IsNull, 1)), false, true,
       true},
  };
  for (const Case& c : cases) {
    CAPTURE(describe(c.filter));
    CHECK(may_match(c.filter, five_to_nine) == c.in_range);
    CHECK(may_match(c.filter, nulls) == c.in_nulls);
    CHECK(may_match(c.filter, old) == c.in_old);
  }
  ManifestFile bare;
  CHECK(may_match_manifest(predicate(Kind::IsNull, 1000), spec, partition, bare));
  CHECK_FALSE(may_match_manifest(always_false(), spec, partition, bare));
}

TEST_CASE("partition values of another form still compare") {
  // Some writers store `day` as an int, and dates may be timestamps by now.
  const PartitionSpec spec = one_field({TransformKind::Day, 0, {}});
  const Expression filter = predicate(Kind::Equal, 1000, date_value(5));
  CHECK(matches_partition(filter, spec, {{int_value(5)}}, Doubt::NoMatch));
  CHECK_FALSE(matches_partition(filter, spec, {{int_value(6)}}, Doubt::Match));
  const Expression later =
      predicate(Kind::Less, 1000, timestamp_value(TypeKind::Timestamp, 2 * kMicrosPerDay));
  CHECK(matches_partition(later, spec, {{date_value(1)}}, Doubt::NoMatch));
  CHECK_FALSE(matches_partition(later, spec, {{date_value(2)}}, Doubt::Match));
  CHECK(matches_partition(filter, spec, {{string_value("x")}}, Doubt::Match));
  CHECK_FALSE(matches_partition(filter, spec, {{string_value("x")}}, Doubt::NoMatch));
}

}  // namespace tarn::iceberg
