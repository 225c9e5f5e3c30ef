// SPDX-License-Identifier: Apache-2.0
// The data that is made here is the data that Trino makes, free texts aside.
#include <cstdlib>

#include "base/testing.h"
#include "base/text.h"
#include "engine/session.h"
#include "engine/tpch_table.h"
#include "types/value_text.h"

namespace tarn::engine {
namespace {

class TpchCatalogs final : public CatalogSet {
 public:
  explicit TpchCatalogs(const std::string& folder)
      : instance_(opened()), made_(TpchCatalog{"made", ""}), files_(TpchCatalog{"files", folder}) {}

  std::vector<std::string> names() const override { return {"files", "made"}; }
  Result<const CatalogHandle*> find(std::string_view name) override {
    if (name == "made") return &made_;
    if (name == "files") return &files_;
    return not_found("no catalog {}", name);
  }
  duckdb::Instance& instance() override { return *instance_; }

 private:
  static std::unique_ptr<duckdb::Instance> opened() {
    return CHECK_OK(duckdb::Instance::open({.memory_limit_bytes = 1'000'000'000, .threads = 2}));
  }
  std::unique_ptr<duckdb::Instance> instance_;
  CatalogHandle made_;
  CatalogHandle files_;
};

Result<std::string> first_value(Session& session, const std::string& sql) {
  Answer answer = TRY(session.execute(sql));
  const auto rows = TRY(read_all(answer));
  return types::cast_to_text(answer.columns.at(0).type, rows.at(0).at(0));
}

TEST_CASE("scales by the names of schemas") {
  CHECK(tpch_scale("tiny") == 0.01);
  CHECK(tpch_scale("sf1") == 1.0);
  CHECK(tpch_scale("sf0.5") == 0.5);
  for (const char* name : {"sf", "sf0", "sf-1", "sfx", "default", "sfnan"}) {
    CAPTURE(name);
    CHECK_FALSE(tpch_scale(name).has_value());
  }
}

TEST_CASE("made tables are those of Trino") {
  const char* packs = std::getenv("TARN_CONFORMANCE");
  const std::string folder = packs == nullptr ? "" : std::string(packs) + "/trino-sql/tpch_tiny";
  TpchCatalogs catalogs(folder.empty() ? "/nowhere" : folder);
  auto session = CHECK_OK(Session::open(catalogs, {.catalog = "made", .schema = "tiny"}));
  CHECK(CHECK_OK(first_value(*session, "SELECT count(*) FROM lineitem")) == "60175");
  CHECK(CHECK_OK(first_value(*session, "SELECT sum(totalprice) FROM orders")) ==
        CHECK_OK(first_value(*session, "SELECT sum(totalprice) FROM made.tiny.orders")));
  CHECK_ERROR(session->execute("SELECT * FROM made.sf100.lineitem"), ErrorCode::Unsupported,
              "NOT_SUPPORTED");
  if (folder.empty()) {
    MESSAGE("SKIPPED: the tables as Trino made them (TARN_CONFORMANCE is not set)");
    return;
  }
  for (const TpchTable& table : tpch_tables()) {
    CAPTURE(table.name);
    std::string columns;
    for (const TpchColumn& column : table.columns) {
      if (column.name == "comment" || column.name == "address") continue;
      columns += fmt::format("{}{}", columns.empty() ? "" : ", ", column.name);
    }
    for (const auto& [a, b] : {std::pair("made", "files"), std::pair("files", "made")}) {
      CHECK(CHECK_OK(first_value(*session,
                                 fmt::format("SELECT count(*) FROM (SELECT {3} FROM {1}.tiny.{0} "
                                             "EXCEPT SELECT {3} FROM {2}.tiny.{0})",
                                             table.name, a, b, columns))) == "0");
    }
  }
}

}  // namespace
}  // namespace tarn::engine
