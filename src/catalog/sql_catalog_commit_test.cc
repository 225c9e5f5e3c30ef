// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <atomic>
#include <functional>
#include <thread>

#include "catalog/sql_catalog.h"
#include "catalog/testing.h"
#include "iceberg/apply_update.h"
#include "iceberg/metadata_io.h"
#include "storage/faulty_store.h"

namespace tarn::catalog {
namespace {

using iceberg::TableChange;

const iceberg::TableIdentifier kFirst = table_name("raw", "first");
const iceberg::TableIdentifier kSecond = table_name("raw", "second");

std::unique_ptr<SqlCatalog> open_with_tables(const Lab& lab) {
  auto catalog = lab.open();
  CHECK_OK(catalog->create_namespace(space_name("raw"), {}));
  CHECK_OK(catalog->create_table(kFirst, two_columns()));
  CHECK_OK(catalog->create_table(kSecond, two_columns()));
  return catalog;
}

TableChange set_property(const iceberg::TableIdentifier& table, const std::string& key,
                         const std::string& value) {
  return {table, {}, {iceberg::set_properties({{key, value}})}};
}

std::string property_of(SqlCatalog& catalog, const iceberg::TableIdentifier& table,
                        const std::string& key) {
  const auto& properties = CHECK_OK(catalog.load_table(table)).metadata->properties;
  const auto found = properties.find(key);
  return found == properties.end() ? "" : found->second;
}

Result<std::vector<iceberg::LoadedTable>> commit_one(iceberg::Catalog& catalog,
                                                     const TableChange& change) {
  return catalog.commit(std::span(&change, 1));
}

TEST_CASE("the metadata file carries the id of the write, unless that name is taken") {
  on_each_backend([](Lab& lab) {
    auto catalog = open_with_tables(lab);
    const std::string id = "01a20d73-e395-7c02-a7d5-817b516992b8";
    const auto folder = CHECK_OK(catalog->load_table(kFirst)).metadata->location + "/metadata/";
    auto change = set_property(kFirst, "a", "1");
    change.write_id = id;
    CHECK(CHECK_OK(commit_one(*catalog, change))[0].metadata_location ==
          folder + "00001-" + id + ".metadata.json");
    // As an earlier attempt leaves it that could not remove its file.
    CHECK_OK(lab.store()->write(folder + "00002-" + id + ".metadata.json", "left",
                                storage::WriteMode::CreateExclusive));
    change = set_property(kFirst, "a", "2");
    change.write_id = id;
    const auto location = CHECK_OK(commit_one(*catalog, change))[0].metadata_location;
    CHECK(location.starts_with(folder + "00002-"));
    CHECK(location.find(id) == std::string::npos);
    CHECK(property_of(*catalog, kFirst, "a") == "2");
    CHECK(CHECK_OK(lab.store()->read(folder + "00002-" + id + ".metadata.json")) == "left");
  });
}

TEST_CASE("a commit moves the pointer and keeps the former one") {
  on_each_backend([](Lab& lab) {
    auto catalog = open_with_tables(lab);
    const auto before = CHECK_OK(catalog->load_table(kFirst));
    const auto states = CHECK_OK(commit_one(*catalog, set_property(kFirst, "a", "1")));
    REQUIRE(states.size() == 1);
    CHECK(iceberg::metadata_version(states[0].metadata_location) == 1);
    CHECK(states[0].metadata->metadata_log.back().metadata_file == before.metadata_location);
    const auto rows = lab.sql(
        "SELECT metadata_location, previous_metadata_location, iceberg_type FROM iceberg_tables "
        "WHERE table_name = 'first'");
    CHECK(rows[0][0] == states[0].metadata_location);
    CHECK(rows[0][1] == before.metadata_location);
    CHECK(rows[0][2] == "TABLE");
    auto other = lab.open();
    CHECK(*CHECK_OK(other->load_table(kFirst)).metadata == *states[0].metadata);

    // The same again changes nothing: no commit, no file.
    const auto files = lab.count_files();
    const auto same = CHECK_OK(commit_one(*catalog, set_property(kFirst, "a", "1")));
    CHECK(same[0].metadata_location == states[0].metadata_location);
    CHECK(lab.count_files() == files);
  });
}

TEST_CASE("a requirement that no longer holds is a conflict") {
  on_each_backend([](Lab& lab) {
    auto catalog = open_with_tables(lab);
    auto other = lab.open();
    const auto base = CHECK_OK(catalog->load_table(kFirst));
    auto wider = base.metadata->schema();
    wider.fields.push_back(iceberg::optional_field(3, "more", iceberg::TypeKind::Int));
    CHECK_OK(commit_one(
        *other, {kFirst,
                 {iceberg::require_current_schema(0)},
                 {iceberg::add_schema(wider), iceberg::set_current_schema(iceberg::kLastAdded)}}));
    const auto files = lab.count_files();
    const TableChange stale{
        kFirst, {iceberg::require_current_schema(0)}, {iceberg::set_properties({{"a", "1"}})}};
    CHECK_ERROR(commit_one(*catalog, stale), ErrorCode::Conflict, "raw.first");
    CHECK_ERROR(commit_one(*catalog, {kFirst, {iceberg::require_uuid("no")}, {}}),
                ErrorCode::Conflict, "uuid");
    CHECK_ERROR(commit_one(*catalog, set_property(table_name("raw", "x"), "a", "1")),
                ErrorCode::NotFound, "raw.x");
    CHECK(lab.count_files() == files);
    // Without such a requirement it is rebased inside.
    CHECK_OK(commit_one(*catalog, set_property(kFirst, "a", "1")));
    CHECK(CHECK_OK(other->load_table(kFirst)).metadata->schema().fields.size() == 3);
    CHECK(property_of(*other, kFirst, "a") == "1");
  });
}

TEST_CASE("several tables change together or not at all") {
  on_each_backend([](Lab& lab) {
    auto catalog = open_with_tables(lab);
    const TableChange both[] = {set_property(kSecond, "a", "1"), set_property(kFirst, "a", "2")};
    const auto states = CHECK_OK(catalog->commit(both));
    CHECK(states[0].identifier == kSecond);
    CHECK(states[1].metadata->properties.at("a") == "2");

    const auto files = lab.count_files();
    TableChange bad[] = {set_property(kFirst, "a", "3"), set_property(kSecond, "a", "3")};
    bad[1].requirements = {iceberg::require_uuid("other")};
    CHECK_ERROR(catalog->commit(bad), ErrorCode::Conflict, "raw.second");
    CHECK(property_of(*catalog, kFirst, "a") == "2");
    CHECK(lab.count_files() == files);
    const TableChange twice[] = {set_property(kFirst, "a", "3"), set_property(kFirst, "b", "3")};
    CHECK_ERROR(catalog->commit(twice), ErrorCode::InvalidInput, "twice");

    // A table that is only looked at takes part: its pointer stays, and so does the former one.
    const auto former = lab.sql(
        "SELECT previous_metadata_location FROM iceberg_tables WHERE table_name = 'second'");
    const TableChange look[] = {
        set_property(kFirst, "a", "4"),
        {kSecond, {iceberg::require_current_schema(0)}, {}},
    };
    const auto looked = CHECK_OK(catalog->commit(look));
    CHECK(looked[1].metadata->properties.at("a") == "1");
    CHECK(lab.sql("SELECT previous_metadata_location FROM iceberg_tables WHERE table_name = "
                  "'second'") == former);
  });
}

TEST_CASE("a staged table comes to life with the commit") {
  on_each_backend([](Lab& lab) {
    auto catalog = open_with_tables(lab);
    const auto name = table_name("raw", "third");
    auto creation = two_columns();
    creation.properties = {{"a", "1"}};
    const auto staged = CHECK_OK(catalog->stage_table(name, creation));
    CHECK(staged.metadata_location.empty());
    CHECK(!CHECK_OK(catalog->table_exists(name)));
    const TableChange changes[] = {
        {name, {iceberg::require_not_exists()}, iceberg::updates_for_create(*staged.metadata)},
        set_property(kFirst, "b", "1")};
    const auto states = CHECK_OK(catalog->commit(changes));
    CHECK(states[0].metadata->uuid == staged.metadata->uuid);
    CHECK(states[0].metadata->location == staged.metadata->location);
    CHECK(states[0].metadata->schema() == staged.metadata->schema());
    CHECK(states[0].metadata->properties.at("a") == "1");
    CHECK(iceberg::metadata_version(states[0].metadata_location) == 0);
    CHECK_ERROR(catalog->commit(changes), ErrorCode::AlreadyExists, "raw.third");
    CHECK_OK(lab.open()->load_table(name));
  });
}

TEST_CASE("old metadata files go when the table says so") {
  Lab lab(Backend::Sqlite);
  auto catalog = open_with_tables(lab);
  CHECK_OK(commit_one(
      *catalog, {kFirst,
                 {},
                 {iceberg::set_properties({{"write.metadata.delete-after-commit.enabled", "true"},
                                           {"write.metadata.previous-versions-max", "3"}})}}));
  for (int i = 0; i < 10; ++i) {
    CHECK_OK(commit_one(*catalog, set_property(kFirst, "i", std::to_string(i))));
  }
  const auto folder = CHECK_OK(catalog->load_table(kFirst)).metadata->location;
  CHECK(CHECK_OK(lab.store()->list_all(folder)).size() == 4);
  for (int i = 0; i < 10; ++i) {
    CHECK_OK(commit_one(*catalog, set_property(kSecond, "i", std::to_string(i))));
  }
  const auto kept = CHECK_OK(catalog->load_table(kSecond)).metadata->location;
  CHECK(CHECK_OK(lab.store()->list_all(kept)).size() == 11);
}

// A connection whose next COMMIT goes wrong.
enum class CommitFault { None, LostBefore, LostAfter, Fails };

class FaultyConnection final : public SqlConnection {
 public:
  FaultyConnection(std::unique_ptr<SqlConnection> inner, CommitFault& fault)
      : inner_(std::move(inner)), fault_(fault) {}
  Result<SqlResult> run(const std::string& sql, std::span<const SqlValue> values) override {
    return inner_->run(sql, values);
  }
  Result<void> begin() override { return inner_->begin(); }
  Result<void> commit() override {
    switch (std::exchange(fault_, CommitFault::None)) {
      case CommitFault::None:
        return inner_->commit();
      case CommitFault::LostBefore:
        inner_->rollback();
        return unknown_outcome("the answer was lost");
      case CommitFault::LostAfter:
        TRY(inner_->commit());
        return unknown_outcome("the answer was lost");
      case CommitFault::Fails:
        inner_->rollback();
        return unavailable("the disk is full");
    }
    return {};
  }
  void rollback() override { inner_->rollback(); }
  Result<std::string> transaction_token() override { return inner_->transaction_token(); }
  Result<TransactionFate> transaction_fate(const std::string& token) override {
    if (fate) return *fate;
    return inner_->transaction_fate(token);
  }
  Result<bool> has_table(const std::string& name) override { return inner_->has_table(name); }
  Result<bool> has_column(const std::string& table, const std::string& column) override {
    return inner_->has_column(table, column);
  }
  bool is_alive() const override { return inner_->is_alive(); }

  static inline std::optional<TransactionFate> fate;

 private:
  std::unique_ptr<SqlConnection> inner_;
  CommitFault& fault_;
};

SqlConnector faulty_connector(const Lab& lab, CommitFault& fault) {
  return {[inner = lab.connector(), &fault]() -> Result<std::unique_ptr<SqlConnection>> {
            return std::make_unique<FaultyConnection>(TRY(inner.connect()), fault);
          },
          "faulty database"};
}

TEST_CASE("a lost answer is looked up") {
  on_each_backend([](Lab& lab) {
    open_with_tables(lab);
    CommitFault fault = CommitFault::None;
    auto catalog = lab.open(faulty_connector(lab, fault), lab.options());
    // It had landed.
    fault = CommitFault::LostAfter;
    const auto landed = CHECK_OK(commit_one(*catalog, set_property(kFirst, "a", "1")));
    CHECK(CHECK_OK(lab.open()->load_table(kFirst)).metadata_location ==
          landed[0].metadata_location);
    // It had not: done again.
    fault = CommitFault::LostBefore;
    CHECK_OK(commit_one(*catalog, set_property(kFirst, "a", "2")));
    CHECK(property_of(*lab.open(), kFirst, "a") == "2");
    CHECK(iceberg::metadata_version(CHECK_OK(catalog->load_table(kFirst)).metadata_location) == 2);
    // Also for a table that is created.
    fault = CommitFault::LostAfter;
    CHECK_OK(catalog->create_table(table_name("raw", "third"), two_columns()));
    CHECK_OK(lab.open()->load_table(table_name("raw", "third")));
    // A plain failure leaves nothing behind.
    const auto files = lab.count_files();
    fault = CommitFault::Fails;
    CHECK_ERROR(commit_one(*catalog, set_property(kFirst, "a", "3")), ErrorCode::Unavailable,
                "disk");
    CHECK(lab.count_files() == files);
    CHECK(property_of(*lab.open(), kFirst, "a") == "2");
  });
}

TEST_CASE("an outcome that stays unknown removes nothing") {
  on_each_backend([](Lab& lab) {
    open_with_tables(lab);
    CommitFault fault = CommitFault::None;
    auto options = lab.options();
    FakeClock clock;
    options.clock = &clock;
    auto catalog = lab.open(faulty_connector(lab, fault), options);
    for (const auto fate : {TransactionFate::InProgress, TransactionFate::Unknown}) {
      FaultyConnection::fate = fate;
      const auto files = lab.count_files();
      fault = CommitFault::LostBefore;
      CHECK_ERROR(commit_one(*catalog, set_property(kFirst, "a", "1")), ErrorCode::UnknownOutcome,
                  "lost");
      CHECK(lab.count_files() == files + 1);
      // Landed after all, and another commit came on top of it before we looked.
      fault = CommitFault::LostAfter;
      CHECK_OK(commit_one(*catalog, set_property(kFirst, "b", std::to_string(files))));
    }
    FaultyConnection::fate.reset();
  });
}

TEST_CASE("whatever the store does, the table is in the old or in the new state") {
  Lab lab(Backend::Sqlite);
  open_with_tables(lab);
  auto plain = lab.store();
  std::uint64_t operations = 1;
  for (const auto kind :
       {storage::FaultKind::Fail, storage::FaultKind::LoseReply, storage::FaultKind::Tear}) {
    for (std::uint64_t n = 0; n < operations; ++n) {
      CAPTURE(n);
      auto store = std::make_shared<storage::FaultyStore>(*plain);
      lab.set_store(store);
      auto catalog = lab.open();
      const auto value = std::to_string(static_cast<int>(kind)) + "-" + std::to_string(n);
      CHECK_OK(catalog->load_table(kFirst));
      CHECK_OK(catalog->load_table(kSecond));
      store->clear_operations();
      store->add_fault({.first = n, .kind = kind, .code = ErrorCode::UnknownOutcome});
      const TableChange both[] = {set_property(kFirst, "n", value),
                                  set_property(kSecond, "n", value)};
      const auto result = catalog->commit(both);
      operations = std::max(operations, store->operation_count());
      lab.set_store(plain);
      const std::string expected = result ? value : "";
      auto other = lab.open();
      CHECK((property_of(*other, kFirst, "n") == value) == result.has_value());
      CHECK((property_of(*other, kSecond, "n") == value) == result.has_value());
      if (!result) CHECK(result.error().code == ErrorCode::Unavailable);
    }
  }
  CHECK(operations >= 2);
}

TEST_CASE("threads of one catalog and of several lose nothing") {
  on_each_backend([](Lab& lab) {
    open_with_tables(lab);
    auto shared = lab.open();
    constexpr int kThreads = 4;
    constexpr int kCommits = 15;
    std::atomic<int> failures{0};
    std::vector<std::thread> threads;
    for (int t = 0; t < kThreads; ++t) {
      threads.emplace_back([&, t] {
        auto own = t % 2 == 0 ? nullptr : lab.open();
        auto& catalog = own == nullptr ? *shared : *own;
        for (int i = 0; i < kCommits; ++i) {
          Result<std::vector<iceberg::LoadedTable>> result;
          do {
            result =
                commit_one(catalog, set_property(kFirst, fmt::format("key-{}-{}", t, i), "done"));
          } while (!result && result.error().code == ErrorCode::Conflict);
          if (!result) ++failures;
        }
      });
    }
    for (auto& thread : threads) thread.join();
    CHECK(failures == 0);
    const auto state = CHECK_OK(lab.open()->load_table(kFirst));
    CHECK(state.metadata->properties.size() == kThreads * kCommits);
    CHECK(iceberg::metadata_version(state.metadata_location) == kThreads * kCommits);
  });
}

}  // namespace
}  // namespace tarn::catalog
