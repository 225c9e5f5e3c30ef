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
#include "engine/postgres_pool.h"
#include "postgres/connection.h"

namespace tarn::engine {

// Settings of every connection: the texts of values must not depend on the server's or the user's.
postgres::ConnectionOptions reading_options(postgres::ConnectionOptions options,
                                            const Cancel* cancel);

// Thread-safe.
class PostgresSnapshot : public std::enable_shared_from_this<PostgresSnapshot> {
 public:
  // `cancel` must outlive it. Its connections come from the pool and go back there at the end.
  static Result<std::shared_ptr<PostgresSnapshot>> open(const postgres::ConnectionOptions& options,
                                                        std::shared_ptr<PostgresPool> pool,
                                                        const Cancel* cancel);
  ~PostgresSnapshot();

  // A catalog query in the transaction that began, which also reads tables when nobody else does:
  // most statements need one connection.
  Result<postgres::Rows> query(const std::string& sql, postgres::Parameters parameters = {});

  const std::string& id() const { return id_; }
  // Texts are UTF-8 at the server, too: their bytes have the same order there.
  bool is_utf8() const { return is_utf8_; }

  // A connection under the snapshot; given back at the end.
  class Lease {
   public:
    Lease(std::shared_ptr<PostgresSnapshot> owner, std::unique_ptr<postgres::Connection> connection,
          bool is_first)
        : owner_(std::move(owner)), connection_(std::move(connection)), is_first_(is_first) {}
    Lease(Lease&&) noexcept = default;
    Lease& operator=(Lease&&) = delete;
    ~Lease();
    postgres::Connection& operator*() { return *connection_; }

   private:
    std::shared_ptr<PostgresSnapshot> owner_;
    std::unique_ptr<postgres::Connection> connection_;
    bool is_first_;
  };
  Result<Lease> take();

 private:
  PostgresSnapshot(postgres::ConnectionOptions options, std::shared_ptr<PostgresPool> pool)
      : options_(std::move(options)), pool_(std::move(pool)) {}
  void give_back(std::unique_ptr<postgres::Connection> connection, bool is_first);

  postgres::ConnectionOptions options_;
  std::shared_ptr<PostgresPool> pool_;
  std::unique_ptr<postgres::Connection> first_;  // null while it is leased
  std::string id_;
  bool is_utf8_ = false;
  std::mutex mutex_;
  std::vector<std::unique_ptr<postgres::Connection>> idle_;
};

}  // namespace tarn::engine
