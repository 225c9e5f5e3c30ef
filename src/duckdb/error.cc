// SPDX-License-Identifier: Apache-2.0
#include <array>
#include <cerrno>

#include "base/text.h"
#include "duckdb/native.h"

namespace tarn::duckdb {
namespace {

using ExtraInfo = std::unordered_map<std::string, std::string>;

constexpr std::string_view kContextSeparator = "\x1f";

std::string find_extra(const ExtraInfo& info, const std::string& key) {
  auto found = info.find(key);
  return found == info.end() ? std::string() : found->second;
}

std::optional<Error> own_error(const ExtraInfo& info) {
  const std::string code_text = find_extra(info, "tarn_code");
  if (code_text.empty()) return std::nullopt;
  Error error;
  error.code = static_cast<ErrorCode>(
      parse_int64(code_text).value_or(static_cast<std::int64_t>(ErrorCode::Internal)));
  error.message = find_extra(info, "tarn_message");
  const std::string context = find_extra(info, "tarn_context");
  if (!context.empty()) {
    for (std::string_view line : split(context, kContextSeparator[0])) {
      error.context.emplace_back(line);
    }
  }
  return error;
}

bool contains_any(std::string_view text, std::initializer_list<std::string_view> words) {
  for (std::string_view word : words) {
    if (text.find(word) != std::string_view::npos) return true;
  }
  return false;
}

// The store's own code inside the answer's XML says more than the status 400.
ErrorCode http_code(std::int64_t status, std::string_view text) {
  if (status == 401 || status == 403) return ErrorCode::Denied;
  if (status == 404 || status == 410) return ErrorCode::NotFound;
  if (status == 409 || status == 412) return ErrorCode::Conflict;
  if (status == 408) return ErrorCode::TimedOut;
  if (status == 429 || status >= 500 || status <= 0) return ErrorCode::Unavailable;
  if (contains_any(text, {"ExpiredToken", "InvalidToken", "InvalidAccessKeyId", "AccessDenied",
                          "SignatureDoesNotMatch"})) {
    return ErrorCode::Denied;
  }
  return ErrorCode::InvalidInput;
}

ErrorCode io_code(const ExtraInfo& info, std::string_view message) {
  const std::string number = find_extra(info, "errno");
  switch (parse_int64(number).value_or(0)) {
    case ENOENT:
      return ErrorCode::NotFound;
    case EEXIST:
      return ErrorCode::AlreadyExists;
    case EACCES:
    case EPERM:
    case EROFS:
      return ErrorCode::Denied;
    default:
      break;
  }
  if (contains_any(message, {"HTTP 403", "(403)", "HTTP 401"})) return ErrorCode::Denied;
  if (contains_any(message, {"HTTP 404", "(404)", "No files found"})) return ErrorCode::NotFound;
  return ErrorCode::Unavailable;
}

ErrorCode code_of(const dk::ErrorData& failure) {
  const ExtraInfo& info = failure.ExtraInfo();
  switch (failure.Type()) {
    case dk::ExceptionType::INTERRUPT:
      return ErrorCode::Cancelled;
    case dk::ExceptionType::HTTP:
      return http_code(parse_int64(find_extra(info, "status_code")).value_or(0),
                       find_extra(info, "response_body") + failure.RawMessage());
    case dk::ExceptionType::IO:
      return io_code(info, failure.RawMessage());
    case dk::ExceptionType::NETWORK:
    case dk::ExceptionType::CONNECTION:
      return ErrorCode::Unavailable;
    case dk::ExceptionType::PERMISSION:
      return ErrorCode::Denied;
    case dk::ExceptionType::NOT_IMPLEMENTED:
    case dk::ExceptionType::MISSING_EXTENSION:
      return ErrorCode::Unsupported;
    case dk::ExceptionType::CATALOG:
      return find_extra(info, "error_subtype") == "MISSING_ENTRY" ||
                     contains_any(failure.RawMessage(), {"does not exist"})
                 ? ErrorCode::NotFound
                 : ErrorCode::InvalidInput;
    case dk::ExceptionType::FATAL:
    case dk::ExceptionType::INTERNAL:
    case dk::ExceptionType::NULL_POINTER:
    case dk::ExceptionType::SERIALIZATION:
    case dk::ExceptionType::INVALID:
      return ErrorCode::Internal;
    default:
      return ErrorCode::InvalidInput;
  }
}

// See trino_error.cc. Static texts.
std::string_view kind_of(const dk::ErrorData& failure) {
  switch (failure.Type()) {
    case dk::ExceptionType::OUT_OF_RANGE:
      return "out_of_range";
    case dk::ExceptionType::CONVERSION:
      // Between integers Trino gives the other name.
      return failure.RawMessage().starts_with("Type INT") &&
                     contains_any(failure.RawMessage(), {"for the destination type INT"})
                 ? "out_of_range"
                 : "conversion";
    case dk::ExceptionType::INVALID_INPUT:
      return contains_any(failure.RawMessage(), {"More than one row returned by a subquery"})
                 ? "subquery_rows"
                 : "invalid_argument";
    case dk::ExceptionType::OUT_OF_MEMORY:
      return "out_of_memory";
    case dk::ExceptionType::BINDER:
    case dk::ExceptionType::PARSER:
    case dk::ExceptionType::SYNTAX:
    case dk::ExceptionType::CATALOG:
    case dk::ExceptionType::MISMATCH_TYPE:
      return "refused";
    default:
      return {};
  }
}

// The first line, without DuckDB's advice on its own settings.
std::string message_of(const dk::ErrorData& failure) {
  std::string message = failure.RawMessage();
  if (failure.Type() == dk::ExceptionType::INTERRUPT) return "cancelled";
  if (failure.Type() == dk::ExceptionType::OUT_OF_MEMORY) {
    std::string_view first = split(message, '\n').front();
    return fmt::format("the memory limit of the engine is too small for this statement: {}", first);
  }
  for (std::string_view mark : {"\nLINE ", "\n\nLINE ", "\n\nStack Trace"}) {
    const std::size_t cut = message.find(mark);
    if (cut != std::string::npos) message.resize(cut);
  }
  if (failure.Type() == dk::ExceptionType::FATAL) {
    return fmt::format("the engine stopped after an internal error: {}", message);
  }
  return message;
}

}  // namespace

Error to_error(const dk::ErrorData& failure) {
  if (auto error = own_error(failure.ExtraInfo())) return *std::move(error);
  return Error{code_of(failure), mask_secrets(message_of(failure)), {}, {}, kind_of(failure)};
}

namespace {

dk::unordered_map<dk::string, dk::string> extra_of(const Error& error) {
  dk::unordered_map<dk::string, dk::string> info;
  info["tarn_code"] = std::to_string(static_cast<int>(error.code));
  info["tarn_message"] = error.message;
  info["tarn_context"] = join(error.context, kContextSeparator);
  return info;
}

}  // namespace

void throw_error(const Error& error) {
  if (error.code == ErrorCode::Cancelled) {
    throw dk::Exception(extra_of(error), dk::ExceptionType::INTERRUPT, error.message);
  }
  throw dk::InvalidInputException(extra_of(error), error.message);
}

void throw_uncaught_error(const Error& error) {
  throw dk::Exception(extra_of(error), dk::ExceptionType::EXECUTOR, error.message);
}

}  // namespace tarn::duckdb
