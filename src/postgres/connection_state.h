// SPDX-License-Identifier: Apache-2.0
// The inside of a Connection, shared by the files of this folder: libpq's handle and the waiting
// for its answers. Include in `.cc` files only.
#pragma once

#include <libpq-fe.h>

#include <memory>
#include <string>

#include "postgres/connection.h"

namespace tarn::postgres {

struct ResultDeleter {
  void operator()(PGresult* result) const { PQclear(result); }
};
using ResultHandle = std::unique_ptr<PGresult, ResultDeleter>;

enum class Cancellable { Yes, No };

struct Connection::State {
  State() = default;
  State(const State&) = delete;
  State& operator=(const State&) = delete;
  ~State() { PQfinish(handle); }

  // Sends a statement. REQUIRES: nothing is running on the connection.
  Result<void> send(const std::string& sql);
  // The next result of the running statement, null after the last.
  Result<ResultHandle> next_result(Cancellable cancellable = Cancellable::Yes);
  // Reads the results to the end; the last one, or the first error.
  Result<ResultHandle> finish_results(Cancellable cancellable = Cancellable::Yes);
  // Waits until bytes have come and takes them in. Cancels the statement when asked to.
  Result<void> wait_for_input(Cancellable cancellable = Cancellable::Yes);
  Result<void> poll_for_input(Cancellable cancellable);
  // Ends whatever is running, COPY too, and forgets the answers.
  void abandon_statement();
  // Asks the server to stop the running statement.
  void request_cancel() const;

  // The server's error in a result, or libpq's own.
  Error error_from(const PGresult* result);
  Error connection_error(std::string_view doing);
  // Without the password and other secrets.
  std::string mask(std::string text) const;

  PGconn* handle = nullptr;
  std::string description;
  std::string password;
  std::string last_sqlstate;
  const Cancel* cancel = nullptr;
  bool cancel_sent = false;
  bool broken = false;   // an answer was given up: nothing more can run
  bool running = false;  // a statement or a COPY has not been read to its end
  std::function<void(const Notice&)> on_notice;
};

}  // namespace tarn::postgres
