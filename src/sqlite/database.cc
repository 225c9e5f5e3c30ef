// SPDX-License-Identifier: Apache-2.0
#include "sqlite/database.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <sqlite3.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <fstream>
#include <unordered_map>
#include <utility>

#include "base/check.h"

namespace tarn::sqlite {

namespace {

constexpr std::size_t kCachedStatementsMax = 64;

ErrorCode constraint_code(int extended) {
  const bool taken = extended == SQLITE_CONSTRAINT_PRIMARYKEY ||
                     extended == SQLITE_CONSTRAINT_UNIQUE || extended == SQLITE_CONSTRAINT_ROWID;
  return taken ? ErrorCode::AlreadyExists : ErrorCode::InvalidInput;
}

ErrorCode open_failure_code(int system_error) {
  if (system_error == EACCES || system_error == EPERM || system_error == EROFS) {
    return ErrorCode::Denied;
  }
  const bool missing = system_error == 0 || system_error == ENOENT || system_error == ENOTDIR;
  return missing ? ErrorCode::NotFound : ErrorCode::Unavailable;
}

bool names_missing_object(std::string_view message) {
  return message.starts_with("no such table") || message.starts_with("no such column");
}

ErrorCode code_of(sqlite3* handle, int extended, std::string_view message) {
  if (extended == SQLITE_BUSY_SNAPSHOT) return ErrorCode::Conflict;
  switch (extended & 0xff) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
    case SQLITE_FULL:
    case SQLITE_IOERR:
    case SQLITE_NOMEM:
    case SQLITE_PROTOCOL:
      return ErrorCode::Unavailable;
    case SQLITE_CONSTRAINT:
      return constraint_code(extended);
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
    case SQLITE_FORMAT:
      return ErrorCode::Corrupt;
    case SQLITE_PERM:
    case SQLITE_READONLY:
    case SQLITE_AUTH:
      return ErrorCode::Denied;
    case SQLITE_CANTOPEN:
      return open_failure_code(sqlite3_system_errno(handle));
    case SQLITE_INTERRUPT:
      return ErrorCode::Cancelled;
    case SQLITE_TOOBIG:
      return ErrorCode::InvalidInput;
    case SQLITE_ERROR:
      return names_missing_object(message) ? ErrorCode::NotFound : ErrorCode::Internal;
    default:
      return ErrorCode::Internal;
  }
}

}  // namespace

class Connection {
 public:
  ~Connection() {
    for (auto& [sql, statement] : idle) sqlite3_finalize(statement);
    sqlite3_close_v2(handle);
  }
  Error error() const {
    const std::string message = sqlite3_errmsg(handle);
    const int extended = sqlite3_extended_errcode(handle);
    last_error = extended;
    return Error{code_of(handle, extended, message),
                 fmt::format("{} (database `{}`)", message, path),
                 {},
                 {}};
  }
  Result<void> check(int status) const {
    if (status == SQLITE_OK) return {};
    return error();
  }

  sqlite3* handle = nullptr;
  std::string path;
  mutable int last_error = SQLITE_OK;  // extended code of the last error()
  std::unordered_map<std::string, sqlite3_stmt*> idle;
};

Statement::Statement(Statement&& other) noexcept
    : connection_(std::exchange(other.connection_, nullptr)),
      handle_(std::exchange(other.handle_, nullptr)),
      sql_(std::move(other.sql_)) {}

Statement& Statement::operator=(Statement&& other) noexcept {
  if (this != &other) {
    release();
    connection_ = std::exchange(other.connection_, nullptr);
    handle_ = std::exchange(other.handle_, nullptr);
    sql_ = std::move(other.sql_);
  }
  return *this;
}

Statement::~Statement() { release(); }

void Statement::release() {
  if (handle_ == nullptr) return;
  sqlite3_reset(handle_);
  sqlite3_clear_bindings(handle_);
  auto& idle = connection_->idle;
  if (idle.size() >= kCachedStatementsMax || !idle.try_emplace(std::move(sql_), handle_).second) {
    sqlite3_finalize(handle_);
  }
  handle_ = nullptr;
}

Result<void> Statement::bind_null(int index) {
  return connection_->check(sqlite3_bind_null(handle_, index));
}

Result<void> Statement::bind_int(int index, std::int64_t value) {
  return connection_->check(sqlite3_bind_int64(handle_, index, value));
}

Result<void> Statement::bind_double(int index, double value) {
  return connection_->check(sqlite3_bind_double(handle_, index, value));
}

Result<void> Statement::bind_text(int index, std::string_view value) {
  // An empty view may have no address, which SQLite would take for NULL.
  const char* data = value.data() == nullptr ? "" : value.data();
  return connection_->check(
      sqlite3_bind_text64(handle_, index, data, value.size(), SQLITE_TRANSIENT, SQLITE_UTF8));
}

Result<void> Statement::bind_blob(int index, std::string_view value) {
  const char* data = value.data() == nullptr ? "" : value.data();
  return connection_->check(
      sqlite3_bind_blob64(handle_, index, data, value.size(), SQLITE_TRANSIENT));
}

int Statement::parameter_index(const char* name) const {
  return sqlite3_bind_parameter_index(handle_, name);
}

Result<bool> Statement::step() {
  const int status = sqlite3_step(handle_);
  if (status == SQLITE_ROW) return true;
  if (status == SQLITE_DONE) {
    sqlite3_reset(handle_);
    return false;
  }
  auto error = connection_->error();
  sqlite3_reset(handle_);
  return error;
}

Result<void> Statement::run() {
  while (TRY(step())) {
  }
  return {};
}

void Statement::reset() { sqlite3_reset(handle_); }

int Statement::column_count() const { return sqlite3_column_count(handle_); }

bool Statement::is_null(int column) const {
  return sqlite3_column_type(handle_, column) == SQLITE_NULL;
}

std::int64_t Statement::int_at(int column) const { return sqlite3_column_int64(handle_, column); }

double Statement::double_at(int column) const { return sqlite3_column_double(handle_, column); }

std::string_view Statement::text_at(int column) const {
  const auto* data = static_cast<const char*>(sqlite3_column_blob(handle_, column));
  const auto size = static_cast<std::size_t>(sqlite3_column_bytes(handle_, column));
  return data == nullptr ? std::string_view() : std::string_view(data, size);
}

std::optional<std::string> Statement::optional_text_at(int column) const {
  if (is_null(column)) return std::nullopt;
  return std::string(text_at(column));
}

Database::Database(std::unique_ptr<Connection> connection) : connection_(std::move(connection)) {}
Database::Database(Database&&) noexcept = default;
Database& Database::operator=(Database&&) noexcept = default;
Database::~Database() = default;

namespace {

bool may_write(const std::string& path) {
  const auto slash = path.rfind('/');
  const std::string folder = slash == std::string::npos ? "." : path.substr(0, slash + 1);
  return ::faccessat(AT_FDCWD, path.c_str(), W_OK, AT_EACCESS) == 0 &&
         ::faccessat(AT_FDCWD, folder.c_str(), W_OK, AT_EACCESS) == 0;
}

// A file with a write-ahead log needs files beside it even to be read. Where we cannot make them
// and nobody has (so there is no log), it is read as it lies.
bool lies_still(const std::string& path) {
  if (may_write(path) || ::access((path + "-wal").c_str(), F_OK) == 0) return false;
  std::array<char, 20> head = {};
  std::ifstream file(path, std::ios::binary);
  // The version that a reader must know: 2 is the log.
  return file.read(head.data(), head.size()) && head[19] == 2;
}

std::string still_uri(const std::string& path) {
  std::string out = "file:";
  for (const char c : path) {
    if (c == '%' || c == '?' || c == '#') {
      out += fmt::format("%{:02x}", static_cast<unsigned char>(c));
    } else {
      out += c;
    }
  }
  return out + "?immutable=1";
}

}  // namespace

Result<Database> Database::open(const std::string& path, const OpenOptions& options) {
  const bool still = lies_still(path);
  int flags = SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
  switch (options.mode) {
    case OpenMode::ReadOnly:
      flags |= SQLITE_OPEN_READONLY;
      break;
    case OpenMode::ReadWrite:
      flags |= SQLITE_OPEN_READWRITE;
      break;
    case OpenMode::CreateIfMissing:
      flags |= SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
      break;
  }
  if (still)
    flags = SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE | SQLITE_OPEN_READONLY | SQLITE_OPEN_URI;
  auto connection = std::make_unique<Connection>();
  connection->path = path;
  const std::string name = still ? still_uri(path) : path;
  const int status = sqlite3_open_v2(name.c_str(), &connection->handle, flags, nullptr);
  if (connection->handle == nullptr) return unavailable("no memory to open database `{}`", path);
  if (status != SQLITE_OK) return connection->error();
  sqlite3_busy_timeout(connection->handle, options.busy_timeout_ms);
  Database database(std::move(connection));
  TRY(database.execute("PRAGMA foreign_keys = ON; PRAGMA synchronous = FULL"));
  if (options.write_ahead_log && options.mode != OpenMode::ReadOnly && !still) {
    // A file system without shared memory, or a busy file, stays with the rollback journal.
    auto mode = database.execute("PRAGMA journal_mode = WAL");
    if (!mode && (mode.error().code == ErrorCode::Corrupt)) return mode.error();
  }
  // Opening reads nothing: find out now whether this is a database at all.
  TRY(database.execute("SELECT 1 FROM sqlite_master LIMIT 1"));
  return database;
}

Result<Statement> Database::prepare(std::string_view sql) {
  auto& idle = connection_->idle;
  std::string text(sql);
  if (auto found = idle.find(text); found != idle.end()) {
    sqlite3_stmt* handle = found->second;
    idle.erase(found);
    return Statement(connection_.get(), handle, std::move(text));
  }
  sqlite3_stmt* handle = nullptr;
  const char* tail = nullptr;
  TRY(connection_->check(sqlite3_prepare_v3(connection_->handle, text.data(),
                                            static_cast<int>(text.size()),
                                            SQLITE_PREPARE_PERSISTENT, &handle, &tail)));
  VERIFY(handle != nullptr, "an empty statement");
  return Statement(connection_.get(), handle, std::move(text));
}

Result<void> Database::execute(const std::string& sql) {
  return connection_->check(
      sqlite3_exec(connection_->handle, sql.c_str(), nullptr, nullptr, nullptr));
}

std::int64_t Database::changes() const { return sqlite3_changes64(connection_->handle); }

bool Database::in_transaction() const { return sqlite3_get_autocommit(connection_->handle) == 0; }

Result<bool> Database::has_table(std::string_view name) {
  auto statement = TRY(prepare(
      "SELECT 1 FROM sqlite_master WHERE type IN ('table', 'view') AND lower(name) = lower(?1)"));
  TRY(statement.bind_text(1, name));
  return TRY(statement.step());
}

Result<bool> Database::has_column(std::string_view table, std::string_view column) {
  auto statement =
      TRY(prepare("SELECT 1 FROM pragma_table_info(?1) WHERE lower(name) = lower(?2)"));
  TRY(statement.bind_text(1, table));
  TRY(statement.bind_text(2, column));
  return TRY(statement.step());
}

void Database::interrupt() { sqlite3_interrupt(connection_->handle); }

Result<Transaction> Transaction::begin(Database& database) {
  TRY(database.run("BEGIN IMMEDIATE"));
  return Transaction(database);
}

Transaction::~Transaction() {
  if (database_ != nullptr) static_cast<void>(rollback());
}

Result<void> Transaction::commit() {
  VERIFY(database_ != nullptr, "the transaction has ended");
  auto result = database_->run("COMMIT");
  if (!result) {
    const int status = database_->connection_->last_error & 0xff;
    static_cast<void>(rollback());
    if (status == SQLITE_IOERR) result.error().code = ErrorCode::UnknownOutcome;
  }
  database_ = nullptr;
  return result;
}

Result<void> Transaction::rollback() {
  Database* database = std::exchange(database_, nullptr);
  // SQLite itself rolls back on some errors.
  if (database == nullptr || !database->in_transaction()) return {};
  return database->run("ROLLBACK");
}

}  // namespace tarn::sqlite
