// SPDX-License-Identifier: Apache-2.0
#include "engine/postgres_copy.h"

#include <algorithm>
#include <atomic>
#include <optional>

#include "postgres/copy.h"
#include "postgres/copy_decoder.h"

namespace tarn::engine {
namespace {

struct SharedRows {
  std::shared_ptr<PostgresSnapshot> snapshot;
  PostgresRows rows;
};

class PostgresScan final : public duckdb::RowSource {
 public:
  explicit PostgresScan(std::shared_ptr<const SharedRows> shared) : shared_(std::move(shared)) {}

  std::span<const postgres::ColumnPlan> columns() const override { return shared_->rows.columns; }
  std::size_t readers_max() const override {
    return std::min(shared_->rows.queries.size(), shared_->rows.readers_max);
  }
  std::int64_t row_estimate() const override { return shared_->rows.row_estimate; }
  Result<std::shared_ptr<duckdb::RowSource>> begin_scan() override {
    return std::shared_ptr<duckdb::RowSource>(std::make_shared<PostgresScan>(shared_));
  }
  Result<std::unique_ptr<duckdb::RowReader>> open_reader() override;

 private:
  class Reader;

  // nullptr when all are taken.
  const std::string* next_query() {
    const std::size_t at = next_.fetch_add(1);
    return at < shared_->rows.queries.size() ? &shared_->rows.queries[at] : nullptr;
  }

  std::shared_ptr<const SharedRows> shared_;
  std::atomic<std::size_t> next_{0};
};

class PostgresScan::Reader final : public duckdb::RowReader {
 public:
  explicit Reader(PostgresScan& scan) : scan_(scan) {}

  Result<const postgres::RowBatch*> next() override {
    if (batch_) batch_->clear();
    while (true) {
      if (!copy_ && !TRY(open_query())) return nullptr;
      while (!decoder_->is_full(*batch_)) {
        if (rest_.empty()) {
          auto piece = TRY(copy_->next());
          if (!piece) {
            TRY(close_query());
            break;
          }
          rest_ = *piece;
        }
        auto used = decoder_->decode(rest_, *batch_);
        if (!used) return with_origin(std::move(used).error());
        rest_.remove_prefix(*used);
      }
      if (batch_->row_count > 0) return &*batch_;
    }
  }

 private:
  // False when there is none.
  Result<bool> open_query() {
    const std::string* query = scan_.next_query();
    if (query == nullptr) {
      lease_.reset();
      return false;
    }
    if (!lease_) lease_.emplace(TRY(scan_.shared_->snapshot->take()));
    decoder_.emplace(scan_.shared_->rows.columns);
    if (!batch_) batch_.emplace(decoder_->make_batch());
    copy_.emplace(TRY(
        postgres::CopyOut::start(**lease_, "COPY (" + *query + "\n) TO STDOUT (FORMAT binary)")));
    return true;
  }

  // Where the value was, and where a policy for it would be set.
  Error with_origin(Error error) const {
    if (error.code != ErrorCode::InvalidInput) return error;
    const PostgresOrigin& origin = scan_.shared_->rows.origin;
    if (!origin.table.empty()) error.context.push_back("in table " + origin.table);
    std::string hint = fmt::format("set it below `{}.type_policy` in tarn.yml", origin.policy_path);
    if (!origin.table.empty()) {
      hint += fmt::format(", or for one column below `{}.tables.{}.columns`", origin.policy_path,
                          origin.table);
    }
    error.context.push_back(std::move(hint));
    return error;
  }

  Result<void> close_query() {
    TRY(decoder_->finish());
    const auto sent = copy_->row_count();
    copy_.reset();
    if (sent != static_cast<std::int64_t>(decoder_->row_count())) {
      return corrupt("the server sent {} rows, but {} were read", sent, decoder_->row_count());
    }
    return {};
  }

  PostgresScan& scan_;
  std::optional<PostgresSnapshot::Lease> lease_;
  std::optional<postgres::CopyOut> copy_;
  std::optional<postgres::CopyDecoder> decoder_;
  std::optional<postgres::RowBatch> batch_;
  std::string_view rest_;  // of the piece that copy_ gave
};

Result<std::unique_ptr<duckdb::RowReader>> PostgresScan::open_reader() {
  return std::unique_ptr<duckdb::RowReader>(std::make_unique<Reader>(*this));
}

}  // namespace

std::shared_ptr<duckdb::RowSource> make_postgres_source(std::shared_ptr<PostgresSnapshot> snapshot,
                                                        PostgresRows rows) {
  auto shared =
      std::make_shared<const SharedRows>(SharedRows{std::move(snapshot), std::move(rows)});
  return std::make_shared<PostgresScan>(std::move(shared));
}

}  // namespace tarn::engine
