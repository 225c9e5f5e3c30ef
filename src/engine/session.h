// SPDX-License-Identifier: Apache-2.0
// Trino SQL in, rows out, in this process. A session has its catalog, schema, properties, prepared
// statements and at most one transaction, like a client of a Trino server.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/cancel.h"
#include "base/clock.h"
#include "base/result.h"
#include "duckdb/work_counters.h"
#include "engine/answer.h"
#include "engine/catalog_set.h"
#include "engine/given_table.h"
#include "types/time_zone.h"

namespace tarn::engine {

struct SessionOptions {
  std::optional<std::string> catalog;
  std::optional<std::string> schema;
  types::TimeZone time_zone;
  std::string user = "tarn";
  Clock* clock = &system_clock();
  Random* random = &system_random();
};

// One thread at a time; several sessions may share a CatalogSet.
class Session {
 public:
  // REQUIRES: `catalogs` outlives the session.
  static Result<std::unique_ptr<Session>> open(CatalogSet& catalogs, SessionOptions options);
  virtual ~Session() = default;

  // One statement, without the final `;`. Errors carry Trino's name (types/error_name.h) and the
  // place in `sql`. Values of `?` are given by EXECUTE … USING, or here as SQL literals. Rows are
  // computed while they are read; the next statement ends an unread answer. With `cancel` it ends
  // within some milliseconds, as USER_CANCELED.
  virtual Result<Answer> execute(std::string_view sql, const Cancel* cancel = nullptr) = 0;

  virtual const SessionOptions& options() const = 0;
  // Rows and files of all its statements so far.
  virtual std::shared_ptr<const duckdb::WorkCounters> work() = 0;

  // The table `system.given.<name>` for later statements, until it is taken back. `name` is lower
  // case.
  virtual void give_table(std::string name, GivenTable table) = 0;
  virtual void take_back_table(const std::string& name) = 0;
};

}  // namespace tarn::engine
