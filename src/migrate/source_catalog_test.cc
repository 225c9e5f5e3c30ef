// SPDX-License-Identifier: Apache-2.0
#include "migrate/source_catalog.h"

#include "base/testing.h"
#include "base/text.h"
#include "migrate/copy_source.h"

namespace tarn::migrate {
namespace {

const std::vector<SourceName> kNames = {
    {1, "public", "orders", 'r', false},      {2, "public", "orders_2024", 'r', true},
    {3, "public", "orders_view", 'v', false}, {4, "sales", "Orders", 'p', false},
    {5, "sales", "a.b", 'r', false},          {6, "sales_old", "orders", 'r', false}};

std::string selected(const Selection& selection) {
  std::vector<std::string> names;
  for (const auto& name : CHECK_OK(select_sources(kNames, selection))) {
    names.push_back(show_name(name));
  }
  return join(names, " ");
}

TEST_CASE("which tables are meant") {
  CHECK(selected({.tables = {"orders"}}) == "public.orders");
  CHECK(selected({.tables = {"public.order*"}}) == "public.orders");
  CHECK(selected({.tables = {"public.orders_2024", "orders_view"}}) ==
        "public.orders_2024 public.orders_view");
  CHECK(selected({.tables = {"*.orders"}}) == "public.orders sales_old.orders");
  CHECK(selected({.tables = {"sales.Orders", "sales.*"}}) == "sales.\"Orders\" sales.\"a.b\"");
  CHECK(selected({.tables = {"sales.\"a.b\""}}) == "sales.\"a.b\"");
  CHECK(selected({.tables = {"shop.sales.Orders"}}) == "sales.\"Orders\"");
  CHECK(selected({.schemas = {"sales*"}}) == "sales.\"Orders\" sales.\"a.b\" sales_old.orders");
  CHECK(selected({.whole_database = true}) ==
        "public.orders sales.\"Orders\" sales.\"a.b\" sales_old.orders");
  CHECK_ERROR(select_sources(kNames, {.tables = {"ordres"}}), ErrorCode::NotFound,
              "did you mean `public.orders`?");
  CHECK_ERROR(select_sources(kNames, {.schemas = {"slaes"}}), ErrorCode::NotFound,
              "did you mean `sales`?");
  CHECK(selected({.whole_database = true, .excluded = {"sales*.*"}}) == "public.orders");
  CHECK(selected({.schemas = {"sales*"}, .excluded = {"sales.\"a.b\"", "orders_2024"}}) ==
        "sales.\"Orders\" sales_old.orders");
  CHECK_ERROR(select_sources(kNames, {.whole_database = true, .excluded = {"sales.order"}}),
              ErrorCode::NotFound, "no table of the source matches `sales.order`");
  CHECK_ERROR(select_sources(kNames, {.tables = {"orders"}, .excluded = {"orders"}}),
              ErrorCode::NotFound, "all tables that were asked for are excluded");
}

std::string shown_chunks(const SourceTable& table, const std::string& where, int jobs) {
  std::string out;
  for (const Chunk& chunk : make_chunks(table, where, jobs)) out += chunk.from_and_where + '\n';
  return out;
}

TEST_CASE("ranges of pages") {
  SourceTable table;
  table.leaves = {{.schema = "s", .name = "t", .pages = 10, .bytes = 80'000, .has_ranges = true}};
  table.bytes = 80'000;
  CHECK(shown_chunks(table, "", 2) == "FROM ONLY \"s\".\"t\"\n");
  CHECK(shown_chunks(table, "a > 1 -- x", 2) == "FROM ONLY \"s\".\"t\" WHERE (a > 1 -- x\n)\n");
  table.leaves[0].pages = 1'000;
  table.leaves[0].bytes = table.bytes = 8'000'000;
  CHECK(shown_chunks(table, "b", 1) ==
        "FROM ONLY \"s\".\"t\" WHERE ctid < '(250,0)' AND (b\n)\n"
        "FROM ONLY \"s\".\"t\" WHERE ctid >= '(250,0)' AND ctid < '(500,0)' AND (b\n)\n"
        "FROM ONLY \"s\".\"t\" WHERE ctid >= '(500,0)' AND ctid < '(750,0)' AND (b\n)\n"
        "FROM ONLY \"s\".\"t\" WHERE ctid >= '(750,0)' AND (b\n)\n");
  table.leaves[0].has_ranges = false;
  table.leaves.push_back({.schema = "s", .name = "f", .with_children = true});
  CHECK(shown_chunks(table, "", 4) == "FROM ONLY \"s\".\"t\"\nFROM \"s\".\"f\"\n");
}

}  // namespace
}  // namespace tarn::migrate
