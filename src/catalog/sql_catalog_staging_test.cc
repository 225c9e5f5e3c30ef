// SPDX-License-Identifier: Apache-2.0
#include "catalog/intent_cleanup.h"
#include "catalog/sql_catalog.h"
#include "catalog/sql_write_intents.h"
#include "catalog/testing.h"
#include "iceberg/table_update.h"

namespace tarn::catalog {
namespace {

const iceberg::TableIdentifier kOld = table_name("raw", "old");
const iceberg::TableIdentifier kNew = table_name("raw", "new");
const iceberg::TableIdentifier kBackup = table_name("raw", "backup");
const iceberg::TableIdentifier kView = table_name("raw", "view");

iceberg::ViewDefinition one_row() {
  iceberg::ViewDefinition definition;
  definition.schema.fields = {iceberg::optional_field(1, "a", iceberg::TypeKind::Int)};
  definition.version.representations.push_back({"sql", "SELECT 1 AS a", "trino", ""});
  definition.version.default_namespace = {"raw"};
  return definition;
}

// A lake with one table, and two catalog objects: one stages, the other sees what all others see.
struct Trial {
  explicit Trial(Lab& the_lab) : lab(the_lab), catalog(lab.open()), intents(*catalog) {
    CHECK_OK(catalog->create_namespace(space_name("raw"), {}));
    CHECK_OK(catalog->create_table(kOld, two_columns()));
    reader = lab.open();
    files_before = lab.count_files();
    catalog->begin_staging(intents);
  }

  Result<std::vector<iceberg::LoadedTable>> set_property(SqlCatalog& target,
                                                         const std::string& value) {
    const iceberg::TableChange change{kOld, {}, {iceberg::set_properties({{"a", value}})}};
    return target.commit(std::span(&change, 1));
  }
  std::string property() {
    const auto& properties = CHECK_OK(reader->load_table(kOld)).metadata->properties;
    const auto found = properties.find("a");
    return found == properties.end() ? "" : found->second;
  }
  std::size_t open_intents() { return CHECK_OK(intents.list()).size(); }

  Lab& lab;
  std::unique_ptr<SqlCatalog> catalog;
  SqlWriteIntents intents;
  std::unique_ptr<SqlCatalog> reader;
  std::size_t files_before = 0;
};

TEST_CASE("staged changes are seen by their own process, and by all once they are published") {
  on_each_backend([](Lab& lab) {
    Trial trial(lab);
    CHECK_OK(trial.catalog->create_table(kNew, two_columns()));
    CHECK_OK(trial.catalog->create_view(kView, one_row(), {}));
    CHECK_OK(trial.set_property(*trial.catalog, "1"));
    CHECK_OK(trial.set_property(*trial.catalog, "2"));
    CHECK(CHECK_OK(trial.catalog->list_tables(space_name("raw"))).size() == 2);
    CHECK(CHECK_OK(trial.catalog->list_views(space_name("raw"))).size() == 1);
    CHECK(CHECK_OK(trial.catalog->load_table(kOld)).metadata->properties.at("a") == "2");
    CHECK(CHECK_OK(trial.reader->list_tables(space_name("raw"))).size() == 1);
    CHECK(CHECK_OK(trial.reader->list_views(space_name("raw"))).empty());
    CHECK(trial.property().empty());

    CHECK_OK(trial.catalog->publish_staged());
    CHECK(!trial.catalog->is_staging());
    CHECK(trial.property() == "2");
    CHECK_OK(trial.reader->load_table(kNew));
    CHECK_OK(trial.reader->load_view(kView));
    CHECK(trial.open_intents() == 0);
  });
}

TEST_CASE("what is discarded leaves nothing") {
  on_each_backend([](Lab& lab) {
    Trial trial(lab);
    CHECK_OK(trial.catalog->create_table(kNew, two_columns()));
    CHECK_OK(trial.catalog->create_view(kView, one_row(), {}));
    CHECK_OK(trial.catalog->drop_table(kOld, iceberg::DropMode::Purge));
    CHECK_ERROR(trial.catalog->load_table(kOld), ErrorCode::NotFound, "does not exist");
    trial.catalog->discard_staged();
    CHECK_OK(trial.catalog->load_table(kOld));
    CHECK(CHECK_OK(trial.catalog->list_tables(space_name("raw"))).size() == 1);
    CHECK(CHECK_OK(trial.catalog->list_views(space_name("raw"))).empty());
    CHECK(lab.count_files() == trial.files_before);
    CHECK(trial.open_intents() == 0);
  });
}

TEST_CASE("a table is replaced by renaming, as dbt does it, in one step for others") {
  on_each_backend([](Lab& lab) {
    Trial trial(lab);
    const auto made = CHECK_OK(trial.catalog->create_table(kNew, two_columns()));
    CHECK_OK(trial.catalog->rename_table(kOld, kBackup));
    CHECK_OK(trial.catalog->rename_table(kNew, kOld));
    CHECK_OK(trial.catalog->drop_table(kBackup, iceberg::DropMode::Purge));
    CHECK(CHECK_OK(trial.reader->load_table(kOld)).metadata->location != made.metadata->location);
    CHECK_OK(trial.catalog->publish_staged());
    CHECK(CHECK_OK(trial.reader->load_table(kOld)).metadata->location == made.metadata->location);
    CHECK(CHECK_OK(trial.reader->list_tables(space_name("raw"))).size() == 1);
    CHECK(lab.count_files() == 1);
    CHECK(trial.open_intents() == 0);
  });
}

TEST_CASE("a table in place of a view, and names that come and go") {
  on_each_backend([](Lab& lab) {
    Trial trial(lab);
    CHECK_OK(trial.reader->create_view(kView, one_row(), {}));
    CHECK_OK(trial.catalog->drop_view(kView));
    CHECK_OK(trial.catalog->create_table(kView, two_columns()));
    CHECK_OK(trial.catalog->create_table(kNew, two_columns()));
    CHECK_OK(trial.catalog->drop_table(kNew, iceberg::DropMode::Purge));
    CHECK_OK(trial.reader->load_view(kView));
    CHECK_OK(trial.catalog->publish_staged());
    CHECK_OK(trial.reader->load_table(kView));
    CHECK_ERROR(trial.reader->load_table(kNew), ErrorCode::NotFound, "does not exist");
    CHECK(lab.count_files() == 2);
    CHECK(trial.open_intents() == 0);
  });
}

TEST_CASE("what others changed meanwhile is kept: nothing is published") {
  on_each_backend([](Lab& lab) {
    Trial trial(lab);
    CHECK_OK(trial.catalog->create_table(kNew, two_columns()));
    CHECK_OK(trial.set_property(*trial.catalog, "mine"));
    CHECK_OK(trial.set_property(*trial.reader, "theirs"));
    CHECK_ERROR(trial.catalog->publish_staged(), ErrorCode::Conflict, "was changed by another");
    CHECK(trial.property() == "theirs");
    CHECK_ERROR(trial.reader->load_table(kNew), ErrorCode::NotFound, "does not exist");
    CHECK(lab.count_files() == trial.files_before + 1);
    CHECK(trial.open_intents() == 0);
  });
}

TEST_CASE("a name that others took meanwhile") {
  on_each_backend([](Lab& lab) {
    Trial trial(lab);
    CHECK_OK(trial.catalog->create_table(kNew, two_columns()));
    CHECK_OK(trial.reader->create_table(kNew, two_columns()));
    CHECK_ERROR(trial.catalog->publish_staged(), ErrorCode::Conflict, "");
    CHECK_OK(trial.reader->load_table(kNew));
  });
}

TEST_CASE("a publication fails when the writer was taken for dead") {
  on_each_backend([](Lab& lab) {
    Trial trial(lab);
    CHECK_OK(trial.catalog->create_table(kNew, two_columns()));
    const auto listed = CHECK_OK(trial.intents.list());
    REQUIRE(listed.size() == 1);
    CHECK(CHECK_OK(trial.intents.condemn(listed[0])));
    CHECK_ERROR(trial.catalog->publish_staged(), ErrorCode::NotFound, "taken for dead");
    CHECK_ERROR(trial.reader->load_table(kNew), ErrorCode::NotFound, "does not exist");
  });
}

TEST_CASE("schemas are created at once and cannot be dropped") {
  on_each_backend([](Lab& lab) {
    Trial trial(lab);
    CHECK_OK(trial.catalog->create_namespace(space_name("other"), {}));
    CHECK(CHECK_OK(trial.reader->namespace_exists(space_name("other"))));
    CHECK_ERROR(trial.catalog->drop_namespace(space_name("other")), ErrorCode::Unsupported,
                "published as a whole");
    trial.catalog->discard_staged();
  });
}

}  // namespace
}  // namespace tarn::catalog
