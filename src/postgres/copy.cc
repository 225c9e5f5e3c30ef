// SPDX-License-Identifier: Apache-2.0
#include "postgres/copy.h"

#include <algorithm>

#include "base/check.h"
#include "base/text.h"
#include "postgres/connection_state.h"

namespace tarn::postgres {

namespace {

// libpq takes an int; larger pieces only cost memory.
constexpr std::size_t kPutBytesMax = 1 << 20;

Result<void> start_copy(Connection& connection, const std::string& sql, ExecStatusType wanted) {
  auto& state = connection.state();
  TRY(state.send(sql));
  const auto result = TRY(state.next_result());
  const auto status = result == nullptr ? PGRES_FATAL_ERROR : PQresultStatus(result.get());
  if (status == wanted) return {};
  Error error = result == nullptr ? state.connection_error("starting a COPY")
                : status == PGRES_FATAL_ERROR
                    ? state.error_from(result.get())
                    : invalid_input("the statement is not the expected COPY");
  state.abandon_statement();
  return error;
}

}  // namespace

Result<CopyOut> CopyOut::start(Connection& connection, const std::string& sql) {
  TRY(start_copy(connection, sql, PGRES_COPY_OUT));
  return CopyOut(connection);
}

CopyOut::~CopyOut() {
  PQfreemem(buffer_);
  if (connection_ == nullptr) return;
  auto& state = connection_->state();
  if (!state.running) return;
  state.request_cancel();
  char* data = nullptr;
  while (PQgetCopyData(state.handle, &data, 0) > 0) PQfreemem(data);
  while (ResultHandle(PQgetResult(state.handle)) != nullptr) {
  }
  state.running = false;
}

Result<std::optional<std::string_view>> CopyOut::next() {
  auto& state = connection_->state();
  if (!state.running) return std::optional<std::string_view>();
  PQfreemem(buffer_);
  buffer_ = nullptr;
  int size = 0;
  while ((size = PQgetCopyData(state.handle, &buffer_, 1)) == 0) TRY(state.wait_for_input());
  if (size > 0) {
    return std::optional<std::string_view>({buffer_, static_cast<std::size_t>(size)});
  }
  const auto result = TRY(state.finish_results());
  if (size < -1) return state.connection_error("reading a COPY");
  row_count_ = parse_int64(PQcmdTuples(result.get())).value_or(0);
  return std::optional<std::string_view>();
}

Result<bool> CopyOut::read(std::string& out, std::size_t bytes_wanted) {
  const std::size_t before = out.size();
  while (out.size() - before < bytes_wanted) {
    const auto piece = TRY(next());
    if (!piece) return out.size() > before;
    out.append(*piece);
  }
  return true;
}

Result<CopyIn> CopyIn::start(Connection& connection, const std::string& sql) {
  TRY(start_copy(connection, sql, PGRES_COPY_IN));
  return CopyIn(connection);
}

CopyIn::~CopyIn() {
  if (connection_ == nullptr) return;
  auto& state = connection_->state();
  if (!state.running) return;
  PQputCopyEnd(state.handle, "abandoned");
  while (ResultHandle(PQgetResult(state.handle)) != nullptr) {
  }
  state.running = false;
}

Result<void> CopyIn::put(std::string_view data) {
  auto& state = connection_->state();
  VERIFY(state.running, "the COPY has ended");
  while (!data.empty()) {
    const auto size = std::min(data.size(), kPutBytesMax);
    if (state.cancel != nullptr) TRY(state.cancel->check());
    if (PQputCopyData(state.handle, data.data(), static_cast<int>(size)) != 1) {
      return state.connection_error("writing a COPY");
    }
    data.remove_prefix(size);
  }
  return {};
}

Result<std::int64_t> CopyIn::finish() {
  auto& state = connection_->state();
  VERIFY(state.running, "the COPY has ended");
  if (PQputCopyEnd(state.handle, nullptr) != 1) return state.connection_error("ending a COPY");
  const auto result = TRY(state.finish_results());
  return parse_int64(PQcmdTuples(result.get())).value_or(0);
}

}  // namespace tarn::postgres
