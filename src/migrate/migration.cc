// SPDX-License-Identifier: Apache-2.0
#include "migrate/migration.h"

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <set>
#include <thread>

#include "base/text.h"
#include "catalog/intent_cleanup.h"
#include "iceberg/commit/replace_table.h"
#include "migrate/verify.h"

namespace tarn::migrate {
namespace {

constexpr std::int64_t kProgressMillis = 200;

// Emits the progress of one table until its end.
class ProgressTicker {
 public:
  ProgressTicker(const EventStream* events, std::size_t table, const CopyProgress& progress)
      : events_(events), table_(table), progress_(progress) {
    if (events_ != nullptr) thread_ = std::thread([this] { run(); });
  }
  ProgressTicker(const ProgressTicker&) = delete;
  ProgressTicker& operator=(const ProgressTicker&) = delete;
  ~ProgressTicker() {
    if (!thread_.joinable()) return;
    {
      std::lock_guard lock(mutex_);
      is_over_ = true;
    }
    changed_.notify_all();
    thread_.join();
  }

 private:
  void run() {
    std::unique_lock lock(mutex_);
    while (!changed_.wait_for(lock, std::chrono::milliseconds(kProgressMillis),
                              [this] { return is_over_; })) {
      events_->emit(TableProgressed{table_, progress_.rows.load(), progress_.bytes.load()});
    }
  }

  const EventStream* events_;
  std::size_t table_;
  const CopyProgress& progress_;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool is_over_ = false;
  std::thread thread_;
};

class TableMigration {
 public:
  TableMigration(lakehouse::Lakehouse& lakehouse, lakehouse::Lake& lake, SourceSnapshot& snapshot,
                 const TablePlan& plan, const MigrationOptions& options, const Cancel& cancel,
                 std::size_t index, std::set<iceberg::Namespace>& made_namespaces)
      : lakehouse_(lakehouse),
        lake_(lake),
        snapshot_(snapshot),
        plan_(plan),
        options_(options),
        cancel_(cancel),
        index_(index),
        made_namespaces_(made_namespaces) {}

  Result<TableReport> run() {
    const std::int64_t start = options_.clock->now_micros();
    duckdb::Instance* engine = TRY(lakehouse_.engine());
    connection_.emplace(TRY(engine->connect()));
    // Rows may come in any order: that of the source means nothing.
    TRY(connection_->execute("SET preserve_insertion_order = false"));
    TRY(make_namespace());
    auto copied = copy(*engine);
    if (!copied) {
      auto undone = connection_->execute("ROLLBACK");
      (void)undone;  // there may be no transaction any more
      return copied.error();
    }
    report_.plan = &plan_;
    report_.micros = options_.clock->now_micros() - start;
    TRY(look_at_result());
    return std::move(report_);
  }

 private:
  Result<void> make_namespace() {
    const auto& space = plan_.target.space;
    if (TRY(lake_.catalog->namespace_exists(space))) return {};
    auto made = lake_.catalog->create_namespace(space, {});
    if (made) made_namespaces_.insert(space);
    if (!made && made.error().code != ErrorCode::AlreadyExists) return made.error();
    return {};
  }

  std::string table_sql() const {
    return fmt::format("{}.{}.{}", quote(lake_.name, '"'),
                       quote(iceberg::to_string(plan_.target.space), '"'),
                       quote(plan_.target.name, '"'));
  }

  Result<void> begin() {
    TRY(connection_->execute("BEGIN TRANSACTION"));
    switch (plan_.action) {
      case TableAction::Create:
        return duckdb::add_staged_table(
            *connection_, lake_.name,
            TRY(lake_.catalog->stage_table(plan_.target, plan_.creation)));
      case TableAction::Replace: {
        iceberg::Replacement replacement =
            TRY(iceberg::make_replacement(*plan_.existing, plan_.creation));
        return duckdb::add_replacing_table(*connection_, lake_.name, std::move(replacement.staged),
                                           *plan_.existing, std::move(replacement.changes));
      }
      case TableAction::Append:
      case TableAction::Skip:
        break;
    }
    return {};
  }

  Result<void> copy(duckdb::Instance& engine) {
    TRY(begin());
    TableSums before;
    before.columns.resize(plan_.columns.size());
    if (options_.verify && plan_.action == TableAction::Append) {
      before = TRY(sum_lake(*connection_, table_sql(), plan_, cancel_));
    }
    TRY(insert(engine));
    if (options_.verify) {
      phase(TablePhase::Verifying);
      const auto there = TRY(sum_source(snapshot_, plan_, options_.jobs));
      const auto here = TRY(sum_lake(*connection_, table_sql(), plan_, cancel_));
      TRY(compare_sums(there, difference(here, before), plan_));
      report_.is_verified = true;
    }
    TRY(cancel_.check());
    phase(TablePhase::Committing);
    TRY(connection_->execute("COMMIT"));
    return {};
  }

  Result<void> insert(duckdb::Instance& engine) {
    CopyProgress progress;
    auto source = std::make_shared<CopySource>(snapshot_, plan_, options_.jobs, progress);
    const auto registered = TRY(duckdb::RegisteredSource::add(engine, source));
    std::string names;
    for (const auto& column : plan_.columns) {
      names += (names.empty() ? "" : ", ") + quote(column.name, '"');
    }
    const std::string sql =
        fmt::format("INSERT INTO {} ({}) SELECT * FROM {}", table_sql(), names, registered.sql());
    const ProgressTicker ticker(options_.events, index_, progress);
    const std::int64_t inserted = TRY(connection_->execute(sql, &cancel_));
    report_.rows = progress.rows.load();
    report_.copy_bytes = progress.bytes.load();
    report_.losses = source->losses();
    if (inserted == report_.rows) return {};
    return internal("{} rows were read, but {} written", report_.rows, inserted);
  }

  void phase(TablePhase phase) const {
    if (options_.events != nullptr) options_.events->emit(TablePhaseChanged{index_, phase});
  }

  Result<void> look_at_result() {
    const auto loaded = TRY(lake_.catalog->load_table(plan_.target));
    const iceberg::Snapshot* snapshot = loaded.metadata->current_snapshot();
    if (snapshot == nullptr || report_.rows == 0) return {};
    const auto number = [&](const char* key) -> std::int64_t {
      const auto found = snapshot->summary.find(key);
      if (found == snapshot->summary.end()) return 0;
      return parse_int64(found->second).value_or(0);
    };
    report_.file_count = number("added-data-files");
    report_.file_bytes = static_cast<std::uint64_t>(number("added-files-size"));
    return {};
  }

  lakehouse::Lakehouse& lakehouse_;
  lakehouse::Lake& lake_;
  SourceSnapshot& snapshot_;
  const TablePlan& plan_;
  const MigrationOptions& options_;
  const Cancel& cancel_;
  std::size_t index_;
  std::set<iceberg::Namespace>& made_namespaces_;
  std::optional<duckdb::Connection> connection_;
  TableReport report_;
};

// Those in which no table is left behind. Whoever else uses one by now keeps it: only empty ones
// go.
void drop_unused(const std::set<iceberg::Namespace>& made, const MigrationOutcome& outcome,
                 iceberg::Catalog& catalog) {
  for (const auto& space : made) {
    const bool is_used =
        std::any_of(outcome.reports.begin(), outcome.reports.end(),
                    [&](const TableReport& report) { return report.plan->target.space == space; });
    if (is_used) continue;
    auto dropped = catalog.drop_namespace(space);
    (void)dropped;
  }
}

}  // namespace

Result<void> run_migration(lakehouse::Lakehouse& lakehouse, lakehouse::Lake& lake,
                           SourceSnapshot& snapshot, const std::vector<TablePlan>& plans,
                           const MigrationOptions& options, const Cancel& cancel,
                           MigrationOutcome& outcome) {
  TRY(catalog::clean_dead_intents(*lake.catalog, *lake.store, *lake.intents, *options.clock));
  TRY(lakehouse.attach(lake.name));
  std::set<iceberg::Namespace> made;
  Result<void> result;
  for (std::size_t i = 0; i < plans.size() && result; ++i) {
    if (plans[i].action == TableAction::Skip) continue;
    result = cancel.check();
    if (!result) break;
    if (options.events != nullptr) options.events->emit(TableStarted{i, &plans[i]});
    auto report =
        TableMigration(lakehouse, lake, snapshot, plans[i], options, cancel, i, made).run();
    if (report) {
      outcome.reports.push_back(std::move(*report));
      if (options.events != nullptr)
        options.events->emit(TableFinished{i, &outcome.reports.back()});
    } else if (ends_migration(report.error())) {
      result = std::move(report.error()).with_context("in table " + show_name(plans[i].source.id));
    } else {
      outcome.failures.push_back({plans[i].source.id, std::move(report.error())});
      if (options.events != nullptr) options.events->emit(TableFailed{i, &outcome.failures.back()});
    }
  }
  drop_unused(made, outcome, *lake.catalog);
  return result;
}

}  // namespace tarn::migrate
