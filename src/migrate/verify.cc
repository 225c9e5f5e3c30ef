// SPDX-License-Identifier: Apache-2.0
#include "migrate/verify.h"

#include <mutex>

#include "base/parallel.h"
#include "base/text.h"
#include "postgres/quoting.h"

namespace tarn::migrate {
namespace {

// A statement of Postgres has at most 1,664 results; two are needed for each column.
constexpr std::size_t kColumnsPerQuery = 400;

struct SumQuery {
  std::size_t first = 0;
  std::size_t count = 0;
  std::string select;
};

std::vector<SumQuery> cut_columns(std::size_t columns) {
  std::vector<SumQuery> queries;
  for (std::size_t first = 0; first < columns; first += kColumnsPerQuery) {
    queries.push_back({first, std::min(kColumnsPerQuery, columns - first), "SELECT count(*)"});
  }
  return queries;
}

std::vector<SumQuery> source_queries(const TablePlan& plan, std::string_view encoding) {
  auto queries = cut_columns(plan.columns.size());
  for (SumQuery& query : queries) {
    for (std::size_t i = query.first; i < query.first + query.count; ++i) {
      const auto& column = plan.columns[i];
      const std::string name = postgres::quote_identifier(column.name);
      const std::string text = common_text(column, name, name).source;
      const std::string bytes =
          encoding == "UTF8" ? text : fmt::format("convert_to({}, 'UTF8')", text);
      query.select += fmt::format(
          ", count({0}), coalesce(sum(('x0' || left(md5({1}), 15))::bit(64)::bigint), 0)", text,
          bytes);
    }
  }
  return queries;
}

Result<std::int64_t> read_count(std::string_view text) {
  const auto count = parse_int64(text);
  if (!count) return internal("`{}` is no count", text);
  return *count;
}

Result<Int128> read_sum(std::string_view text) { return TRY(parse_decimal(text)).unscaled; }

void add(TableSums& total, const TableSums& part) {
  total.rows += part.rows;
  for (std::size_t i = 0; i < part.columns.size(); ++i) {
    total.columns[i].values += part.columns[i].values;
    total.columns[i].checksum += part.columns[i].checksum;
  }
}

Result<TableSums> sum_chunk(postgres::Connection& connection, const std::vector<SumQuery>& queries,
                            const Chunk& chunk, std::size_t columns) {
  TableSums sums;
  sums.columns.resize(columns);
  for (const SumQuery& query : queries) {
    const auto rows = TRY(connection.query(query.select + ' ' + chunk.from_and_where));
    sums.rows = TRY(read_count(rows.at(0, 0)));
    for (std::size_t i = 0; i < query.count; ++i) {
      ColumnSum& sum = sums.columns[query.first + i];
      sum.values = TRY(read_count(rows.at(0, static_cast<int>(2 * i + 1))));
      sum.checksum = TRY(read_sum(rows.at(0, static_cast<int>(2 * i + 2))));
    }
  }
  return sums;
}

}  // namespace

Result<TableSums> sum_source(SourceSnapshot& snapshot, const TablePlan& plan, int jobs) {
  const auto chunks = make_chunks(plan.source, plan.where, jobs);
  const auto queries = source_queries(plan, snapshot.server_encoding());
  TableSums total;
  total.columns.resize(plan.columns.size());
  std::mutex mutex;
  TRY(parallel_for(
      chunks.size(), static_cast<std::size_t>(jobs), [&](std::size_t i) -> Result<void> {
        auto lease = TRY(snapshot.take());
        const auto part = TRY(sum_chunk(*lease, queries, chunks[i], plan.columns.size()));
        std::lock_guard lock(mutex);
        add(total, part);
        return {};
      }));
  return total;
}

Result<TableSums> sum_lake(duckdb::Connection& connection, const std::string& table,
                           const TablePlan& plan, const Cancel& cancel) {
  TableSums sums;
  sums.columns.resize(plan.columns.size());
  for (SumQuery& query : cut_columns(plan.columns.size())) {
    for (std::size_t i = query.first; i < query.first + query.count; ++i) {
      const auto& column = plan.columns[i];
      const std::string name = quote(column.name, '"');
      const std::string text = common_text(column, name, name).lake;
      query.select +=
          fmt::format(", count({0}), coalesce(sum(('0x' || left(md5({0}), 15))::BIGINT), 0)", text);
    }
    const auto rows = TRY(connection.query(query.select + " FROM " + table, &cancel)).rows;
    if (rows.size() != 1) return internal("no sums of {}", table);
    sums.rows = TRY(read_count(rows[0][0].value_or("")));
    for (std::size_t i = 0; i < query.count; ++i) {
      ColumnSum& sum = sums.columns[query.first + i];
      sum.values = TRY(read_count(rows[0][2 * i + 1].value_or("")));
      sum.checksum = TRY(read_sum(rows[0][2 * i + 2].value_or("")));
    }
  }
  return sums;
}

TableSums difference(const TableSums& after, const TableSums& before) {
  TableSums result = after;
  result.rows -= before.rows;
  for (std::size_t i = 0; i < before.columns.size(); ++i) {
    result.columns[i].values -= before.columns[i].values;
    result.columns[i].checksum -= before.columns[i].checksum;
  }
  return result;
}

Result<void> compare_sums(const TableSums& source, const TableSums& lake, const TablePlan& plan) {
  const std::string table = show_name(plan.source.id);
  if (source.rows != lake.rows) {
    return corrupt("verification of {} failed: the source has {} rows, the lake {}", table,
                   source.rows, lake.rows);
  }
  for (std::size_t i = 0; i < plan.columns.size(); ++i) {
    const ColumnSum& there = source.columns[i];
    const ColumnSum& here = lake.columns[i];
    if (there.values != here.values) {
      return corrupt(
          "verification of {} failed: column `{}` has {} values that are not null in the source, "
          "{} "
          "in the lake",
          table, plan.columns[i].name, there.values, here.values);
    }
    if (there.checksum != here.checksum) {
      return corrupt(
          "verification of {} failed: column `{}` has the same {} values that are not null, but "
          "not "
          "the same checksum (source {}, lake {})",
          table, plan.columns[i].name, there.values, tarn::to_string(there.checksum),
          tarn::to_string(here.checksum));
    }
  }
  return {};
}

}  // namespace tarn::migrate
