// SPDX-License-Identifier: Apache-2.0
#include "duckdb/row_source.h"

#include <atomic>

#include "duckdb/memory_lake.h"
#include "postgres/copy_decoder.h"

namespace tarn::duckdb {
namespace {

using postgres::ColumnKind;
using postgres::ColumnPlan;
using postgres::DecodeOp;

ColumnPlan plan_of(const char* name, DecodeOp op, ColumnKind kind) {
  ColumnPlan plan;
  plan.name = name;
  plan.op = op;
  plan.kind = kind;
  return plan;
}

// Batches of three rows: `n`, a uuid, a list of texts; every third value is null.
class CountingSource final : public RowSource {
 public:
  CountingSource(int batches, int fail_at) : batches_(batches), fail_at_(fail_at) {
    plans_.push_back(plan_of("n", DecodeOp::Int8, ColumnKind::Int64));
    plans_.push_back(plan_of("u", DecodeOp::Uuid, ColumnKind::Uuid));
    ColumnPlan list = plan_of("l", DecodeOp::Array, ColumnKind::List);
    list.children.push_back(plan_of("element", DecodeOp::Text, ColumnKind::Text));
    plans_.push_back(std::move(list));
  }

  std::span<const ColumnPlan> columns() const override { return plans_; }
  std::size_t readers_max() const override { return 4; }
  std::int64_t row_estimate() const override { return batches_ * 3; }
  Result<std::unique_ptr<RowReader>> open_reader() override {
    return std::unique_ptr<RowReader>(std::make_unique<Reader>(*this));
  }

 private:
  class Reader final : public RowReader {
   public:
    explicit Reader(CountingSource& source) : source_(source), batch_(source.plans_) {}

    Result<const postgres::RowBatch*> next() override {
      const int number = source_.next_.fetch_add(1);
      if (number == source_.fail_at_) return unavailable("the other side has gone");
      if (number >= source_.batches_) return nullptr;
      batch_.clear();
      for (int i = 0; i < 3; ++i) add_row(number * 3 + i);
      return &batch_;
    }

   private:
    void add_row(int n) {
      for (auto& column : batch_.columns) column.ensure_room();
      batch_.row_count++;
      if (n % 3 == 2) {
        for (auto& column : batch_.columns) column.append_null();
        return;
      }
      batch_.columns[0].append<std::int64_t>(n);
      std::array<std::uint8_t, 16> uuid{};
      uuid[0] = static_cast<std::uint8_t>(n % 2 == 0 ? 0xf0 : 0x10);
      uuid[15] = static_cast<std::uint8_t>(n);
      batch_.columns[1].append(uuid);
      auto& elements = batch_.columns[2].children[0];
      batch_.columns[2].append(postgres::ListEntry{elements.size, 2});
      add_text(elements, "ab");
      add_text(elements, "a text that is too long to be inside");
    }
    void add_text(postgres::ColumnBuffer& column, std::string_view text) {
      column.ensure_room();
      postgres::TextRef ref;
      ref.size = static_cast<std::uint32_t>(text.size());
      if (text.size() <= postgres::TextRef::kInlineMax) {
        std::memcpy(reinterpret_cast<char*>(&ref) + 4, text.data(), text.size());
      } else {
        std::memcpy(ref.head, text.data(), 4);
        ref.data = batch_.heap.add(text.data(), text.size());
      }
      column.append(ref);
    }

    CountingSource& source_;
    postgres::RowBatch batch_;
  };

  int batches_;
  int fail_at_;
  std::vector<ColumnPlan> plans_;
  std::atomic<int> next_{0};
};

TEST_CASE("rows from outside, by several readers") {
  MemoryLake lake;
  const auto source =
      CHECK_OK(RegisteredSource::add(*lake.instance, std::make_shared<CountingSource>(1000, -1)));
  CHECK(lake.rows("SELECT count(*), count(n), sum(n), count(DISTINCT u), min(u), max(u), "
                  "sum(len(l)), min(l[2]) FROM " +
                  source.sql()) ==
        "3000|2000|2998000|256|10000000-0000-0000-0000-000000000001|"
        "f0000000-0000-0000-0000-0000000000fe|4000|a text that is too long to be inside");
  CHECK_ERROR(lake.connection->query("SELECT * FROM tarn_rows(99)"), ErrorCode::InvalidInput,
              "no such source");
}

TEST_CASE("a staged table is filled by one commit, a failure leaves nothing") {
  for (const int fail_at : {-1, 0, 500}) {
    CAPTURE(fail_at);
    MemoryLake lake;
    const auto source = CHECK_OK(
        RegisteredSource::add(*lake.instance, std::make_shared<CountingSource>(1000, fail_at)));
    iceberg::TableCreation creation;
    creation.schema.fields = {
        iceberg::optional_field(1, "n", iceberg::TypeKind::Long),
        iceberg::optional_field(2, "u", iceberg::TypeKind::Uuid),
        iceberg::optional_field(3, "l", iceberg::list_type(4, iceberg::TypeKind::String, false))};
    CHECK_OK(lake.connection->execute("BEGIN TRANSACTION"));
    CHECK_OK(add_staged_table(*lake.connection, "lake",
                              CHECK_OK(lake.catalog->stage_table({{{"s"}}, "t"}, creation))));
    auto inserted = lake.connection->execute("INSERT INTO lake.s.t SELECT * FROM " + source.sql());
    if (fail_at < 0) {
      CHECK(CHECK_OK(std::move(inserted)) == 3000);
      CHECK(lake.rows("SELECT count(n) FROM lake.s.t") == "2000");
      CHECK_FALSE(CHECK_OK(lake.catalog->table_exists({{{"s"}}, "t"})));
      CHECK_OK(lake.connection->execute("COMMIT"));
      CHECK(lake.rows("SELECT sum(n) FROM lake.s.t") == "2998000");
      CHECK(lake.table("t").metadata->snapshots.size() == 1);
    } else {
      CHECK_ERROR(inserted, ErrorCode::Unavailable, "the other side has gone");
      CHECK_OK(lake.connection->execute("ROLLBACK"));
      CHECK_FALSE(CHECK_OK(lake.catalog->table_exists({{{"s"}}, "t"})));
      CHECK(lake.file_count() == 0);
    }
  }
}

}  // namespace
}  // namespace tarn::duckdb
