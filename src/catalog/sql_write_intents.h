// SPDX-License-Identifier: Apache-2.0
// Write intents in a table of the catalog's database, `tarn_write_intents`, made at the first
// write. Other programs do not look at it.
#pragma once

#include <atomic>
#include <string>
#include <vector>

#include "base/clock.h"
#include "catalog/sql_catalog.h"
#include "iceberg/write_intent.h"

namespace tarn::catalog {

class SqlWriteIntents final : public iceberg::WriteIntents {
 public:
  // REQUIRES: `catalog` and `clock` outlive it.
  explicit SqlWriteIntents(SqlCatalog& catalog, Clock& clock = system_clock())
      : catalog_(catalog),
        database_(catalog.database()),
        catalog_name_(catalog.catalog_name()),
        clock_(clock) {}

  Result<void> begin(iceberg::WriteIntent intent) override;
  Result<void> heartbeat(const std::string& id) override;
  // Does nothing while the catalog is staging: the intent ends with the staging.
  Result<void> finish(const std::string& id) override;
  Result<std::vector<iceberg::WriteIntent>> list() override;
  Result<bool> condemn(const iceberg::WriteIntent& intent) override;

 private:
  Result<void> create_table();
  Result<bool> has_table();

  SqlCatalog& catalog_;
  SqlDatabase& database_;
  std::string catalog_name_;
  Clock& clock_;
  std::atomic<bool> has_table_{false};
};

// Ends an intent in the transaction that publishes its files. NotFound when its writer was taken
// for dead.
Result<void> finish_intent(SqlConnection& connection, const std::string& id);

}  // namespace tarn::catalog
