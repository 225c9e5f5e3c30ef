// SPDX-License-Identifier: Apache-2.0
// One consistent state of a Postgres database for one statement: connections that read under the
// same snapshot, opened when they are needed.
#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "base/cancel.h"
#include "base/result.h"
#include "postgres/connection.h"

namespace tarn::engine {

// Settings of every connection: the texts of values must not depend on the server's or the user's.
postgres::ConnectionOptions reading_options(postgres::ConnectionOptions options,
                                            const Cancel* cancel);

// Thread-safe, but for `connection`.
class PostgresSnapshot : public std::enable_shared_from_this<PostgresSnapshot> {
 public:
  // `cancel` must outlive it.
  static Result<std::shared_ptr<PostgresSnapshot>> open(const postgres::ConnectionOptions& options,
                                                        const Cancel* cancel);

  // The transaction that began, for catalog queries: between scans only, by one thread.
  postgres::Connection& connection() { return *first_; }

  const std::string& id() const { return id_; }

  // A connection under the snapshot; given back at the end.
  class Lease {
   public:
    Lease(std::shared_ptr<PostgresSnapshot> owner, std::unique_ptr<postgres::Connection> connection)
        : owner_(std::move(owner)), connection_(std::move(connection)) {}
    Lease(Lease&&) noexcept = default;
    Lease& operator=(Lease&&) = delete;
    ~Lease();
    postgres::Connection& operator*() { return *connection_; }

   private:
    std::shared_ptr<PostgresSnapshot> owner_;
    std::unique_ptr<postgres::Connection> connection_;
  };
  Result<Lease> take();

 private:
  explicit PostgresSnapshot(postgres::ConnectionOptions options) : options_(std::move(options)) {}
  void give_back(std::unique_ptr<postgres::Connection> connection);

  postgres::ConnectionOptions options_;
  std::unique_ptr<postgres::Connection> first_;
  std::string id_;
  std::mutex mutex_;
  std::vector<std::unique_ptr<postgres::Connection>> idle_;
};

}  // namespace tarn::engine
