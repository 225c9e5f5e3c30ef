// SPDX-License-Identifier: Apache-2.0
#include "warehouse/embedded_warehouse.h"

#include <fmt/format.h>

#include <atomic>

#include "base/text.h"
#include "engine/session.h"
#include "warehouse/lakehouse_catalogs.h"

namespace tarn::warehouse {

namespace {

class EmbeddedConnection final : public Connection {
 public:
  EmbeddedConnection(std::unique_ptr<engine::Session> session, std::string id)
      : session_(std::move(session)), counters_(session_->work()), id_(std::move(id)) {}

  Result<Answer> execute(std::string_view sql, const Cancel* cancel,
                         std::size_t rows_max) override {
    auto answer = TRY(session_->execute(sql, cancel));
    Answer out;
    out.update_type = answer.update_type;
    out.update_count = answer.update_count;
    out.query_id = id_ + "_" + std::to_string(++statements_);
    for (auto& column : answer.columns) {
      out.columns.push_back({std::move(column.name), std::move(column.type)});
    }
    while (answer.rows) {
      auto batch = TRY(answer.rows->next());
      if (batch.empty()) break;
      for (auto& row : batch) {
        if (rows_max != 0 && out.rows.size() >= rows_max) return out;
        out.rows.push_back(std::move(row));
      }
    }
    return out;
  }

  Result<std::optional<Answer>> append(
      std::string_view table, const std::vector<Column>& columns,
      std::shared_ptr<const std::vector<std::vector<types::Value>>> rows,
      const Cancel* cancel) override {
    engine::GivenTable given{{}, std::move(rows)};
    std::string names;
    for (const auto& column : columns) {
      given.columns.push_back({to_lower(column.name), column.type});
      names += (names.empty() ? "" : ", ") + quote(column.name, '"');
    }
    session_->give_table("rows", std::move(given));
    auto answer = execute(
        fmt::format("INSERT INTO {0} ({1}) SELECT {1} FROM system.given.\"rows\"", table, names),
        cancel, 0);
    session_->take_back_table("rows");
    if (!answer) return answer.error();
    return std::optional(*std::move(answer));
  }

  Work work() const override {
    return {.rows_read = counters_->rows_read,
            .rows_written = counters_->rows_written,
            .files_written = counters_->files_written,
            .bytes_written = counters_->bytes_written};
  }

 private:
  std::unique_ptr<engine::Session> session_;
  std::shared_ptr<const duckdb::WorkCounters> counters_;
  std::string id_;
  std::int64_t statements_ = 0;
};

// Holds what it needs: the catalog and its intents live as long as the lakehouse.
class LakeStaging final : public Staging {
 public:
  explicit LakeStaging(const engine::LakeCatalog& lake)
      : catalog_(lake.catalog), intents_(lake.intents) {
    catalog_->begin_staging(*intents_);
  }
  ~LakeStaging() override { catalog_->discard_staged(); }
  LakeStaging(const LakeStaging&) = delete;
  LakeStaging& operator=(const LakeStaging&) = delete;

  Result<void> publish() override { return catalog_->publish_staged(); }

 private:
  std::shared_ptr<catalog::SqlCatalog> catalog_;
  std::shared_ptr<iceberg::WriteIntents> intents_;
};

class EmbeddedWarehouse final : public Warehouse {
 public:
  EmbeddedWarehouse(std::unique_ptr<LakehouseCatalogs> catalogs, EmbeddedOptions options,
                    types::TimeZone zone)
      : catalogs_(std::move(catalogs)), options_(std::move(options)), zone_(zone) {}

  Kind kind() const override { return Kind::Embedded; }

  Result<std::unique_ptr<Staging>> stage(std::string_view catalog) override {
    const auto* handle = TRY(catalogs_->find(to_lower(catalog)));
    const auto* lake = std::get_if<engine::LakeCatalog>(handle);
    if (lake == nullptr) {
      return invalid_input("catalog `{}` is no lake: what statements write there is seen at once",
                           catalog);
    }
    if (lake->catalog->is_staging()) return internal("catalog `{}` is staging already", catalog);
    return std::unique_ptr<Staging>(std::make_unique<LakeStaging>(*lake));
  }

  Result<std::unique_ptr<Connection>> connect() override {
    engine::SessionOptions options;
    options.catalog = options_.catalog;
    options.schema = options_.schema;
    options.time_zone = zone_;
    options.user = options_.user;
    options.clock = options_.clock;
    options.random = options_.random;
    auto session = TRY(engine::Session::open(*catalogs_, std::move(options)));
    for (const auto& [name, value] : options_.properties) {
      TRY(session->execute("SET SESSION " + name + " = " + value));
    }
    return std::unique_ptr<Connection>(std::make_unique<EmbeddedConnection>(
        std::move(session), "tarn_" + std::to_string(++connections_)));
  }

 private:
  std::unique_ptr<LakehouseCatalogs> catalogs_;
  EmbeddedOptions options_;
  types::TimeZone zone_;
  std::atomic<std::int64_t> connections_{0};
};

}  // namespace

Result<std::unique_ptr<Warehouse>> make_embedded_warehouse(lakehouse::Lakehouse& lakehouse,
                                                           EmbeddedOptions options) {
  const types::TimeZone zone = TRY(types::find_time_zone(options.time_zone));
  auto catalogs = TRY(LakehouseCatalogs::open(lakehouse));
  return std::unique_ptr<Warehouse>(
      std::make_unique<EmbeddedWarehouse>(std::move(catalogs), std::move(options), zone));
}

}  // namespace tarn::warehouse
