// SPDX-License-Identifier: Apache-2.0
// Bulk data through COPY, as a stream in both directions. Bytes only: decoding is elsewhere.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "base/result.h"
#include "postgres/connection.h"

namespace tarn::postgres {

// `COPY … TO STDOUT`. While it lives, nothing else may run on the connection; ending it early
// cancels the COPY. REQUIRES: ends before its Connection.
class CopyOut {
 public:
  static Result<CopyOut> start(Connection& connection, const std::string& sql);
  CopyOut(CopyOut&& other) noexcept
      : connection_(std::exchange(other.connection_, nullptr)),
        buffer_(std::exchange(other.buffer_, nullptr)),
        row_count_(other.row_count_) {}
  CopyOut& operator=(CopyOut&&) = delete;
  ~CopyOut();

  // The next piece as the server framed it (one row; in binary format the header comes with the
  // first and the trailer is a piece of its own), valid until the next call; nullopt after the
  // last.
  Result<std::optional<std::string_view>> next();
  // Appends whole pieces to `out` until it has grown by `bytes_wanted` or the end; false at the
  // end when nothing was added.
  Result<bool> read(std::string& out, std::size_t bytes_wanted);
  // As the server counted; known after the last piece.
  std::int64_t row_count() const { return row_count_; }

 private:
  explicit CopyOut(Connection& connection) : connection_(&connection) {}
  Connection* connection_;
  char* buffer_ = nullptr;
  std::int64_t row_count_ = 0;
};

// `COPY … FROM STDIN`. Ending it without finish() makes the server forget all rows.
// REQUIRES: ends before its Connection.
class CopyIn {
 public:
  static Result<CopyIn> start(Connection& connection, const std::string& sql);
  CopyIn(CopyIn&& other) noexcept : connection_(std::exchange(other.connection_, nullptr)) {}
  CopyIn& operator=(CopyIn&&) = delete;
  ~CopyIn();

  // Any cut of the stream is fine. A wrong value shows at finish() only.
  Result<void> put(std::string_view data);
  // The number of rows taken in.
  Result<std::int64_t> finish();

 private:
  explicit CopyIn(Connection& connection) : connection_(&connection) {}
  Connection* connection_;
};

}  // namespace tarn::postgres
