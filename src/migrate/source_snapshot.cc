// SPDX-License-Identifier: Apache-2.0
#include "migrate/source_snapshot.h"

#include "postgres/quoting.h"

namespace tarn::migrate {
namespace {

constexpr const char* kBegin = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";

// How values look as texts must not depend on the server's or the user's settings; what a
// row-level policy would hide must be an error, never a smaller copy.
void add_settings(postgres::ConnectionOptions& options) {
  for (const auto& [name, value] : std::initializer_list<std::pair<const char*, const char*>>{
           {"TimeZone", "UTC"},
           {"DateStyle", "ISO, YMD"},
           {"IntervalStyle", "iso_8601"},
           {"bytea_output", "hex"},
           {"extra_float_digits", "1"},
           {"client_encoding", "UTF8"},
           {"row_security", "off"},
           {"statement_timeout", "0"},
           {"idle_in_transaction_session_timeout", "0"}}) {
    std::erase_if(options.settings, [&](const auto& setting) { return setting.first == name; });
    options.settings.emplace_back(name, value);
  }
}

// Locks come before the snapshot: a rewrite in between would make the rows vanish.
Result<void> lock_tables(postgres::Connection& connection, std::span<const SourceName> names) {
  std::string list;
  for (const SourceName& name : names) {
    if (name.kind != 'r' && name.kind != 'p') continue;
    if (!list.empty()) list += ", ";
    list += postgres::quote_qualified(name.schema, name.name);
  }
  if (list.empty()) return {};
  return connection.execute("LOCK TABLE " + list + " IN ACCESS SHARE MODE");
}

// The same one by one: `names` keeps those that could be locked. Savepoints read nothing, so the
// snapshot still comes after the locks.
Result<std::vector<TableFailure>> lock_each(postgres::Connection& connection,
                                            std::vector<SourceName>& names) {
  std::vector<TableFailure> failures;
  std::vector<SourceName> locked;
  for (const SourceName& name : names) {
    TRY(connection.execute("SAVEPOINT one_table"));
    auto done = lock_tables(connection, {&name, 1});
    if (done) {
      TRY(connection.execute("RELEASE SAVEPOINT one_table"));
      locked.push_back(name);
      continue;
    }
    if (!connection.is_alive() || done.error().code == ErrorCode::Cancelled) return done.error();
    TRY(connection.execute("ROLLBACK TO SAVEPOINT one_table; RELEASE SAVEPOINT one_table"));
    failures.push_back({name, std::move(done.error())});
  }
  names = std::move(locked);
  return failures;
}

// All at once, which is nearly always possible.
Result<std::vector<TableFailure>> lock_what_can_be(postgres::Connection& connection,
                                                   std::vector<SourceName>& names) {
  TRY(connection.execute(kBegin));
  auto done = lock_tables(connection, names);
  if (done) return std::vector<TableFailure>();
  if (!connection.is_alive() || done.error().code == ErrorCode::Cancelled) return done.error();
  TRY(connection.execute("ROLLBACK"));
  TRY(connection.execute(kBegin));
  return lock_each(connection, names);
}

}  // namespace

Result<std::unique_ptr<SourceSnapshot>> SourceSnapshot::open(postgres::ConnectionOptions options,
                                                             const Selection& selection) {
  add_settings(options);
  auto connection = TRY(postgres::Connection::connect(options));
  const auto all = TRY(list_sources(connection));
  auto names = TRY(select_sources(all, selection));
  auto failures = TRY(lock_what_can_be(connection, names));
  std::unique_ptr<SourceSnapshot> snapshot(
      new SourceSnapshot(std::move(options), std::move(connection)));
  snapshot->names_ = std::move(names);
  snapshot->failures_ = std::move(failures);
  auto& holder = snapshot->connection_;
  snapshot->snapshot_id_ = TRY(holder.query_value("SELECT pg_export_snapshot()")).value_or("");
  snapshot->server_encoding_ = TRY(holder.query_value("SHOW server_encoding")).value_or("");
  return snapshot;
}

Result<SourceSnapshot::Lease> SourceSnapshot::take() {
  {
    std::lock_guard lock(mutex_);
    if (!idle_.empty()) {
      auto connection = std::move(idle_.back());
      idle_.pop_back();
      return Lease(*this, std::move(connection));
    }
  }
  auto connection =
      std::make_unique<postgres::Connection>(TRY(postgres::Connection::connect(options_)));
  TRY(connection->execute(kBegin));
  TRY(connection->execute("SET TRANSACTION SNAPSHOT " + postgres::quote_literal(snapshot_id_)));
  return Lease(*this, std::move(connection));
}

void SourceSnapshot::give_back(std::unique_ptr<postgres::Connection> connection) {
  if (!connection->is_alive() || !connection->in_transaction() ||
      connection->in_failed_transaction()) {
    return;
  }
  std::lock_guard lock(mutex_);
  idle_.push_back(std::move(connection));
}

SourceSnapshot::Lease::~Lease() {
  if (connection_) owner_->give_back(std::move(connection_));
}

}  // namespace tarn::migrate
