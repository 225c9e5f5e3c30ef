// SPDX-License-Identifier: Apache-2.0
// One consistent state of the source for all tables and all workers of a command: a transaction
// that holds an exported snapshot and locks against rewrites, and connections that read under it.
#pragma once

#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "migrate/source_catalog.h"
#include "postgres/connection.h"

namespace tarn::migrate {

class SourceSnapshot {
 public:
  // Selects the tables, locks them (ACCESS SHARE: only rewrites and drops wait) and exports the
  // snapshot. What may not be locked is in `failures`. `options.cancel` counts for all connections.
  static Result<std::unique_ptr<SourceSnapshot>> open(postgres::ConnectionOptions options,
                                                      const Selection& selection);

  // The transaction itself, for one thread.
  postgres::Connection& connection() { return connection_; }
  const std::vector<SourceName>& names() const { return names_; }
  const std::vector<TableFailure>& failures() const { return failures_; }
  const std::string& description() const { return connection_.description(); }
  // In whose bytes texts are hashed: `UTF8`.
  const std::string& server_encoding() const { return server_encoding_; }

  // A connection under the snapshot; given back when the lease ends, unless it failed.
  class Lease {
   public:
    Lease(SourceSnapshot& owner, std::unique_ptr<postgres::Connection> connection)
        : owner_(&owner), connection_(std::move(connection)) {}
    Lease(Lease&&) noexcept = default;
    Lease& operator=(Lease&&) = delete;
    ~Lease();
    postgres::Connection& operator*() { return *connection_; }
    postgres::Connection* operator->() { return connection_.get(); }

   private:
    SourceSnapshot* owner_;
    std::unique_ptr<postgres::Connection> connection_;
  };
  // Thread-safe.
  Result<Lease> take();

 private:
  SourceSnapshot(postgres::ConnectionOptions options, postgres::Connection connection)
      : options_(std::move(options)), connection_(std::move(connection)) {}
  void give_back(std::unique_ptr<postgres::Connection> connection);

  postgres::ConnectionOptions options_;
  postgres::Connection connection_;
  std::vector<SourceName> names_;
  std::vector<TableFailure> failures_;
  std::string snapshot_id_;
  std::string server_encoding_;
  std::mutex mutex_;
  std::vector<std::unique_ptr<postgres::Connection>> idle_;
};

}  // namespace tarn::migrate
