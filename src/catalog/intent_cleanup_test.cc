// SPDX-License-Identifier: Apache-2.0
#include "catalog/intent_cleanup.h"

#include <sys/wait.h>
#include <unistd.h>

#include "base/uuid.h"
#include "catalog/sql_write_intents.h"
#include "catalog/testing.h"
#include "catalog/write_owner.h"
#include "iceberg/commit/transaction.h"
#include "storage/faulty_store.h"

namespace tarn::catalog {
namespace {

const iceberg::TableIdentifier kTable = table_name("raw", "t");

struct Writer {
  iceberg::WriteIntent intent;
  std::string file;
};

Writer start_write(SqlCatalog& catalog, SqlWriteIntents& intents, const std::string& location) {
  Writer writer;
  writer.intent = {.id = to_string(make_uuid4(system_random())),
                   .table = kTable,
                   .table_location = location,
                   .folders = {location + "/data", location + "/metadata"}};
  CHECK_OK(intents.begin(writer.intent));
  writer.file = location + "/data/day=1/00000-" + writer.intent.id + ".parquet";
  CHECK_OK(catalog.store().write(writer.file, "rows", storage::WriteMode::CreateExclusive));
  return writer;
}

// As if the writer were another process that is gone.
void let_die(const Lab& lab, const std::string& id) {
  const pid_t child = ::fork();
  if (child == 0) ::_exit(0);
  ::waitpid(child, nullptr, 0);
  lab.sql(fmt::format("UPDATE tarn_write_intents SET owner_process = {} WHERE intent_id = '{}'",
                      child, id));
}

TEST_CASE("processes are told apart") {
  auto self = current_owner();
  CHECK(self.process_id == ::getpid());
  CHECK(self.started > 0);
  CHECK(look_at_owner(self) == OwnerState::Alive);
  auto former = self;  // the id was given out again
  former.started -= 1;
  CHECK(look_at_owner(former) == OwnerState::Dead);
  auto elsewhere = self;
  elsewhere.host += "x";
  CHECK(look_at_owner(elsewhere) == OwnerState::Elsewhere);
}

TEST_CASE("only what dead writers left goes") {
  on_each_backend([](Lab& lab) {
    auto catalog = lab.open();
    SqlWriteIntents intents(*catalog);
    CHECK(CHECK_OK(intents.list()).empty());
    CHECK_OK(intents.finish("never begun"));
    CHECK_OK(catalog->create_namespace(space_name("raw"), {}));
    const auto location = CHECK_OK(catalog->create_table(kTable, two_columns())).metadata->location;
    const auto alive = start_write(*catalog, intents, location);
    const auto dead = start_write(*catalog, intents, location);
    const auto done = start_write(*catalog, intents, location);
    CHECK_ERROR(intents.begin(dead.intent), ErrorCode::AlreadyExists, "");
    const auto listed = CHECK_OK(intents.list());
    REQUIRE(listed.size() == 3);
    CHECK(listed[0].owner == current_owner());
    CHECK(listed[0].folders == alive.intent.folders);
    CHECK(listed[0].table == kTable);

    let_die(lab, dead.intent.id);
    // `done` died after its commit had landed: the table names its file.
    let_die(lab, done.intent.id);
    iceberg::StatisticsFile statistics;
    statistics.path = done.file;
    statistics.snapshot_id = iceberg::SnapshotId(1);
    const iceberg::TableChange landed{kTable, {}, {iceberg::set_statistics(statistics)}};
    CHECK_OK(catalog->commit(std::span(&landed, 1)));

    auto other = lab.open();
    SqlWriteIntents seen(*other);
    const auto report = CHECK_OK(clean_dead_intents(*other, *lab.store(), seen, system_clock()));
    CHECK(report.dead.size() == 2);
    CHECK(report.removed_files == std::vector{storage::normalize_location(dead.file)});
    CHECK(report.kept_files == std::vector{storage::normalize_location(done.file)});
    CHECK(!CHECK_OK(lab.store()->exists(dead.file)));
    CHECK(CHECK_OK(lab.store()->exists(alive.file)));
    CHECK(CHECK_OK(lab.store()->exists(done.file)));
    CHECK(CHECK_OK(intents.list()).size() == 1);
    CHECK_ERROR(intents.heartbeat(dead.intent.id), ErrorCode::NotFound, "taken for dead");
    CHECK_OK(intents.heartbeat(alive.intent.id));
    CHECK_OK(intents.finish(alive.intent.id));
    CHECK(CHECK_OK(intents.list()).empty());
  });
}

TEST_CASE("a writer killed between its metadata file and the pointer leaves nothing") {
  on_each_backend([](Lab& lab) {
    {
      auto catalog = lab.open();
      CHECK_OK(catalog->create_namespace(space_name("raw"), {}));
      CHECK_OK(catalog->create_table(kTable, two_columns()));
    }
    const auto files = lab.count_files();
    const pid_t child = ::fork();
    if (child == 0) {
      auto store = std::make_shared<storage::FaultyStore>(*lab.store());
      store->set_hook([&lab](const storage::Operation& operation) {
        if (!operation.location.ends_with(".metadata.json")) return;
        if (operation.kind != storage::OperationKind::Write) return;
        const auto mode = storage::WriteMode::CreateExclusive;
        ::_exit(lab.store()->write(operation.location, "half", mode) ? 0 : 1);
      });
      auto catalog = SqlCatalog::open(lab.connector(), store, lab.options());
      SqlWriteIntents intents(**catalog);
      iceberg::Transaction transaction(
          {.catalog = catalog->get(), .store = store.get(), .intents = &intents});
      transaction.table(std::move((*catalog)->load_table(kTable)).value())
          .set_properties({{"a", "1"}});
      static_cast<void>(transaction.commit());
      ::_exit(2);
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    REQUIRE(WIFEXITED(status));
    REQUIRE(WEXITSTATUS(status) == 0);
    CHECK(lab.count_files() == files + 1);
    auto catalog = lab.open();
    SqlWriteIntents intents(*catalog);
    const auto report =
        CHECK_OK(clean_dead_intents(*catalog, *lab.store(), intents, system_clock()));
    CHECK(report.removed_files.size() == 1);
    CHECK(lab.count_files() == files);
    CHECK(CHECK_OK(catalog->load_table(kTable)).metadata->properties.count("a") == 0);
  });
}

TEST_CASE("a writer elsewhere is dead after a long silence, unless it stirs") {
  Lab lab(Backend::Sqlite);
  FakeClock clock(1'700'000'000'000'000, 0);
  auto catalog = lab.open();
  SqlWriteIntents intents(*catalog, clock);
  CHECK_OK(catalog->create_namespace(space_name("raw"), {}));
  const auto location = lab.warehouse() + "/raw/t";
  const auto writer = start_write(*catalog, intents, location);
  lab.sql("UPDATE tarn_write_intents SET owner_host = 'another'");
  const CleanupOptions options{.silence_max_ms = 1'000};
  const auto clean = [&] {
    return CHECK_OK(clean_dead_intents(*catalog, *lab.store(), intents, clock, options));
  };
  CHECK(clean().dead.empty());
  clock.sleep_micros(2'000'000);
  // It was silent when it was listed, and stirs before it is condemned.
  const auto listed = CHECK_OK(intents.list());
  CHECK_OK(intents.heartbeat(writer.intent.id));
  CHECK(!CHECK_OK(intents.condemn(listed[0])));
  CHECK(clean().dead.empty());
  clock.sleep_micros(2'000'000);
  CHECK(clean().removed_files.size() == 1);
}

TEST_CASE("a table that was renamed keeps the files of its commit") {
  Lab lab(Backend::Sqlite);
  auto catalog = lab.open();
  SqlWriteIntents intents(*catalog);
  CHECK_OK(catalog->create_namespace(space_name("raw"), {}));
  CHECK_OK(catalog->create_namespace(space_name("deep.er"), {}));
  const auto location = CHECK_OK(catalog->create_table(kTable, two_columns())).metadata->location;
  const auto writer = start_write(*catalog, intents, location);
  iceberg::StatisticsFile statistics;
  statistics.path = writer.file;
  statistics.snapshot_id = iceberg::SnapshotId(1);
  const iceberg::TableChange landed{kTable, {}, {iceberg::set_statistics(statistics)}};
  CHECK_OK(catalog->commit(std::span(&landed, 1)));
  CHECK_OK(catalog->rename_table(kTable, table_name("deep.er", "u")));
  CHECK_OK(catalog->create_table(kTable, two_columns()));
  let_die(lab, writer.intent.id);
  const auto report = CHECK_OK(clean_dead_intents(*catalog, *lab.store(), intents, system_clock()));
  CHECK(report.dead.size() == 1);
  CHECK(report.removed_files.empty());
  CHECK(CHECK_OK(lab.store()->exists(writer.file)));
}

}  // namespace
}  // namespace tarn::catalog
