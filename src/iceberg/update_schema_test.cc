// SPDX-License-Identifier: Apache-2.0
#include "iceberg/update_schema.h"

#include <functional>

#include "base/testing.h"
#include "iceberg/apply_update.h"
#include "iceberg/update_partition.h"

namespace tarn::iceberg {

namespace {

TableMetadata evolving_table(std::string_view version = "2") {
  NewTable table;
  table.schema.fields = {
      required_field(1, "id", TypeKind::Int),
      optional_field(2, "ts", TypeKind::Timestamp),
      optional_field(3, "price", decimal_type(9, 2)),
      optional_field(4, "place",
                     struct_type({required_field(5, "lat", TypeKind::Float),
                                  optional_field(6, "lon", TypeKind::Float)})),
      optional_field(7, "tags",
                     list_type(8, struct_type({optional_field(9, "t", TypeKind::Int)}), false)),
      optional_field(
          10, "m",
          map_type(required_field(11, "", TypeKind::Int), optional_field(12, "", TypeKind::Int))),
      optional_field(13, "day", TypeKind::Date)};
  table.schema.identifier_field_ids = {1};
  PartitionField field;
  field.source_id = 2;
  field.name = "ts_day";
  field.transform = {TransformKind::Day, 0, {}};
  table.spec.fields = {field};
  table.location = "/t";
  table.uuid = "u";
  table.properties = {{"format-version", std::string(version)}};
  return CHECK_OK(make_table_metadata(table, 1));
}

std::string names_of(const Schema& schema) {
  std::string text;
  const SchemaIndex index(schema);
  for (const int id : index.ids()) text += fmt::format("{}:{} ", id, index.find(id)->name);
  return text;
}

}  // namespace

TEST_CASE("columns are added with new ids at every level") {
  const TableMetadata base = evolving_table();
  UpdateSchema update(base);
  CHECK(names_of(update.schema()) ==
        "1:id 2:ts 3:price 4:place 8:place.lat 9:place.lon 5:tags 10:tags.element "
        "11:tags.element.t 6:m 12:m.key 13:m.value 7:day ");
  CHECK(CHECK_OK(update.add_column({}, optional_field(0, "a.b", TypeKind::String))) == 14);
  CHECK(CHECK_OK(update.add_column(
            {"place"}, optional_field(0, "z", list_type(0, TypeKind::Int, true)))) == 15);
  CHECK(CHECK_OK(update.add_column({"tags"}, optional_field(0, "u", TypeKind::Int))) == 17);
  CHECK(update.last_column_id() == 17);
  CHECK(names_of(update.schema()) ==
        "1:id 2:ts 3:price 4:place 8:place.lat 9:place.lon 15:place.z 16:place.z.element 5:tags "
        "10:tags.element 11:tags.element.t 17:tags.element.u 6:m 12:m.key 13:m.value 7:day "
        "14:a.b ");
  // A dropped id does not come back.
  CHECK_OK(update.drop_column({"tags", "element", "u"}));
  CHECK(CHECK_OK(update.add_column({"tags", "element"}, optional_field(0, "u", TypeKind::Int))) ==
        18);
  const auto updates = CHECK_OK(update.updates());
  const TableMetadata next = CHECK_OK(apply_updates(base, updates, {2, ""}));
  CHECK(next.last_column_id == 18);
  CHECK(next.current_schema_id == 1);
  CHECK(next.schemas.size() == 2);
}

TEST_CASE("steps of schema evolution") {
  struct Case {
    std::string name;
    std::function<Result<void>(UpdateSchema&)> step;
    std::string error;
  };
  const auto add = [](const FieldPath& parent, Field field) {
    return [=](UpdateSchema& u) -> Result<void> {
      TRY(u.add_column(parent, field));
      return {};
    };
  };
  Field with_default = required_field(0, "n", TypeKind::Int);
  with_default.initial_default = int_value(5);
  const std::vector<Case> cases = {
      {"add twice", add({}, optional_field(0, "id", TypeKind::Int)), "exists already"},
      {"add required", add({}, required_field(0, "n", TypeKind::Int)), "old rows"},
      {"add default in v2", add({}, with_default), "format version 3"},
      {"add below int", add({"id"}, optional_field(0, "n", TypeKind::Int)), "has no fields"},
      {"add below nothing", add({"zz"}, optional_field(0, "n", TypeKind::Int)), "no column `zz`"},
      {"drop key", [](auto& u) { return u.drop_column({"id"}); }, "identifier field"},
      {"drop partition source", [](auto& u) { return u.drop_column({"ts"}); }, "`ts_day` needs"},
      {"drop element",
       [](auto& u) {
         return u.drop_column({"tags", "element"});
       },
       "list or map"},
      {"drop last of struct",
       [](auto& u) {
         return u.drop_column({"tags", "element", "t"});
       },
       "the only column"},
      {"drop",
       [](auto& u) {
         return u.drop_column({"place", "lat"});
       },
       ""},
      {"rename",
       [](auto& u) {
         return u.rename_column({"place", "lat"}, "latitude");
       },
       ""},
      {"rename to taken", [](auto& u) { return u.rename_column({"id"}, "ts"); }, "exists already"},
      {"rename element",
       [](auto& u) {
         return u.rename_column({"tags", "element"}, "e");
       },
       "list or map"},
      {"widen", [](auto& u) { return u.widen_column({"id"}, TypeKind::Long); }, ""},
      {"widen nested",
       [](auto& u) {
         return u.widen_column({"place", "lat"}, TypeKind::Double);
       },
       ""},
      {"widen decimal", [](auto& u) { return u.widen_column({"price"}, decimal_type(18, 2)); }, ""},
      {"narrow", [](auto& u) { return u.widen_column({"ts"}, TypeKind::Date); },
       "cannot change column `ts` from `timestamp` to `date`"},
      {"widen map key",
       [](auto& u) {
         return u.widen_column({"m", "key"}, TypeKind::Long);
       },
       "key of map"},
      {"widen map value",
       [](auto& u) {
         return u.widen_column({"m", "value"}, TypeKind::Long);
       },
       ""},
      {"date in v2", [](auto& u) { return u.widen_column({"day"}, TypeKind::Timestamp); },
       "cannot change"},
      {"optional key", [](auto& u) { return u.make_optional({"id"}); }, "must stay required"},
      {"optional",
       [](auto& u) {
         return u.make_optional({"place", "lat"});
       },
       ""},
      {"required", [](auto& u) { return u.make_required({"ts"}); }, "old rows"},
      {"required by hand", [](auto& u) { return u.make_required({"ts"}, OldRows::None); }, ""},
      {"doc", [](auto& u) { return u.set_doc({"ts"}, "when"); }, ""},
      {"default in v2", [](auto& u) { return u.set_write_default({"id"}, int_value(1)); },
       "format version 3"},
      {"move to self", [](auto& u) { return u.move_after({"ts"}, "ts"); }, "to itself"},
      {"move beside nothing", [](auto& u) { return u.move_after({"ts"}, "lat"); }, "beside"},
      {"identifier optional", [](auto& u) { return u.set_identifier_fields({{"ts"}}); },
       "optional"},
      {"identifier off", [](auto& u) { return u.set_identifier_fields({}); }, ""},
  };
  const TableMetadata base = evolving_table();
  for (const Case& c : cases) {
    CAPTURE(c.name);
    UpdateSchema update(base);
    const auto result = c.step(update);
    if (c.error.empty()) {
      CHECK_OK(result);
      CHECK(CHECK_OK(update.updates()).size() == 2);
    } else {
      CHECK_ERROR(result, ErrorCode::InvalidInput, c.error);
      CHECK(CHECK_OK(update.updates()).empty());
    }
  }
}

TEST_CASE("columns move within their struct") {
  const TableMetadata base = evolving_table();
  UpdateSchema update(base);
  CHECK_OK(update.move_first({"price"}));
  CHECK_OK(update.move_after({"id"}, "ts"));
  CHECK_OK(update.move_before({"day"}, "place"));
  CHECK_OK(update.move_before({"place", "lon"}, "lat"));
  CHECK(names_of(update.schema()) ==
        "3:price 2:ts 1:id 7:day 4:place 9:place.lon 8:place.lat 5:tags 10:tags.element "
        "11:tags.element.t 6:m 12:m.key 13:m.value ");
}

TEST_CASE("defaults and dates in version 3") {
  const TableMetadata base = evolving_table("3");
  UpdateSchema update(base);
  Field column = required_field(0, "n", TypeKind::Long);
  column.initial_default = int_value(5);
  CHECK_OK(update.add_column({}, column));
  const Field& added = update.schema().fields.back();
  CHECK(added.initial_default == long_value(5));
  CHECK(added.write_default == long_value(5));
  CHECK_OK(update.set_write_default({"n"}, int_value(6)));
  CHECK(update.schema().fields.back().initial_default == long_value(5));
  CHECK(update.schema().fields.back().write_default == long_value(6));
  CHECK_ERROR(update.set_write_default({"n"}, string_value("x")), ErrorCode::InvalidInput, "");
  CHECK_OK(update.widen_column({"day"}, TypeKind::Timestamp));
  CHECK_OK(apply_updates(base, CHECK_OK(update.updates()), {2, ""}));

  UpdatePartition partition(base);
  CHECK_OK(partition.add_field(7, bucket_transform(4)));
  const TableMetadata bucketed =
      CHECK_OK(apply_updates(base, CHECK_OK(partition.updates()), {2, ""}));
  UpdateSchema blocked(bucketed);
  CHECK_ERROR(blocked.widen_column({"day"}, TypeKind::Timestamp), ErrorCode::InvalidInput,
              "`day_bucket` would change");
}

TEST_CASE("partition evolution") {
  const TableMetadata base = evolving_table();
  UpdatePartition update(base);
  CHECK(CHECK_OK(update.updates()).empty());
  CHECK_OK(update.add_field(1, bucket_transform(16)));
  CHECK_OK(update.remove_field("ts_day"));
  CHECK_ERROR(update.remove_field("ts_day"), ErrorCode::InvalidInput, "no partition field");
  CHECK_ERROR(update.add_field(1, bucket_transform(16), "again"), ErrorCode::InvalidInput,
              "already");
  CHECK_ERROR(update.add_field(3, {TransformKind::Hour, 0, {}}), ErrorCode::InvalidInput,
              "does not take");
  CHECK_ERROR(update.add_field(99, {}), ErrorCode::InvalidInput, "no column 99");
  CHECK(update.spec().fields[0].name == "id_bucket");
  CHECK(update.spec().fields[0].field_id == 1001);
  TableMetadata next = CHECK_OK(apply_updates(base, CHECK_OK(update.updates()), {2, ""}));
  CHECK(next.default_spec_id == 1);
  CHECK(next.last_partition_id == 1001);
  // A field that comes back has its old id.
  UpdatePartition back(next);
  CHECK_OK(back.add_field(2, {TransformKind::Day, 0, {}}, "d"));
  CHECK(back.spec().fields[1].field_id == 1000);
  CHECK_OK(back.rename_field("d", "e"));
  back.clear();
  next = CHECK_OK(apply_updates(next, CHECK_OK(back.updates()), {3, ""}));
  CHECK(next.spec().fields.empty());
}

TEST_CASE("partition evolution in version 1 keeps places") {
  const TableMetadata base = evolving_table("1");
  UpdatePartition update(base);
  CHECK_OK(update.remove_field("ts_day"));
  CHECK_OK(update.add_field(2, {TransformKind::Month, 0, {}}, "ts_day"));
  REQUIRE(update.spec().fields.size() == 2);
  CHECK(update.spec().fields[0].name == "ts_day_1000");
  CHECK(update.spec().fields[0].transform.kind == TransformKind::Void);
  CHECK(update.spec().fields[1].field_id == 1001);
  CHECK_OK(apply_updates(base, CHECK_OK(update.updates()), {2, ""}));
}

}  // namespace tarn::iceberg
