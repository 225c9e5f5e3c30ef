// SPDX-License-Identifier: Apache-2.0
// The catalogs of a lakehouse, as the engine names them in statements.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "engine/catalog_set.h"
#include "lakehouse/lakehouse.h"

namespace tarn::warehouse {

// Thread-safe. A lake that is not there yet is made when it is first named.
class LakehouseCatalogs final : public engine::CatalogSet {
 public:
  // Opens the engine. REQUIRES: `lakehouse` outlives it.
  static Result<std::unique_ptr<LakehouseCatalogs>> open(lakehouse::Lakehouse& lakehouse);

  std::vector<std::string> names() const override;
  Result<const engine::CatalogHandle*> find(std::string_view name) override;
  duckdb::Instance& instance() override { return instance_; }

 private:
  LakehouseCatalogs(lakehouse::Lakehouse& lakehouse, duckdb::Instance& instance)
      : lakehouse_(lakehouse), instance_(instance) {}
  Result<engine::CatalogHandle> open_catalog(const lakehouse::CatalogConfig& config);

  lakehouse::Lakehouse& lakehouse_;
  duckdb::Instance& instance_;
  std::mutex mutex_;
  std::map<std::string, std::unique_ptr<engine::CatalogHandle>, std::less<>> handles_;
};

}  // namespace tarn::warehouse
