// SPDX-License-Identifier: Apache-2.0
#include "warehouse/trino_warehouse.h"

#include <algorithm>
#include <atomic>
#include <utility>

namespace tarn::warehouse {

namespace {

// Keeps the rows until there are `rows_max` (0: all); true once there are enough.
bool keep_rows(Answer& answer, std::vector<trino::Row> rows, std::size_t rows_max) {
  if (rows_max == 0 && answer.rows.empty()) {
    answer.rows = std::move(rows);
    return false;
  }
  const std::size_t room = rows_max == 0 ? rows.size() : rows_max - answer.rows.size();
  const auto end = rows.begin() + static_cast<std::ptrdiff_t>(std::min(room, rows.size()));
  std::move(rows.begin(), end, std::back_inserter(answer.rows));
  return rows_max != 0 && answer.rows.size() == rows_max;
}

class TrinoConnection final : public Connection {
 public:
  TrinoConnection(trino::Client& client, trino::Session session)
      : client_(client), session_(std::move(session)) {}

  Result<Answer> execute(std::string_view sql, const Cancel* cancel,
                         std::size_t rows_max) override {
    auto statement = TRY(client_.start(sql, session_, cancel));
    const std::int64_t read_before = rows_read_;
    statement->on_progress([&](const trino::Progress& progress) {
      rows_read_ = read_before + progress.processed_rows;
    });
    Answer answer;
    while (true) {
      auto rows = TRY(statement->next());
      if (rows.empty()) break;
      // A change is read to its end, or leaving would stop it.
      const bool enough = keep_rows(answer, std::move(rows), rows_max);
      if (enough && statement->update_type().empty()) break;
    }
    for (const auto& column : statement->columns()) {
      answer.columns.push_back({column.name, column.type});
    }
    answer.update_type = statement->update_type();
    answer.update_count = statement->update_count();
    answer.query_id = statement->query_id();
    rows_written_ += answer.update_count.value_or(0);
    return answer;
  }

  Work work() const override {
    Work out;
    out.rows_read = rows_read_;
    out.rows_written = rows_written_;
    return out;
  }

 private:
  std::atomic<std::int64_t> rows_read_{0};
  std::atomic<std::int64_t> rows_written_{0};
  trino::Client& client_;
  trino::Session session_;
};

class TrinoWarehouse final : public Warehouse {
 public:
  TrinoWarehouse(std::unique_ptr<trino::Client> client, trino::Session session)
      : client_(std::move(client)), session_(std::move(session)) {}

  Kind kind() const override { return Kind::Trino; }
  Result<std::unique_ptr<Connection>> connect() override {
    return std::unique_ptr<Connection>(std::make_unique<TrinoConnection>(*client_, session_));
  }

 private:
  std::unique_ptr<trino::Client> client_;
  const trino::Session session_;
};

}  // namespace

Result<std::unique_ptr<Warehouse>> make_trino_warehouse(TrinoOptions options) {
  if (options.session.schema && !options.session.catalog) {
    return invalid_input("a schema needs a catalog");
  }
  auto client = TRY(trino::Client::make(std::move(options.client)));
  return std::unique_ptr<Warehouse>(
      std::make_unique<TrinoWarehouse>(std::move(client), std::move(options.session)));
}

}  // namespace tarn::warehouse
