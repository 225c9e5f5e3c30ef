// SPDX-License-Identifier: Apache-2.0
// Our side of a lake for the tests with a real Trino: reads DuckDB SQL from standard input, one
// statement a line, and answers each with one line of JSON: {"rows": [[text or null, …], …]} or
// {"error": "…", "code": "…"}.
//   lake_sql TARN_YML CATALOG
#include <boost/json.hpp>
#include <cstdio>
#include <iostream>
#include <string>

#include "base/json.h"
#include "lakehouse/lakehouse.h"

namespace {

using namespace tarn;
namespace json = boost::json;

json::object answer(duckdb::Connection& connection, const std::string& sql) {
  auto table = connection.query(sql);
  if (!table) {
    return {{"error", describe(table.error())},
            {"code", std::string(to_string(table.error().code))}};
  }
  json::array rows;
  for (const auto& row : table->rows) {
    json::array values;
    for (const auto& value : row) values.push_back(value ? json::value(*value) : json::value());
    rows.push_back(std::move(values));
  }
  return {{"rows", std::move(rows)}};
}

Result<void> run(const std::string& file, const std::string& catalog) {
  Diagnostics diagnostics;
  auto lakehouse = TRY(lakehouse::Lakehouse::open({.lakehouse = file}, diagnostics));
  TRY(lakehouse->attach(catalog));
  auto* engine = TRY(lakehouse->engine());
  auto connection = TRY(engine->connect());
  for (std::string line; std::getline(std::cin, line);) {
    std::puts(write_json(answer(connection, line)).c_str());
    std::fflush(stdout);
  }
  return {};
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) {
    std::fputs("usage: lake_sql TARN_YML CATALOG\n", stderr);
    return 2;
  }
  if (const auto done = run(argv[1], argv[2]); !done) {
    std::fprintf(stderr, "%s\n", describe(done.error()).c_str());
    return 1;
  }
  return 0;
}
