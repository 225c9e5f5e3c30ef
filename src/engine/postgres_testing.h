// SPDX-License-Identifier: Apache-2.0
// A session over a Postgres database of its own, for tests.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/testing.h"
#include "base/text.h"
#include "engine/session.h"
#include "postgres/testing.h"
#include "types/error_name.h"
#include "types/type_text.h"
#include "types/value_text.h"

namespace tarn::engine {

class PostgresTestCatalogs final : public CatalogSet {
 public:
  explicit PostgresTestCatalogs(const std::string& url, postgres::SourcePolicies policies = {})
      : instance_(opened()),
        pg_(PostgresCatalog{"pg", {.target = url}, std::move(policies)}),
        tpch_(TpchCatalog{"tpch", ""}) {}

  std::vector<std::string> names() const override { return {"pg", "tpch"}; }
  Result<const CatalogHandle*> find(std::string_view name) override {
    if (name == "pg") return &pg_;
    if (name == "tpch") return &tpch_;
    return not_found("no catalog {}", name);
  }
  duckdb::Instance& instance() override { return *instance_; }

 private:
  static std::unique_ptr<duckdb::Instance> opened() {
    return CHECK_OK(duckdb::Instance::open({.memory_limit_bytes = 500'000'000, .threads = 2}));
  }

  std::unique_ptr<duckdb::Instance> instance_;
  CatalogHandle pg_;
  CatalogHandle tpch_;
};

struct PostgresSession {
  explicit PostgresSession(postgres::SourcePolicies policies = {})
      : catalogs(database.url(), std::move(policies)) {}

  postgres::TestDatabase database;
  PostgresTestCatalogs catalogs;
  std::unique_ptr<Session> session = opened(catalogs);

  static std::unique_ptr<Session> opened(CatalogSet& catalogs) {
    return CHECK_OK(Session::open(catalogs, {.catalog = "pg", .schema = "public"}));
  }

  Result<std::string> run(std::string_view sql) {
    Answer answer = TRY(session->execute(sql));
    if (answer.columns.empty()) {
      std::string out = answer.update_type;
      if (answer.update_count) out += " " + std::to_string(*answer.update_count);
      return out;
    }
    std::string out;
    for (const Row& row : TRY(read_all(answer))) {
      if (!out.empty()) out += "\n";
      for (std::size_t i = 0; i < row.size(); ++i) {
        if (i > 0) out += "|";
        out += row[i].is_null() ? "NULL" : shown(answer.columns[i].type, row[i]);
      }
    }
    return out;
  }

  static std::string shown(const types::Type& type, const types::Value& value) {
    if (type.is(types::TypeKind::Array) || type.is(types::TypeKind::Json) ||
        type.is(types::TypeKind::Varbinary)) {
      return CHECK_OK(types::to_sql_literal(type, value));
    }
    return types::cast_to_text(type, value);
  }

  void server(const std::string& sql) {
    auto connection = CHECK_OK(postgres::Connection::connect({.target = database.url()}));
    CHECK_OK(connection.execute(sql));
  }
};

inline bool has_postgres_server() { return !postgres::TestServer::url().empty(); }

}  // namespace tarn::engine
