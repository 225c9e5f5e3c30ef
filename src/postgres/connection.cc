// SPDX-License-Identifier: Apache-2.0
#include "postgres/connection.h"

#include <poll.h>

#include <chrono>

#include "base/check.h"
#include "base/file.h"
#include "base/text.h"
#include "postgres/connection_state.h"
#include "postgres/quoting.h"
#include "postgres/sqlstate.h"

namespace tarn::postgres {

namespace {

using SteadyClock = std::chrono::steady_clock;
constexpr int kConnectPollMs = 50;

// A text that libpq cannot parse may be a password in the wrong place: show no part of it.
std::string without_quoted_parts(std::string_view message) {
  std::string out;
  bool inside = false;
  for (const char c : message) {
    if (c == '"') {
      if (!inside) out += "`…`";
      inside = !inside;
    } else if (!inside) {
      out.push_back(c);
    }
  }
  return std::string(trim(out));
}

struct Target {
  std::string password;
  int connect_timeout_s;
};

Result<Target> parse_target(const ConnectionOptions& options) {
  Target target{options.password, options.connect_timeout_s};
  if (target.password.empty() && !options.password_file.empty()) {
    const auto text = TRY(read_file(options.password_file));
    target.password = std::string(trim_right(text.substr(0, text.find('\n'))));
    if (target.password.empty()) {
      return invalid_input("the password file `{}` has no text in its first line",
                           options.password_file);
    }
  }
  const bool is_text = options.target.find('=') != std::string::npos ||
                       options.target.find("://") != std::string::npos;
  if (!is_text) return target;
  char* message = nullptr;
  PQconninfoOption* parsed = PQconninfoParse(options.target.c_str(), &message);
  if (parsed == nullptr) {
    auto error = invalid_input("cannot read the Postgres connection text: {}",
                               without_quoted_parts(message == nullptr ? "" : message));
    PQfreemem(message);
    return error;
  }
  for (const PQconninfoOption* option = parsed; option->keyword != nullptr; ++option) {
    if (option->val == nullptr) continue;
    const std::string_view keyword = option->keyword;
    if (keyword == "password" && target.password.empty()) target.password = option->val;
    if (keyword == "connect_timeout") {
      target.connect_timeout_s = static_cast<int>(parse_int64(option->val).value_or(0));
    }
  }
  PQconninfoFree(parsed);
  return target;
}

PGconn* start_connection(const ConnectionOptions& options, const Target& target) {
  // What comes before `dbname` is a default that the text there overrides; what follows wins.
  std::vector<const char*> keywords{"fallback_application_name", "keepalives_idle",
                                    "keepalives_interval", "dbname", "client_encoding"};
  std::vector<const char*> values{options.application_name.c_str(), "30", "10",
                                  options.target.c_str(), "UTF8"};
  if (!target.password.empty()) {
    keywords.push_back("password");
    values.push_back(target.password.c_str());
  }
  keywords.push_back(nullptr);
  values.push_back(nullptr);
  return PQconnectStartParams(keywords.data(), values.data(), 1);
}

Error connect_error(const Connection::State& state) {
  auto verbose = split_verbose_message(PQerrorMessage(state.handle));
  // Without an answer of the server there is no code; some failures never leave this machine.
  const bool lacks_password = PQconnectionNeedsPassword(state.handle) != 0;
  const auto code = !verbose.sqlstate.empty() ? error_code_of(verbose.sqlstate)
                    : lacks_password          ? ErrorCode::Denied
                                              : ErrorCode::Unavailable;
  std::string text = state.mask(std::move(verbose.text));
  if (!verbose.sqlstate.empty()) text += fmt::format(" (SQLSTATE {})", verbose.sqlstate);
  return Error{code, std::move(text), {}, {}};
}

// Drives the connection to its end. Verbose messages tell the SQLSTATE, which libpq gives in no
// other way before a connection stands.
Result<void> complete_connection(const Connection::State& state, int timeout_s) {
  const auto start = SteadyClock::now();
  auto wanted = PGRES_POLLING_WRITING;
  while (true) {
    if (state.cancel != nullptr) TRY(state.cancel->check());
    const auto elapsed = SteadyClock::now() - start;
    if (timeout_s > 0 && elapsed > std::chrono::seconds(timeout_s)) {
      return unavailable("no connection within {} seconds", timeout_s);
    }
    pollfd descriptor{
        .fd = PQsocket(state.handle),
        .events = static_cast<short>(wanted == PGRES_POLLING_READING ? POLLIN : POLLOUT),
        .revents = 0};
    if (descriptor.fd < 0) return connect_error(state);
    const int ready = ::poll(&descriptor, 1, kConnectPollMs);
    if (ready == 0 || (ready < 0 && errno == EINTR)) continue;
    wanted = PQconnectPoll(state.handle);
    if (wanted == PGRES_POLLING_OK) return {};
    if (wanted == PGRES_POLLING_FAILED) return connect_error(state);
  }
}

std::string describe_target(const PGconn* handle) {
  const auto text = [](const char* part) { return std::string(part == nullptr ? "" : part); };
  return fmt::format("postgresql://{}@{}:{}/{}", text(PQuser(handle)), text(PQhost(handle)),
                     text(PQport(handle)), text(PQdb(handle)));
}

void receive_notice(void* argument, const PGresult* result) {
  auto& state = *static_cast<Connection::State*>(argument);
  if (!state.on_notice) return;
  const auto field = [result](int code) {
    const char* text = PQresultErrorField(result, code);
    return std::string(text == nullptr ? "" : text);
  };
  state.on_notice({field(PG_DIAG_SEVERITY_NONLOCALIZED), field(PG_DIAG_SQLSTATE),
                   state.mask(field(PG_DIAG_MESSAGE_PRIMARY))});
}

}  // namespace

Rows::~Rows() { PQclear(result_); }
int Rows::row_count() const { return PQntuples(result_); }
int Rows::column_count() const { return PQnfields(result_); }
std::string_view Rows::column_name(int column) const { return PQfname(result_, column); }
std::uint32_t Rows::column_type(int column) const { return PQftype(result_, column); }
std::int32_t Rows::column_type_modifier(int column) const { return PQfmod(result_, column); }
bool Rows::is_null(int row, int column) const { return PQgetisnull(result_, row, column) != 0; }

std::string_view Rows::at(int row, int column) const {
  return {PQgetvalue(result_, row, column),
          static_cast<std::size_t>(PQgetlength(result_, row, column))};
}

std::optional<std::string> Rows::optional_at(int row, int column) const {
  if (is_null(row, column)) return std::nullopt;
  return std::string(at(row, column));
}

std::int64_t Rows::affected_rows() const { return parse_int64(PQcmdTuples(result_)).value_or(0); }

std::string_view Rows::command_tag() const { return PQcmdStatus(result_); }

Canceller::~Canceller() { PQfreeCancel(handle_); }

Result<void> Canceller::cancel() const {
  if (handle_ == nullptr) return unavailable("there is no connection to cancel");
  char message[256];
  if (PQcancel(handle_, message, sizeof(message)) == 1) return {};
  return unavailable("cannot cancel the running statement: {}", trim(message));
}

Connection::Connection(std::unique_ptr<State> state) : state_(std::move(state)) {}
Connection::Connection(Connection&&) noexcept = default;
Connection& Connection::operator=(Connection&&) noexcept = default;
Connection::~Connection() = default;

Result<Connection> Connection::connect(const ConnectionOptions& options) {
  const auto target = TRY(parse_target(options));
  auto state = std::make_unique<State>();
  state->cancel = options.cancel;
  state->on_notice = options.on_notice;
  state->password = target.password;
  state->handle = start_connection(options, target);
  if (state->handle == nullptr) return unavailable("no memory for a connection");
  if (PQstatus(state->handle) == CONNECTION_BAD) return connect_error(*state);
  if (const char* used = PQpass(state->handle); used != nullptr) state->password = used;
  PQsetErrorVerbosity(state->handle, PQERRORS_VERBOSE);
  PQsetNoticeReceiver(state->handle, receive_notice, state.get());
  TRY(with_context(complete_connection(*state, target.connect_timeout_s),
                   fmt::format("while connecting to `{}`", describe_target(state->handle))));
  PQsetErrorVerbosity(state->handle, PQERRORS_DEFAULT);
  state->description = describe_target(state->handle);

  Connection connection(std::move(state));
  std::string settings;
  for (const auto& [name, value] : options.settings) {
    settings += fmt::format("SET SESSION {} = {};", quote_identifier(name), quote_literal(value));
  }
  if (!settings.empty()) TRY(connection.execute(settings));
  return connection;
}

Result<Rows> Connection::query(const std::string& sql, Parameters parameters, Format results) {
  VERIFY(!state_->running, "another statement is running on this connection");
  std::vector<const char*> values;
  values.reserve(parameters.size());
  for (const auto& parameter : parameters) {
    if (parameter && parameter->find('\0') != std::string::npos) {
      return invalid_input("Postgres texts cannot hold a zero byte");
    }
    values.push_back(parameter ? parameter->c_str() : nullptr);
  }
  if (state_->broken) return state_->connection_error("sending a statement");
  if (PQsendQueryParams(state_->handle, sql.c_str(), static_cast<int>(values.size()), nullptr,
                        values.data(), nullptr, nullptr, results == Format::Binary ? 1 : 0) == 0) {
    return state_->connection_error("sending a statement");
  }
  state_->running = true;
  state_->cancel_sent = false;
  return Rows(TRY(state_->finish_results()).release());
}

Result<void> Connection::execute(const std::string& sql) {
  TRY(state_->send(sql));
  TRY(state_->finish_results());
  return {};
}

Result<std::optional<std::string>> Connection::query_value(const std::string& sql,
                                                           Parameters parameters) {
  const auto rows = TRY(query(sql, parameters));
  if (rows.row_count() == 0 || rows.column_count() == 0) {
    return not_found("the query gave no row");
  }
  return rows.optional_at(0, 0);
}

Canceller Connection::canceller() const { return Canceller(PQgetCancel(state_->handle)); }

void Connection::set_cancel(const Cancel* cancel) { state_->cancel = cancel; }

bool Connection::is_alive() const {
  return !state_->broken && PQstatus(state_->handle) == CONNECTION_OK;
}

bool Connection::in_transaction() const {
  const auto status = PQtransactionStatus(state_->handle);
  return status == PQTRANS_INTRANS || status == PQTRANS_INERROR || status == PQTRANS_ACTIVE;
}

bool Connection::is_running() const { return state_->running; }

bool Connection::in_failed_transaction() const {
  return PQtransactionStatus(state_->handle) == PQTRANS_INERROR;
}

int Connection::server_version() const { return PQserverVersion(state_->handle); }
int Connection::backend_pid() const { return PQbackendPID(state_->handle); }
const std::string& Connection::description() const { return state_->description; }
const std::string& Connection::last_sqlstate() const { return state_->last_sqlstate; }

Result<Transaction> Transaction::begin(Connection& connection, const TransactionOptions& options) {
  std::string sql = "BEGIN";
  switch (options.isolation) {
    case Isolation::ReadCommitted:
      sql += " ISOLATION LEVEL READ COMMITTED";
      break;
    case Isolation::RepeatableRead:
      sql += " ISOLATION LEVEL REPEATABLE READ";
      break;
    case Isolation::Serializable:
      sql += " ISOLATION LEVEL SERIALIZABLE";
      break;
  }
  sql += options.read_only ? " READ ONLY" : " READ WRITE";
  TRY(connection.execute(sql));
  return Transaction(connection);
}

Transaction::~Transaction() {
  if (connection_ != nullptr) static_cast<void>(rollback());
}

Result<void> Transaction::commit() {
  VERIFY(connection_ != nullptr, "the transaction has ended");
  Connection& connection = *std::exchange(connection_, nullptr);
  auto& state = connection.state();
  if (!connection.is_alive()) return unavailable("the connection was lost before COMMIT");
  if (connection.in_failed_transaction()) {
    TRY(connection.execute("ROLLBACK"));
    return conflict("an earlier statement of the transaction failed; nothing is committed");
  }
  // A COMMIT that was not handed to the network whole has still perhaps been sent.
  auto sent = state.send("COMMIT");
  if (!sent) return unknown_outcome("{}", sent.error().message);
  auto result = state.finish_results(Cancellable::No);
  if (!result) {
    if (connection.is_alive() && !commit_may_have_landed(state.last_sqlstate)) {
      return std::move(result).error();
    }
    state.running = false;
    return unknown_outcome("the connection broke during COMMIT: {}", result.error().message);
  }
  if (std::string_view(PQcmdStatus(result->get())) != "COMMIT") {
    return conflict("the server rolled the transaction back");
  }
  return {};
}

Result<void> Transaction::rollback() {
  Connection* connection = std::exchange(connection_, nullptr);
  if (connection == nullptr || !connection->is_alive()) return {};
  connection->state().abandon_statement();
  if (!connection->in_transaction()) return {};
  return connection->execute("ROLLBACK");
}

}  // namespace tarn::postgres
