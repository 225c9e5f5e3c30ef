// SPDX-License-Identifier: Apache-2.0
#include "engine/given_table.h"

#include <fmt/format.h>

#include <algorithm>

#include "duckdb/value_table.h"
#include "engine/scan_source.h"
#include "engine/system_tables.h"

namespace tarn::engine {

namespace {

constexpr std::size_t kRowsAtOnce = 2'048;

class GivenRows final : public duckdb::ValueSource {
 public:
  explicit GivenRows(std::shared_ptr<const std::vector<Row>> rows) : rows_(std::move(rows)) {}

  Result<std::vector<duckdb::TypedRow>> next() override {
    const std::size_t end = std::min(at_ + kRowsAtOnce, rows_->size());
    std::vector<duckdb::TypedRow> out(rows_->begin() + static_cast<std::ptrdiff_t>(at_),
                                      rows_->begin() + static_cast<std::ptrdiff_t>(end));
    at_ = end;
    return out;
  }

 private:
  std::shared_ptr<const std::vector<Row>> rows_;
  std::size_t at_ = 0;
};

class GivenSource final : public ScanSource {
 public:
  GivenSource(duckdb::Instance& instance, GivenTable table)
      : instance_(instance), table_(std::move(table)) {}

  Result<ScanText> scan(const ScanRequest& request, KeepAlive& alive) const override {
    std::vector<duckdb::ValueColumn> described;
    for (std::size_t i = 0; i < table_.columns.size(); ++i) {
      described.push_back({fmt::format("c{}", i), table_.columns[i].type});
    }
    auto open = [rows = table_.rows]() -> Result<std::unique_ptr<duckdb::ValueSource>> {
      return std::unique_ptr<duckdb::ValueSource>(std::make_unique<GivenRows>(rows));
    };
    auto registered = std::make_shared<duckdb::RegisteredValues>(
        TRY(duckdb::RegisteredValues::add(instance_, std::move(described), std::move(open))));
    ScanText out;
    out.from = registered->sql();
    alive.push_back(std::move(registered));
    for (std::int32_t column : request.columns) {
      out.columns.push_back({fmt::format("c{}", column), ColumnForm::Physical});
    }
    return out;
  }

 private:
  duckdb::Instance& instance_;
  GivenTable table_;
};

}  // namespace

analysis::TableInfoPtr make_given_info(duckdb::Instance& instance, analysis::TableId id,
                                       GivenTable table) {
  auto info = std::make_shared<analysis::TableInfo>();
  info->id = std::move(id);
  for (const auto& column : table.columns) {
    info->columns.push_back({column.name, column.type, false, true});
  }
  info->handle =
      std::shared_ptr<const ScanSource>(std::make_shared<GivenSource>(instance, std::move(table)));
  return info;
}

}  // namespace tarn::engine
