// SPDX-License-Identifier: Apache-2.0
#include "catalog/sql_catalog.h"

#include <algorithm>

#include "catalog/testing.h"
#include "iceberg/metadata_io.h"

namespace tarn::catalog {
namespace {

using iceberg::DropMode;
using Names = std::vector<std::string>;

Names names_of(const std::vector<iceberg::TableIdentifier>& tables) {
  Names names;
  for (const auto& table : tables) names.push_back(to_string(table));
  return names;
}

Names names_of(const std::vector<iceberg::Namespace>& spaces) {
  Names names;
  for (const auto& space : spaces) names.push_back(to_string(space));
  return names;
}

TEST_CASE("namespaces") {
  on_each_backend([](Lab& lab) {
    auto catalog = lab.open();
    CHECK(CHECK_OK(catalog->list_namespaces(std::nullopt)).empty());
    CHECK_OK(catalog->create_namespace(space_name("raw"), {{"owner", "anna"}}));
    CHECK_OK(catalog->create_namespace(space_name("a.b.c"), {}));
    CHECK_OK(catalog->create_namespace(space_name("a_b"), {}));
    CHECK_ERROR(catalog->create_namespace(space_name("raw"), {}), ErrorCode::AlreadyExists, "raw");
    // Exists by what is below it.
    CHECK_ERROR(catalog->create_namespace(space_name("a.b"), {}), ErrorCode::AlreadyExists, "a.b");
    CHECK(CHECK_OK(catalog->namespace_exists(space_name("a"))));
    CHECK(!CHECK_OK(catalog->namespace_exists(space_name("A"))));
    CHECK(!CHECK_OK(catalog->namespace_exists(space_name("ra"))));
    CHECK(names_of(CHECK_OK(catalog->list_namespaces(std::nullopt))) == Names{"a", "a_b", "raw"});
    CHECK(names_of(CHECK_OK(catalog->list_namespaces(space_name("a")))) == Names{"a.b"});
    CHECK_ERROR(catalog->list_namespaces(space_name("x")), ErrorCode::NotFound, "`x`");

    using Properties = std::map<std::string, std::string>;
    CHECK(CHECK_OK(catalog->load_namespace_properties(space_name("raw"))) ==
          Properties{{"owner", "anna"}});
    CHECK_OK(catalog->update_namespace_properties(space_name("raw"),
                                                  {{"owner", "bert"}, {"note", "it's"}}, {}));
    CHECK_OK(catalog->update_namespace_properties(space_name("raw"), {}, {"owner", "none"}));
    CHECK(CHECK_OK(catalog->load_namespace_properties(space_name("raw"))) ==
          Properties{{"note", "it's"}});
    CHECK_ERROR(catalog->update_namespace_properties(space_name("raw"), {{"a", "1"}}, {"a"}),
                ErrorCode::InvalidInput, "both");
    CHECK_ERROR(catalog->load_namespace_properties(space_name("x")), ErrorCode::NotFound, "`x`");

    CHECK_ERROR(catalog->drop_namespace(space_name("a.b")), ErrorCode::Conflict, "not empty");
    CHECK_OK(catalog->drop_namespace(space_name("a.b.c")));
    CHECK(!CHECK_OK(catalog->namespace_exists(space_name("a"))));
    CHECK_ERROR(catalog->drop_namespace(space_name("a")), ErrorCode::NotFound, "`a`");
    CHECK_ERROR(catalog->create_namespace({{"with.dot"}}, {}), ErrorCode::InvalidInput, "dot");
    CHECK_ERROR(catalog->create_namespace({{""}}, {}), ErrorCode::InvalidInput, "empty");
    CHECK_ERROR(catalog->create_namespace({{std::string(300, 'x')}}, {}), ErrorCode::InvalidInput,
                "longer");
  });
}

TEST_CASE("tables are made, listed, renamed and dropped") {
  on_each_backend([](Lab& lab) {
    auto catalog = lab.open();
    const auto orders = table_name("raw", "Orders");
    CHECK_ERROR(catalog->create_table(orders, two_columns()), ErrorCode::NotFound, "namespace");
    CHECK_OK(catalog->create_namespace(space_name("raw"), {}));
    CHECK_OK(catalog->create_namespace(space_name("mart"), {}));
    const auto made = CHECK_OK(catalog->create_table(orders, two_columns()));
    CHECK(made.metadata->location == lab.warehouse() + "/raw/Orders");
    CHECK(made.metadata_location.starts_with(made.metadata->location + "/metadata/00000-"));
    CHECK(made.metadata_location.ends_with(".metadata.json"));
    CHECK_ERROR(catalog->create_table(orders, two_columns()), ErrorCode::AlreadyExists, "Orders");
    CHECK(lab.count_files() == 1);  // the failed one left nothing

    const auto other = lab.open();
    const auto loaded = CHECK_OK(other->load_table(orders));
    CHECK(*loaded.metadata == *made.metadata);
    CHECK(loaded.metadata_location == made.metadata_location);
    CHECK(CHECK_OK(other->load_table(orders)).metadata == loaded.metadata);  // not read again
    CHECK(CHECK_OK(catalog->table_exists(orders)));
    CHECK(!CHECK_OK(catalog->table_exists(table_name("raw", "orders"))));
    CHECK(names_of(CHECK_OK(catalog->list_tables(space_name("raw")))) == Names{"raw.Orders"});
    CHECK_ERROR(catalog->load_table(table_name("raw", "x")), ErrorCode::NotFound, "raw.x");
    CHECK_ERROR(catalog->load_table(table_name("none", "x")), ErrorCode::NotFound,
                "namespace `none`");
    CHECK_ERROR(catalog->list_tables(space_name("none")), ErrorCode::NotFound, "none");
    CHECK_ERROR(catalog->drop_namespace(space_name("raw")), ErrorCode::Conflict, "1 tables");

    const auto renamed = table_name("mart", "orders");
    CHECK_ERROR(catalog->rename_table(orders, table_name("none", "x")), ErrorCode::NotFound,
                "none");
    CHECK_OK(catalog->rename_table(orders, renamed));
    CHECK_ERROR(catalog->rename_table(orders, renamed), ErrorCode::NotFound, "Orders");
    CHECK_ERROR(catalog->load_table(orders), ErrorCode::NotFound, "Orders");
    CHECK(CHECK_OK(catalog->load_table(renamed)).metadata->uuid == made.metadata->uuid);

    // The folder is in use: a new table of the old name gets one of its own.
    const auto again = CHECK_OK(catalog->create_table(orders, two_columns()));
    CHECK(again.metadata->location.starts_with(lab.warehouse() + "/raw/Orders-"));
    CHECK_ERROR(catalog->rename_table(orders, renamed), ErrorCode::AlreadyExists, "mart.orders");

    CHECK_OK(catalog->drop_table(renamed, DropMode::Unregister));
    CHECK_ERROR(catalog->drop_table(renamed, DropMode::Unregister), ErrorCode::NotFound, "orders");
    CHECK(lab.count_files() == 2);
    CHECK_OK(catalog->drop_table(orders, DropMode::Purge));
    CHECK(lab.count_files() == 1);

    const auto back = CHECK_OK(catalog->register_table(renamed, made.metadata_location));
    CHECK(*back.metadata == *made.metadata);
    CHECK_ERROR(catalog->register_table(renamed, made.metadata_location), ErrorCode::AlreadyExists,
                "orders");
    CHECK_ERROR(catalog->register_table(table_name("mart", "x"), lab.warehouse() + "/none.json"),
                ErrorCode::NotFound, "none.json");
  });
}

TEST_CASE("where a new table goes") {
  Lab lab(Backend::Sqlite);
  auto catalog = lab.open();
  CHECK_OK(catalog->create_namespace(space_name("a.b"), {}));
  CHECK_OK(catalog->create_namespace(space_name("placed"), {{"location", lab.root() + "/p/"}}));
  const auto location_of = [&](const iceberg::TableIdentifier& table, auto&& change) {
    auto creation = two_columns();
    change(creation);
    return CHECK_OK(catalog->stage_table(table, creation)).metadata->location;
  };
  const auto as_is = [](iceberg::TableCreation&) {};
  CHECK(location_of(table_name("a.b", "t"), as_is) == lab.warehouse() + "/a/b/t");
  CHECK(location_of(table_name("a.b", "../x y"), as_is) == lab.warehouse() + "/a/b/_._x_y");
  CHECK(location_of(table_name("placed", "t"), as_is) == lab.root() + "/p/t");
  CHECK(location_of(table_name("a.b", "t"), [](iceberg::TableCreation& creation) {
          creation.location = "s3://bucket/t/";
        }) == "s3://bucket/t");
  CHECK(lab.count_files() == 0);  // staging stores nothing
}

TEST_CASE("the catalog's name in the database") {
  on_each_backend([](Lab& lab) {
    CHECK_ERROR(SqlCatalog::open(lab.connector(), lab.store(),
                                 {.name = "lake", .warehouse = lab.warehouse()}),
                ErrorCode::NotFound, "no Iceberg catalog");
    auto catalog = lab.open();
    CHECK_OK(catalog->create_namespace(space_name("raw"), {}));
    CHECK_OK(catalog->create_table(table_name("raw", "t"), two_columns()));
    auto options = lab.options();
    options.name = "prod";
    CHECK_ERROR(SqlCatalog::open(lab.connector(), lab.store(), options), ErrorCode::InvalidInput,
                "no catalog named `prod`, but `lake`");
    options.catalog_name = "lake";
    CHECK(CHECK_OK(lab.open(lab.connector(), options)->table_exists(table_name("raw", "t"))));
    options.catalog_name = "second";
    options.allow_new_name = true;
    auto second = lab.open(lab.connector(), options);
    CHECK(second->name() == "prod");
    CHECK(!CHECK_OK(second->namespace_exists(space_name("raw"))));
    CHECK_OK(second->create_namespace(space_name("other"), {}));
    CHECK(names_of(CHECK_OK(catalog->list_namespaces(std::nullopt))) == Names{"raw"});
    options.allow_new_name = false;
    options.catalog_name = "third";
    CHECK_ERROR(SqlCatalog::open(lab.connector(), lab.store(), options), ErrorCode::InvalidInput,
                "`lake`, `second`");
  });
}

TEST_CASE("rows without a type are tables, of another type nothing") {
  on_each_backend([](Lab& lab) {
    auto catalog = lab.open();
    CHECK_OK(catalog->create_namespace(space_name("raw"), {}));
    const auto table = table_name("raw", "t");
    CHECK_OK(catalog->create_table(table, two_columns()));
    lab.sql("UPDATE iceberg_tables SET iceberg_type = NULL");
    CHECK_OK(catalog->load_table(table));
    CHECK(CHECK_OK(catalog->list_tables(space_name("raw"))).size() == 1);
    CHECK_OK(catalog->rename_table(table, table_name("raw", "u")));
    CHECK_OK(catalog->rename_table(table_name("raw", "u"), table));
    lab.sql("UPDATE iceberg_tables SET iceberg_type = 'X'");
    CHECK_ERROR(catalog->load_table(table), ErrorCode::NotFound, "raw.t");
    CHECK(CHECK_OK(catalog->list_tables(space_name("raw"))).empty());
    CHECK_ERROR(catalog->create_table(table, two_columns()), ErrorCode::AlreadyExists, "raw.t");
  });
}

TEST_CASE("databases of old programs hold tables, and views when asked") {
  on_each_backend([](Lab& lab) {
    lab.sql(
        "CREATE TABLE iceberg_tables (catalog_name VARCHAR(255) NOT NULL, table_namespace "
        "VARCHAR(255) NOT NULL, table_name VARCHAR(255) NOT NULL, metadata_location "
        "VARCHAR(1000), previous_metadata_location VARCHAR(1000), PRIMARY KEY (catalog_name, "
        "table_namespace, table_name))");
    auto catalog = lab.open();
    CHECK_OK(catalog->create_namespace(space_name("raw"), {}));
    const auto table = table_name("raw", "t");
    CHECK_OK(catalog->create_table(table, two_columns()));
    CHECK_OK(catalog->load_table(table));
    CHECK(CHECK_OK(catalog->list_views(space_name("raw"))).empty());
    iceberg::ViewDefinition view{two_columns().schema, {}};
    view.version.representations = {{.sql = "SELECT 1", .dialect = "trino"}};
    CHECK_ERROR(catalog->create_view(table_name("raw", "v"), view, {}), ErrorCode::Unsupported,
                "add_type_column");
    auto options = lab.options();
    options.add_type_column = true;
    auto newer = lab.open(lab.connector(), options);
    CHECK_OK(newer->create_view(table_name("raw", "v"), view, {}));
    CHECK_OK(newer->load_table(table));
    CHECK_OK(newer->drop_table(table, DropMode::Purge));
  });
}

TEST_CASE("a lost metadata file is damage, not a free name") {
  Lab lab(Backend::Sqlite);
  auto catalog = lab.open();
  CHECK_OK(catalog->create_namespace(space_name("raw"), {}));
  const auto made = CHECK_OK(catalog->create_table(table_name("raw", "t"), two_columns()));
  CHECK_OK(lab.store()->remove(made.metadata_location));
  CHECK_ERROR(lab.open()->load_table(table_name("raw", "t")), ErrorCode::Corrupt, "raw.t");
}

TEST_CASE("views") {
  on_each_backend([](Lab& lab) {
    auto catalog = lab.open();
    CHECK_OK(catalog->create_namespace(space_name("mart"), {}));
    const auto name = table_name("mart", "v");
    iceberg::ViewDefinition first{two_columns().schema, {}};
    first.version.representations = {{.sql = "SELECT 1", .dialect = "trino"}};
    first.version.default_namespace = {"mart"};
    const auto made = CHECK_OK(catalog->create_view(name, first, {{"comment", "one"}}));
    CHECK(lab.sql("SELECT iceberg_type FROM iceberg_tables")[0][0] == "VIEW");
    CHECK_ERROR(catalog->create_view(name, first, {}), ErrorCode::AlreadyExists, "view `mart.v`");
    CHECK_ERROR(catalog->create_table(name, two_columns()), ErrorCode::AlreadyExists, "mart.v");
    CHECK_ERROR(catalog->load_table(name), ErrorCode::NotFound, "it is a view");
    CHECK(!CHECK_OK(catalog->table_exists(name)));
    CHECK(CHECK_OK(catalog->list_tables(space_name("mart"))).empty());
    CHECK(names_of(CHECK_OK(catalog->list_views(space_name("mart")))) == Names{"mart.v"});
    CHECK_ERROR(catalog->drop_namespace(space_name("mart")), ErrorCode::Conflict, "not empty");

    auto other = lab.open();
    const auto loaded = CHECK_OK(other->load_view(name));
    CHECK(*loaded.metadata == *made.metadata);
    auto second = first;
    second.version.representations[0].sql = "SELECT 2";
    const auto replaced = CHECK_OK(other->replace_view(loaded, second));
    CHECK(replaced.metadata->current_version().find_sql("trino")->sql == "SELECT 2");
    CHECK(iceberg::metadata_version(replaced.metadata_location) == 1);
    second.version.representations[0].sql = "SELECT 3";
    CHECK_ERROR(catalog->replace_view(made, second), ErrorCode::Conflict, "mart.v");
    CHECK(CHECK_OK(catalog->load_view(name)).metadata_location == replaced.metadata_location);

    CHECK_OK(catalog->rename_view(name, table_name("mart", "w")));
    CHECK_ERROR(catalog->rename_table(table_name("mart", "w"), name), ErrorCode::NotFound,
                "it is a view");
    CHECK_OK(catalog->drop_view(table_name("mart", "w")));
    CHECK_ERROR(catalog->load_view(table_name("mart", "w")), ErrorCode::NotFound, "mart.w");
    CHECK_OK(catalog->drop_namespace(space_name("mart")));
  });
}

}  // namespace
}  // namespace tarn::catalog
