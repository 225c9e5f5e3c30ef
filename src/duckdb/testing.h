// SPDX-License-Identifier: Apache-2.0
// For tests: an instance and rows with Trino's values.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/testing.h"
#include "duckdb/instance.h"
#include "duckdb/typed_rows.h"
#include "types/type_text.h"
#include "types/value_text.h"

namespace tarn::duckdb {

class TestEngine {
 public:
  TestEngine()
      : instance_(opened()), connection_(std::make_unique<Connection>(connected(*instance_))) {}

  Instance& instance() { return *instance_; }
  Connection& connection() { return *connection_; }

  Result<std::vector<TypedRow>> rows(const std::string& sql, std::vector<types::Type> types) {
    TypedRows stream = TRY(TypedRows::open(*connection_, sql, std::move(types)));
    std::vector<TypedRow> all;
    for (;;) {
      std::vector<TypedRow> some = TRY(stream.next());
      if (some.empty()) return all;
      for (TypedRow& row : some) all.push_back(std::move(row));
    }
  }

  // The only value, as a literal of Trino.
  std::string value(const std::string& sql, const std::string& type_text) {
    const types::Type type = CHECK_OK(types::parse_type(type_text));
    const auto all = CHECK_OK(rows(sql, {type}));
    REQUIRE(all.size() == 1);
    return CHECK_OK(types::to_sql_literal(type, all[0].at(0)));
  }

 private:
  static std::unique_ptr<Instance> opened() {
    return CHECK_OK(Instance::open({.memory_limit_bytes = 400'000'000, .threads = 2}));
  }
  static Connection connected(Instance& instance) { return CHECK_OK(instance.connect()); }

  std::unique_ptr<Instance> instance_;
  std::unique_ptr<Connection> connection_;
};

}  // namespace tarn::duckdb
