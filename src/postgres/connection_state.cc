// SPDX-License-Identifier: Apache-2.0
#include "postgres/connection_state.h"

#include <poll.h>

#include <cerrno>
#include <cstring>

#include "base/check.h"
#include "base/text.h"
#include "postgres/sqlstate.h"

namespace tarn::postgres {

namespace {

// How often a wait looks at the cancel flag, and how long it waits for the server's answer to a
// cancel before it gives the connection up.
constexpr int kCancelPollMs = 5;
constexpr int kCancelPatienceMs = 10'000;
// Shorter passwords would blot out ordinary words.
constexpr std::size_t kMaskedPasswordMin = 3;

std::string field_of(const PGresult* result, int field) {
  const char* text = PQresultErrorField(result, field);
  return text == nullptr ? std::string() : std::string(text);
}

}  // namespace

std::string Connection::State::mask(std::string text) const {
  if (password.size() >= kMaskedPasswordMin) text = replace_all(text, password, "***");
  return mask_secrets(text);
}

Error Connection::State::error_from(const PGresult* result) {
  last_sqlstate = field_of(result, PG_DIAG_SQLSTATE);
  if (last_sqlstate.empty()) return connection_error("waiting for an answer");
  std::string message = field_of(result, PG_DIAG_MESSAGE_PRIMARY);
  for (const int field : {PG_DIAG_MESSAGE_DETAIL, PG_DIAG_MESSAGE_HINT}) {
    if (auto more = field_of(result, field); !more.empty()) message += ": " + more;
  }
  if (message.ends_with('.')) message.pop_back();
  message = replace_all(message, "\n", " ");
  return Error{
      error_code_of(last_sqlstate),
      mask(fmt::format("{} (SQLSTATE {}, server `{}`)", message, last_sqlstate, description)),
      {},
      {}};
}

Error Connection::State::connection_error(std::string_view doing) {
  last_sqlstate.clear();
  std::string message(trim(PQerrorMessage(handle)));
  if (message.empty()) message = "the connection is lost";
  return Error{ErrorCode::Unavailable,
               mask(fmt::format("connection to `{}` failed while {}: {}", description, doing,
                                replace_all(message, "\n", " "))),
               {},
               {}};
}

Result<void> Connection::State::send(const std::string& sql) {
  VERIFY(!running, "another statement is running on this connection");
  if (broken) return connection_error("sending a statement");
  if (PQsendQuery(handle, sql.c_str()) == 0) return connection_error("sending a statement");
  running = true;
  cancel_sent = false;
  return {};
}

void Connection::State::request_cancel() const {
  PGcancel* request = PQgetCancel(handle);
  if (request == nullptr) return;
  char ignored[256];
  PQcancel(request, ignored, sizeof(ignored));
  PQfreeCancel(request);
}

Result<void> Connection::State::wait_for_input(Cancellable cancellable) {
  auto result = poll_for_input(cancellable);
  if (!result) {
    // The answer will never be read; whatever follows on this connection is an error, not a stop.
    running = false;
    broken = true;
  }
  return result;
}

Result<void> Connection::State::poll_for_input(Cancellable cancellable) {
  const bool watch = cancellable == Cancellable::Yes && cancel != nullptr;
  int waited_ms = 0;
  while (true) {
    if (watch && cancel->requested() && !cancel_sent) {
      request_cancel();
      cancel_sent = true;
    }
    pollfd descriptor{.fd = PQsocket(handle), .events = POLLIN, .revents = 0};
    if (descriptor.fd < 0) return connection_error("waiting for an answer");
    const int ready = ::poll(&descriptor, 1, watch ? kCancelPollMs : -1);
    if (ready > 0) break;
    if (ready < 0 && errno != EINTR) {
      return unavailable("cannot wait for `{}`: {}", description, std::strerror(errno));
    }
    if (cancel_sent && (waited_ms += kCancelPollMs) > kCancelPatienceMs) {
      return cancelled("cancelled; the server `{}` did not answer", description);
    }
  }
  if (PQconsumeInput(handle) == 0) return connection_error("waiting for an answer");
  return {};
}

Result<ResultHandle> Connection::State::next_result(Cancellable cancellable) {
  while (PQisBusy(handle) != 0) TRY(wait_for_input(cancellable));
  ResultHandle result(PQgetResult(handle));
  if (result == nullptr) running = false;
  return result;
}

Result<ResultHandle> Connection::State::finish_results(Cancellable cancellable) {
  std::optional<Error> first_error;
  ResultHandle last;
  while (true) {
    auto result = TRY(next_result(cancellable));
    if (result == nullptr) break;
    switch (PQresultStatus(result.get())) {
      case PGRES_COPY_IN:
      case PGRES_COPY_OUT:
      case PGRES_COPY_BOTH:
        abandon_statement();
        return invalid_input("a COPY cannot run as a query");
      case PGRES_FATAL_ERROR:
      case PGRES_BAD_RESPONSE:
        if (!first_error) first_error = error_from(result.get());
        break;
      default:
        last = std::move(result);
    }
  }
  if (first_error) return std::move(*first_error);
  if (last == nullptr) return connection_error("waiting for an answer");
  return last;
}

void Connection::State::abandon_statement() {
  if (!running) return;
  request_cancel();
  while (true) {
    auto result = next_result(Cancellable::No);
    if (!result || *result == nullptr) break;
    const auto status = PQresultStatus(result->get());
    if (status == PGRES_COPY_IN || status == PGRES_COPY_BOTH) {
      PQputCopyEnd(handle, "abandoned");
    }
    if (status == PGRES_COPY_OUT) {
      char* buffer = nullptr;
      while (PQgetCopyData(handle, &buffer, 0) > 0) PQfreemem(buffer);
    }
  }
  running = false;
}

}  // namespace tarn::postgres
