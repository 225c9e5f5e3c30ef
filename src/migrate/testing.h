// SPDX-License-Identifier: Apache-2.0
// A Postgres database and a lake to migrate it into. Include in tests only.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/temp_folder.h"
#include "base/testing.h"
#include "migrate/migration.h"
#include "postgres/testing.h"

namespace tarn::migrate {

// REQUIRES: postgres::TestServer::url() is not empty.
class MigrationFixture {
 public:
  MigrationFixture() {
    Diagnostics diagnostics;
    lakehouse::OpenOptions options;
    options.lake_folder = folder_.file("lake");
    lakehouse_ = CHECK_OK(lakehouse::Lakehouse::open(options, diagnostics));
    lake = CHECK_OK(lakehouse_->lake("", lakehouse::Missing::IsCreated));
  }

  lakehouse::Lakehouse& lakehouse() { return *lakehouse_; }
  std::string source_url() const { return database_.url(); }
  void run_source(const std::string& sql) {
    auto connection = CHECK_OK(postgres::Connection::connect({.target = database_.url()}));
    CHECK_OK(connection.execute(sql));
  }

  Result<std::vector<TablePlan>> plan(const PlanOptions& options) {
    snapshot_ = TRY(SourceSnapshot::open({.target = database_.url()}, options.selection));
    auto made = plan_migration(*snapshot_, lake->catalog.get(), options);
    if (made && made->failures.empty()) return std::move(made->tables);
    snapshot_.reset();  // with its locks
    return made ? made->failures.front().error : made.error();
  }

  // `reports` point into `plans`.
  Result<void> migrate(const PlanOptions& options, bool verify = true, int jobs = 2) {
    plans = TRY(plan(options));
    reports.clear();
    MigrationOutcome outcome;
    auto done = run_migration(*lakehouse_, *lake, *snapshot_, plans,
                              {.jobs = jobs, .verify = verify}, cancel, outcome);
    snapshot_.reset();
    reports = std::move(outcome.reports);
    if (done && !outcome.failures.empty()) return outcome.failures.front().error;
    return done;
  }
  Result<void> migrate_table(const std::string& name, PlanOptions options = {}) {
    options.selection.tables = {name};
    return migrate(options);
  }

  // Rows as `a|b`, joined by `;`, nulls as `-`.
  std::string rows(const std::string& sql) {
    CHECK_OK(lakehouse_->attach(""));
    auto connection = CHECK_OK(CHECK_OK(lakehouse_->engine())->connect());
    std::string text;
    for (const auto& row : CHECK_OK(connection.query(sql)).rows) {
      if (!text.empty()) text += ';';
      for (std::size_t i = 0; i < row.size(); ++i) {
        text += (i == 0 ? "" : "|") + row[i].value_or("-");
      }
    }
    return text;
  }
  std::size_t file_count() {
    return CHECK_OK(lake->store->list_all(folder_.file("lake/warehouse"))).size();
  }

  // Of a column of the last migration's first table.
  std::uint64_t loss(std::size_t column, postgres::Loss loss) const {
    return reports.at(0).losses.at(column)[static_cast<std::size_t>(loss)];
  }

  Cancel cancel;
  std::shared_ptr<lakehouse::Lake> lake;
  std::vector<TablePlan> plans;
  std::vector<TableReport> reports;

 private:
  postgres::TestDatabase database_;
  TempFolder folder_;
  std::unique_ptr<lakehouse::Lakehouse> lakehouse_;
  std::unique_ptr<SourceSnapshot> snapshot_;
};

}  // namespace tarn::migrate
