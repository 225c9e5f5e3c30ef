// SPDX-License-Identifier: Apache-2.0
// Failures of the server as errors of ours.
#include <optional>

#include "base/text.h"
#include "trino/page.h"
#include "types/error_name.h"

namespace tarn::trino {

namespace {

ErrorCode code_of(const Failure& failure) {
  const auto& name = failure.name;
  if (name == "USER_CANCELED") return ErrorCode::Cancelled;
  if (name == "EXCEEDED_TIME_LIMIT" || name == "EXCEEDED_CPU_LIMIT") return ErrorCode::TimedOut;
  if (name == "TRANSACTION_CONFLICT" || name == "ICEBERG_COMMIT_ERROR") return ErrorCode::Conflict;
  const auto code = types::code_of_name(name);
  // What is not the user's fault may work later.
  if (code == ErrorCode::InvalidInput && failure.type != "USER_ERROR") {
    return ErrorCode::Unavailable;
  }
  return code;
}

bool is_word(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

// The word or the character at a place that counts lines and code points from 1.
std::optional<TextSpan> find_place(std::string_view sql, std::int64_t line, std::int64_t column) {
  if (line < 1 || column < 1) return std::nullopt;
  std::size_t offset = 0;
  for (; line > 1; --line) {
    const auto end = sql.find('\n', offset);
    if (end == std::string_view::npos) return std::nullopt;
    offset = end + 1;
  }
  for (; column > 1 && offset < sql.size() && sql[offset] != '\n'; --column) {
    next_code_point(sql, offset);
  }
  std::size_t end = offset;
  while (end < sql.size() && is_word(sql[end])) ++end;
  if (end == offset && offset < sql.size()) next_code_point(sql, end);
  return make_text_span(sql, offset, end - offset);
}

// Trino puts the place in front of some messages: `line 1:8: Column 'x' cannot be resolved`.
std::string_view without_place(const Failure& failure) {
  const std::string_view message = failure.message;
  const auto prefix = fmt::format("line {}:{}: ", failure.line, failure.column);
  return message.starts_with(prefix) ? message.substr(prefix.size()) : message;
}

}  // namespace

Error make_error(const Failure& failure, std::string_view sql, std::string_view query_id) {
  const std::string name = failure.name.empty() ? "GENERIC_INTERNAL_ERROR" : failure.name;
  Error error{
      code_of(failure), fmt::format("{}: {}", name, mask_secrets(without_place(failure))), {}, {}};
  error.where = find_place(sql, failure.line, failure.column);
  if (!query_id.empty()) error.context.push_back(fmt::format("query {}", query_id));
  return error;
}

}  // namespace tarn::trino
