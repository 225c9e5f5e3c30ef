// SPDX-License-Identifier: Apache-2.0
// TPC-H: the 22 queries as Trino SQL over Iceberg tables of ours, and by DuckDB over the same
// Parquet files. Both sides take turns; times are medians, of the clock and of the process' CPU
// time; the answers must be the same. With `plans` the SQL and the plans of both are shown instead.
//   tpch_bench SCALE [REPEATS] [QUERY [plans]]
#include <fmt/core.h>
#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdlib>

#include "base/temporary_folder.h"
#include "base/text.h"
#include "duckdb/lake.h"
#include "engine/query.h"
#include "engine/sql_printer.h"
#include "iceberg/memory_catalog.h"
#include "sql/parser.h"
#include "sql/tree/visit.h"
#include "storage/local_store.h"
#include "types/error_name.h"
#include "types/type_text.h"
#include "types/value_text.h"

namespace {

using namespace tarn;

using Time = std::chrono::steady_clock;
using Rows = std::vector<std::vector<std::string>>;

constexpr const char* kTables[] = {"region", "nation",   "supplier", "customer",
                                   "part",   "partsupp", "orders",   "lineitem"};

double cpu_millis() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  auto millis = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) * 1e3 + static_cast<double>(time.tv_usec) / 1e3;
  };
  return millis(usage.ru_utime) + millis(usage.ru_stime);
}

class LakeTables final : public analysis::TableLookup {
 public:
  Result<void> add(duckdb::Connection& connection, const std::string& name) {
    auto table = std::make_shared<analysis::TableInfo>();
    table->id = {"lake", "s", name};
    const std::string from = "lake.s." + name;
    for (const auto& row : TRY(connection.query("DESCRIBE " + from)).rows) {
      std::string type = to_lower(*row[1]);
      table->columns.push_back({*row[0], TRY(types::parse_type(type)), false, true});
    }
    table->handle = engine::make_stored_source(from, *table);
    tables_.push_back(std::move(table));
    return ok();
  }

  Result<analysis::TableInfoPtr> find_table(const analysis::TableId& id,
                                            const std::optional<analysis::TableVersion>&) override {
    for (const auto& table : tables_) {
      if (table->id == id) return table;
    }
    return analysis::TableInfoPtr();
  }

 private:
  std::vector<analysis::TableInfoPtr> tables_;
};

std::string text_of(const types::Type& type, const types::Value& value) {
  return value.is_null() ? "-" : types::cast_to_text(type, value);
}

struct Bench {
  TemporaryFolder folder = std::move(TemporaryFolder::make()).value();
  std::shared_ptr<storage::LocalStore> store =
      std::make_shared<storage::LocalStore>(Durability::Fast);
  std::shared_ptr<iceberg::MemoryCatalog> catalog = std::make_shared<iceberg::MemoryCatalog>(
      *store, folder.path() + "/lake", system_clock(), system_random());
  std::unique_ptr<duckdb::Instance> instance;
  std::optional<duckdb::Connection> connection;
  LakeTables tables;
  std::vector<std::string> queries;

  Result<void> open(const std::string& scale) {
    duckdb::InstanceOptions options;
    options.temp_folder = folder.path() + "/tmp";
    if (const char* extensions = std::getenv("TARN_EXTENSIONS")) {
      options.extension_folder = extensions;
    }
    instance = TRY(duckdb::Instance::open(options));
    TRY(instance->load_extension("tpch"));
    TRY(catalog->create_namespace({{"s"}}, {}));
    duckdb::LakeOptions lake;
    lake.name = "lake";
    lake.catalog = catalog;
    lake.store = store;
    lake.durability = Durability::Fast;
    TRY(duckdb::attach_lake(*instance, std::move(lake)));
    connection.emplace(TRY(instance->connect()));
    TRY(connection->execute("CALL dbgen(sf = " + scale + ")"));
    for (const char* name : kTables) {
      TRY(connection->execute(
          fmt::format("CREATE TABLE lake.s.{0} AS FROM memory.main.{0}", name)));
      TRY(connection->execute(fmt::format("DROP TABLE memory.main.{}", name)));
      TRY(tables.add(*connection, name));
      const std::string files =
          TRY(connection->query(fmt::format(
                  "SELECT string_agg(DISTINCT '''' || filename || '''', ', ') FROM lake.s.{}",
                  name)))
              .single()
              .value_or("");
      TRY(connection->execute(
          fmt::format("CREATE VIEW memory.main.{} AS FROM read_parquet([{}])", name, files)));
    }
    for (auto& row :
         TRY(connection->query("SELECT query FROM tpch_queries() ORDER BY query_nr")).rows) {
      std::string text(trim(*row[0]));
      if (text.ends_with(';')) text.pop_back();
      // Trino knows no alias of SELECT in GROUP BY.
      text = replace_all(text, "GROUP BY\n        supplier_no", "GROUP BY\n        l_suppkey");
      queries.push_back(std::move(text));
    }
    return ok();
  }

  Result<Rows> run_ours(const std::string& sql) {
    auto statement = TRY(sql::parse_statement(sql));
    const auto* query = sql::as<sql::QueryStatement>(*statement);
    analysis::AnalyzerOptions options;
    options.catalog = "lake";
    options.schema = "s";
    engine::SessionValues session;
    auto answer =
        TRY(engine::run_query(*query->query, {tables, options, session, *connection, nullptr}));
    Rows out;
    for (const auto& row : TRY(engine::read_all(answer))) {
      auto& texts = out.emplace_back();
      for (std::size_t i = 0; i < row.size(); ++i) {
        texts.push_back(text_of(answer.columns[i].type, row[i]));
      }
    }
    return out;
  }

  Result<Rows> run_plain(const std::string& sql) {
    Rows out;
    for (const auto& row : TRY(connection->query(sql)).rows) {
      auto& texts = out.emplace_back();
      for (const auto& value : row) texts.push_back(value.value_or("-"));
    }
    return out;
  }

  Result<void> show_plans(const std::string& sql) {
    auto statement = TRY(sql::parse_statement(sql));
    analysis::AnalyzerOptions options;
    options.catalog = "lake";
    options.schema = "s";
    const auto* query = sql::as<sql::QueryStatement>(*statement);
    const auto typed = TRY(analysis::analyze_query(*query->query, tables, options));
    engine::SessionValues session;
    engine::SqlPrinter printer(session);
    const std::string ours = TRY(printer.print_query(typed));
    fmt::print("{}\n\n", ours);
    for (const std::string& text : {ours, sql}) {
      const auto plan = TRY(connection->query("EXPLAIN (ANALYZE, FORMAT json) " + text));
      fmt::print("{}\n", plan.rows.at(0).at(1).value_or(""));
    }
    return ok();
  }
};

// Numbers may have other digits: Trino's avg(decimal) rounds to the scale of its argument.
bool same_value(const std::string& a, const std::string& b) {
  if (a == b) return true;
  auto x = parse_double(a);
  auto y = parse_double(b);
  return x && y && std::abs(*x - *y) <= 0.006 * std::max(1.0, std::abs(*y));
}

bool same_rows(const Rows& a, const Rows& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](const auto& x, const auto& y) {
    return std::equal(x.begin(), x.end(), y.begin(), y.end(), same_value);
  });
}

// Of one side of a query.
struct Runs {
  std::vector<double> millis;
  std::vector<double> cpu_millis;
  Rows rows;

  template <typename Run>
  Result<void> add(Run run) {
    const auto start = Time::now();
    const double cpu_start = ::cpu_millis();
    rows = TRY(run());
    cpu_millis.push_back(::cpu_millis() - cpu_start);
    millis.push_back(std::chrono::duration<double, std::milli>(Time::now() - start).count());
    return ok();
  }
};

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

struct Totals {
  double ours = 0;
  double plain = 0;
  double logs = 0;
  int count = 0;

  double add(double ours_millis, double plain_millis) {
    ours += ours_millis;
    plain += plain_millis;
    logs += std::log(ours_millis / plain_millis);
    ++count;
    return ours_millis / plain_millis;
  }
  double ratio() const { return ours / plain; }
  double mean() const { return std::exp(logs / std::max(count, 1)); }
};

Result<bool> run(int count, char** words) {
  Bench bench;
  const int repeats = count > 2 ? std::atoi(words[2]) : 5;
  const int only = count > 3 ? std::atoi(words[3]) : 0;
  TRY(bench.open(count > 1 ? words[1] : "0.1"));
  if (count > 4) {
    TRY(bench.show_plans(bench.queries.at(static_cast<std::size_t>(only - 1))));
    return true;
  }
  fmt::print("{:>5} {:>9} {:>10} {:>6} {:>9} {:>10} {:>6}\n", "query", "tarn ms", "duckdb ms",
             "ratio", "cpu ms", "duckdb cpu", "ratio");
  Totals wall, cpu;
  bool good = true;
  for (std::size_t i = 0; i < bench.queries.size(); ++i) {
    if (only > 0 && static_cast<std::size_t>(only) != i + 1) continue;
    const std::string& sql = bench.queries[i];
    Runs ours, plain;
    for (int repeat = 0; repeat < repeats; ++repeat) {
      TRY(plain.add([&] { return bench.run_plain(sql); }));
      TRY(ours.add([&] { return bench.run_ours(sql); }));
    }
    const bool same = same_rows(ours.rows, plain.rows);
    good = good && same;
    const double wall_ratio = wall.add(median(ours.millis), median(plain.millis));
    const double cpu_ratio = cpu.add(median(ours.cpu_millis), median(plain.cpu_millis));
    fmt::print("{:>5} {:>9.1f} {:>10.1f} {:>6.2f} {:>9.1f} {:>10.1f} {:>6.2f}{}\n", i + 1,
               median(ours.millis), median(plain.millis), wall_ratio, median(ours.cpu_millis),
               median(plain.cpu_millis), cpu_ratio, same ? "" : "  OTHER ANSWER");
  }
  fmt::print("total {:>9.1f} {:>10.1f} {:>6.2f} {:>9.1f} {:>10.1f} {:>6.2f}\n", wall.ours,
             wall.plain, wall.ratio(), cpu.ours, cpu.plain, cpu.ratio());
  fmt::print("geometric mean of ratios: {:.3f}, of cpu time {:.3f}\n", wall.mean(), cpu.mean());
  return good;
}

}  // namespace

int main(int count, char** words) {
  auto good = run(count, words);
  if (!good) fmt::print(stderr, "{}\n", describe(good.error()));
  return good && *good ? 0 : 1;
}
