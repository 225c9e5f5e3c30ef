// SPDX-License-Identifier: Apache-2.0
#include "engine/postgres_writer.h"

#include "engine/postgres_encode.h"
#include "postgres/copy.h"
#include "postgres/quoting.h"
#include "types/error_name.h"

namespace tarn::engine {
namespace {

// Of a COPY: so many rows wait in memory.
constexpr std::size_t kSendBytes = 8 << 20;

}  // namespace

Error to_jdbc_error(Error error) {
  if (types::has_name(error) || error.code == ErrorCode::Cancelled) return error;
  const bool of_server = error.message.find("(SQLSTATE ") != std::string::npos;
  const bool ours = error.code == ErrorCode::Internal || error.code == ErrorCode::Unsupported;
  if (ours && !of_server) return error;
  // What the server refuses is no fault of this program.
  if (error.code == ErrorCode::Internal) error.code = ErrorCode::InvalidInput;
  error.message = "JDBC_ERROR: " + error.message;
  return error;
}

Result<PostgresWriter> PostgresWriter::open(const postgres::ConnectionOptions& options,
                                            const Cancel* cancel, PostgresSnapshot* snapshot) {
  auto connection = std::make_unique<postgres::Connection>(
      TRY(postgres::Connection::connect(reading_options(options, cancel))));
  const auto isolation = snapshot != nullptr ? postgres::Isolation::RepeatableRead
                                             : postgres::Isolation::ReadCommitted;
  auto transaction = std::make_unique<postgres::Transaction>(
      TRY(postgres::Transaction::begin(*connection, {.isolation = isolation})));
  if (snapshot != nullptr) {
    TRY(connection->execute("SET TRANSACTION SNAPSHOT " + postgres::quote_literal(snapshot->id())));
  }
  return PostgresWriter(std::move(connection), std::move(transaction));
}

Result<std::int64_t> PostgresWriter::change(const std::string& sql) {
  return TRY(connection_->query(sql)).affected_rows();
}

Result<void> PostgresWriter::commit() { return transaction_->commit(); }

Result<void> PostgresRowStream::add(PostgresWriter& writer, const std::string& place,
                                    const std::vector<const types::Value*>& values) {
  if (buffer_.empty()) append_copy_header(buffer_);
  append_row_start(buffer_, columns_.size() + (places_ ? 2 : 0));
  if (places_) TRY(append_row_place(buffer_, place));
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    TRY(append_field(buffer_, *columns_[i], *values[i]));
  }
  ++count_;
  if (buffer_.size() < kSendBytes) return {};
  return send(writer);
}

Result<void> PostgresRowStream::send(PostgresWriter& writer) {
  append_copy_trailer(buffer_);
  auto copy = TRY(postgres::CopyIn::start(writer.connection(), copy_));
  TRY(copy.put(buffer_));
  TRY(copy.finish());
  buffer_.clear();
  return {};
}

Result<std::int64_t> PostgresRowStream::finish(PostgresWriter& writer) {
  if (!buffer_.empty()) TRY(send(writer));
  return count_;
}

}  // namespace tarn::engine
