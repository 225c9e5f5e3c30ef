// SPDX-License-Identifier: Apache-2.0
#include "migrate/layout.h"

#include "base/testing.h"

namespace tarn::migrate {
namespace {

iceberg::Schema test_schema() {
  iceberg::Schema schema;
  schema.fields = {iceberg::required_field(1, "id", iceberg::TypeKind::Long),
                   iceberg::optional_field(2, "at", iceberg::TypeKind::TimestampTz),
                   iceberg::optional_field(3, "registration_date", iceberg::TypeKind::Date),
                   iceberg::optional_field(4, "odd, \"name\"", iceberg::TypeKind::String),
                   iceberg::optional_field(5, "price", iceberg::TypeKind::Double)};
  return schema;
}

// `name=transform(source)`, joined by `;`.
std::string partitioning(std::string_view text) {
  const auto spec = CHECK_OK(parse_partitioning(text, test_schema()));
  std::string out;
  for (const auto& field : spec.fields) {
    out += fmt::format("{}{}={}({})", out.empty() ? "" : ";", field.name,
                       to_string(field.transform), field.source_id);
  }
  return out;
}

std::string order(std::string_view text) {
  const auto parsed = CHECK_OK(parse_sort_order(text, test_schema()));
  std::string out;
  for (const auto& field : parsed.fields) {
    out += fmt::format("{}{}({}) {} {}", out.empty() ? "" : ";", to_string(field.transform),
                       field.source_id,
                       field.direction == iceberg::SortDirection::Ascending ? "asc" : "desc",
                       field.null_order == iceberg::NullOrder::First ? "first" : "last");
  }
  return out;
}

TEST_CASE("partitioning") {
  CHECK(partitioning("") == "");
  CHECK(partitioning("id") == "id=identity(1)");
  CHECK(partitioning("month(registration_date)") == "registration_date_month=month(3)");
  CHECK(partitioning("MONTHS( at ) , bucket(id, 16)") ==
        "at_month=month(2);id_bucket=bucket[16](1)");
  CHECK(partitioning("bucket(16, id)") == "id_bucket=bucket[16](1)");
  CHECK(partitioning("truncate(\"odd, \"\"name\"\"\", 4)") == "odd, \"name\"_trunc=truncate[4](4)");
}

TEST_CASE("sort orders") {
  CHECK(order("") == "");
  CHECK(order("id") == "identity(1) asc first");
  CHECK(order("id desc, at nulls last") == "identity(1) desc last;identity(2) asc last");
  CHECK(order("day(at) DESC NULLS FIRST") == "day(2) desc first");
}

TEST_CASE("what is wrong is named") {
  struct Case {
    std::string_view text;
    std::string_view message;
  };
  for (const Case& c :
       std::initializer_list<Case>{{"month(registration_dat)", "did you mean `registration_date`?"},
                                   {"mnth(at)", "did you mean `month`?"},
                                   {"month(id)", "does not take column `id`"},
                                   {"bucket(price, 4)", "does not take column `price`"},
                                   {"bucket(id)", "needs a number"},
                                   {"bucket(id, 0)", "needs a number"},
                                   {"day(at, 3)", "takes no number"},
                                   {"bucket(16)", "names no column"},
                                   {"id id", "is not understood at `id`"},
                                   {"id,,at", "is not understood at `,`"},
                                   {"month(at", "is not understood at `the end`"},
                                   {"\"id", "open quotation mark"},
                                   {"id, id", ""}}) {
    CAPTURE(c.text);
    CHECK_ERROR(parse_partitioning(c.text, test_schema()), ErrorCode::InvalidInput,
                std::string(c.message));
  }
  CHECK_ERROR(parse_sort_order("id nulls", test_schema()), ErrorCode::InvalidInput, "the end");
  CHECK_ERROR(parse_sort_order("id upwards", test_schema()), ErrorCode::InvalidInput, "upwards");
}

}  // namespace
}  // namespace tarn::migrate
