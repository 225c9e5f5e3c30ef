// SPDX-License-Identifier: Apache-2.0
#include "catalog/open_lake.h"

#include "catalog/faulty_catalog.h"
#include "catalog/testing.h"

namespace tarn::catalog {
namespace {

TEST_CASE("a lake in a folder") {
  TempFolder folder;
  const auto path = folder.file("new/lake");
  CHECK_ERROR(open_lake(path), ErrorCode::NotFound, "no lake");
  {
    auto lake = CHECK_OK(open_lake(path, {.setup = CatalogSetup::CreateIfMissing}));
    CHECK_OK(lake.catalog->create_namespace(space_name("raw"), {}));
    const auto table = CHECK_OK(lake.catalog->create_table(table_name("raw", "t"), two_columns()));
    CHECK(table.metadata->location == "file://" + path + "/warehouse/raw/t");
    CHECK(CHECK_OK(lake.intents->list()).empty());
  }
  auto lake = CHECK_OK(open_lake(path));
  CHECK(lake.catalog->name() == "lake");
  CHECK_OK(lake.catalog->load_table(table_name("raw", "t")));
  CHECK_ERROR(open_lake(path, {.name = "prod"}), ErrorCode::InvalidInput, "but `lake`");
  CHECK_OK(open_lake(path, {.name = "prod", .catalog_name = "lake"}));
}

TEST_CASE("the faulty catalog fails where it is told to") {
  Lab lab(Backend::Sqlite);
  auto inner = lab.open();
  int acted = 0;
  FaultyCatalog catalog(
      *inner,
      {{.operation = "create_namespace", .nth = 1, .effect = FaultEffect::Fail},
       {.operation = "create_namespace", .nth = 2, .effect = FaultEffect::UnknownNotDone},
       {.operation = "create_namespace", .nth = 3, .effect = FaultEffect::UnknownButDone},
       {.operation = "namespace_exists", .nth = 2, .effect = FaultEffect::Act, .action = [&acted] {
          ++acted;
        }}});
  const auto space = space_name("raw");
  CHECK_ERROR(catalog.create_namespace(space, {}), ErrorCode::Unavailable, "create_namespace");
  CHECK_ERROR(catalog.create_namespace(space, {}), ErrorCode::UnknownOutcome, "on purpose");
  CHECK(!CHECK_OK(catalog.namespace_exists(space)));
  CHECK_ERROR(catalog.create_namespace(space, {}), ErrorCode::UnknownOutcome, "on purpose");
  CHECK(CHECK_OK(catalog.namespace_exists(space)));
  CHECK(acted == 1);
  CHECK(catalog.call_count() == 5);
}

}  // namespace
}  // namespace tarn::catalog
