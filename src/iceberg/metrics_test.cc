// SPDX-License-Identifier: Apache-2.0
#include "iceberg/metrics.h"

#include <cmath>

#include "base/bytes.h"
#include "base/testing.h"

namespace tarn::iceberg {

namespace {

using Kind = ExpressionKind;

Schema metrics_schema() {
  Schema schema;
  schema.fields = {optional_field(1, "i", TypeKind::Int),
                   optional_field(2, "f", TypeKind::Double),
                   optional_field(3, "s", TypeKind::String),
                   optional_field(4, "n", TypeKind::Int),
                   optional_field(5, "st", struct_type({required_field(6, "x", TypeKind::Int)})),
                   optional_field(7, "l", list_type(8, TypeKind::Int, false))};
  return schema;
}

}  // namespace

TEST_CASE("bounds are cut soundly") {
  const std::string high = "\xF4\x8F\xBF\xBF";  // U+10FFFF
  struct Case {
    std::string text;
    std::size_t length;
    std::string lower;
    std::optional<std::string> upper;
  };
  const std::vector<Case> cases = {
      {"abc", 5, "abc", "abc"},
      {"abc", 3, "abc", "abc"},
      {"abcd", 3, "abc", "abd"},
      {"äöüx", 3, "äöü", "äöý"},
      {"a\xED\x9F\xBFz", 2, "a\xED\x9F\xBF", "a\xEE\x80\x80"},  // U+D7FF → U+E000
      {"a" + high + "z", 2, "a" + high, "b"},
      {high + high + "z", 2, high + high, std::nullopt},
      {"\x7fz", 1, "\x7f", "\xC2\x80"},
      {"", 4, "", ""},
  };
  for (const Case& c : cases) {
    CAPTURE(c.text);
    CHECK(truncate_lower_text(c.text, c.length) == c.lower);
    CHECK(truncate_upper_text(c.text, c.length) == c.upper);
    CHECK(c.lower <= c.text);
    if (c.upper) CHECK(compare(string_value(*c.upper), string_value(c.text)) >= 0);
  }
  CHECK(truncate_upper_bytes("ab", 2) == "ab");
  CHECK(truncate_upper_bytes("abc", 2) == "ac");
  CHECK(truncate_upper_bytes("a\xFF"
                             "c",
                             2) == "b");
  CHECK(truncate_upper_bytes("\xFF\xFF"
                             "c",
                             2) == std::nullopt);
  CHECK(truncate_lower_bytes("abc", 2) == "ab");
}

TEST_CASE("bounds of a file: no NaN, both zeros, cut by mode") {
  DataFile file;
  const MetricsMode cut{MetricsKind::Truncate, 2};
  set_bounds(file, 1, double_value(0.0), double_value(-0.0), cut);
  CHECK(to_hex(*file.lower_bounds.find(1)) == "0000000000000080");
  CHECK(to_hex(*file.upper_bounds.find(1)) == "0000000000000000");
  set_bounds(file, 2, double_value(std::nan("")), double_value(std::nan("")), cut);
  CHECK(file.lower_bounds.find(2) == nullptr);
  set_bounds(file, 3, string_value("abc"), string_value("abc"), cut);
  CHECK(*file.lower_bounds.find(3) == "ab");
  CHECK(*file.upper_bounds.find(3) == "ac");
  set_bounds(file, 4, string_value("abc"), string_value("abc"), {MetricsKind::Full, 0});
  CHECK(*file.upper_bounds.find(4) == "abc");
  set_bounds(file, 5, int_value(5), int_value(6), {MetricsKind::Counts, 0});
  CHECK(file.lower_bounds.find(5) == nullptr);
  set_bounds(file, 6, Value{}, Value{}, cut);
  CHECK(file.upper_bounds.find(6) == nullptr);
  set_bounds(file, 7, int_value(5), int_value(6), cut);
  CHECK(*file.upper_bounds.find(7) == to_bytes(int_value(6)));
}

TEST_CASE("metrics modes") {
  CHECK(CHECK_OK(parse_metrics_mode("Truncate(20)")) == MetricsMode{MetricsKind::Truncate, 20});
  CHECK(CHECK_OK(parse_metrics_mode("full")).kind == MetricsKind::Full);
  CHECK_ERROR(parse_metrics_mode("truncate(0)"), ErrorCode::InvalidInput, "truncate(0)");
  const auto kinds = [](const std::map<std::string, std::string>& properties, bool sorted) {
    SortOrder order;
    SortField field;
    field.source_id = 4;
    if (sorted) order.fields = {field};
    std::string text;
    for (const auto& [id, mode] : metrics_modes(properties, metrics_schema(), order)) {
      text += std::to_string(id) + "nctf"[static_cast<int>(mode.kind)] + " ";
    }
    return text;
  };
  CHECK(kinds({}, false) == "1t 2t 3t 4t 6t 8n ");
  CHECK(kinds({{"write.metadata.metrics.max-inferred-column-defaults", "2"}}, false) ==
        "1t 2t 3n 4n 6n 8n ");
  CHECK(kinds({{"write.metadata.metrics.max-inferred-column-defaults", "2"}}, true) ==
        "1t 2t 3n 4t 6n 8n ");
  CHECK(kinds({{"write.metadata.metrics.default", "counts"},
               {"write.metadata.metrics.column.st.x", "full"},
               {"write.metadata.metrics.column.i", "bad"}},
              false) == "1c 2c 3c 4c 6f 8n ");
}

TEST_CASE("what metrics say about filters") {
  DataFile file;
  file.record_count = 10;
  for (const int id : {1, 2, 3, 4}) file.value_counts.set(id, 10);
  file.null_value_counts = {{1, 0}, {2, 0}, {3, 2}, {4, 10}};
  file.nan_value_counts = {{2, 1}};
  const MetricsMode cut{MetricsKind::Truncate, 2};
  set_bounds(file, 1, int_value(5), int_value(9), cut);
  set_bounds(file, 2, double_value(1), double_value(2), cut);
  set_bounds(file, 3, string_value("abc"), string_value("abz"), cut);
  struct Case {
    Expression filter;
    bool may;
    bool must;
  };
  const auto text = [](std::string_view value) { return string_value(std::string(value)); };
  const std::vector<Case> cases = {
      {always_true(), true, true},
      {always_false(), false, false},
      {predicate(Kind::Less, 1, int_value(5)), false, false},
      {predicate(Kind::Less, 1, int_value(6)), true, false},
      {predicate(Kind::Less, 1, int_value(10)), true, true},
      {predicate(Kind::LessOrEqual, 1, int_value(9)), true, true},
      {predicate(Kind::Greater, 1, int_value(4)), true, true},
      {predicate(Kind::Greater, 1, int_value(9)), false, false},
      {predicate(Kind::Equal, 1, int_value(10)), false, false},
      {predicate(Kind::Equal, 1, int_value(7)), true, false},
      {predicate(Kind::NotEqual, 1, int_value(10)), true, true},
      {predicate(Kind::NotEqual, 1, int_value(7)), true, false},
      {in_list(Kind::NotIn, 1, {int_value(1), int_value(2)}), true, true},
      {predicate(Kind::IsNull, 1), false, false},
      {predicate(Kind::NotNull, 1), true, true},
      {predicate(Kind::IsNull, 4), true, true},
      {predicate(Kind::NotNull, 4), false, false},
      {predicate(Kind::Equal, 4, int_value(1)), false, false},
      {predicate(Kind::NotEqual, 4, int_value(1)), false, false},
      {predicate(Kind::Less, 2, double_value(9)), true, false},  // a NaN is not less
      {predicate(Kind::IsNan, 2), true, false},
      {predicate(Kind::NotNan, 2), true, false},
      {predicate(Kind::Greater, 2, double_value(2)), false, false},
      {predicate(Kind::StartsWith, 3, text("ab")), true, false},
      {predicate(Kind::StartsWith, 3, text("b")), false, false},
      {predicate(Kind::StartsWith, 3, text("aa")), false, false},
      {predicate(Kind::Equal, 3, text("abq")), true, false},
      {predicate(Kind::Equal, 3, text("ad")), false, false},
      {predicate(Kind::IsNull, 3), true, false},
      {predicate(Kind::Equal, 6, int_value(1)), true, false},  // no metrics
      {both(predicate(Kind::Greater, 1, int_value(4)), predicate(Kind::Less, 1, int_value(3))),
       false, false},
      {either(predicate(Kind::Greater, 1, int_value(4)), predicate(Kind::IsNull, 3)), true, true},
  };
  const Schema schema = metrics_schema();
  for (const Case& c : cases) {
    CAPTURE(describe(c.filter));
    CHECK(may_match_file(c.filter, schema, file) == c.may);
    CHECK(must_match_file(c.filter, schema, file) == c.must);
  }
  DataFile empty;
  CHECK_FALSE(may_match_file(always_true(), schema, empty));
}

}  // namespace tarn::iceberg
