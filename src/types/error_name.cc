// SPDX-License-Identifier: Apache-2.0
#include "types/error_name.h"

namespace tarn::types {

namespace {

// Length of the name at the start of a message, or 0.
std::size_t name_length(std::string_view message) {
  std::size_t size = 0;
  while (size < message.size() &&
         ((message[size] >= 'A' && message[size] <= 'Z') || message[size] == '_')) {
    ++size;
  }
  bool named = size > 3 && message.substr(size).starts_with(": ") &&
               message.substr(0, size).find('_') != std::string_view::npos;
  return named ? size : 0;
}

std::string_view name_of_code(ErrorCode code) {
  switch (code) {
    case ErrorCode::InvalidInput:
    case ErrorCode::UnknownOutcome:
      return "GENERIC_USER_ERROR";
    case ErrorCode::Unsupported:
      return "NOT_SUPPORTED";
    case ErrorCode::NotFound:
      return "NOT_FOUND";
    case ErrorCode::AlreadyExists:
      return "ALREADY_EXISTS";
    case ErrorCode::Conflict:
      return "TRANSACTION_CONFLICT";
    case ErrorCode::TimedOut:
      return "EXCEEDED_TIME_LIMIT";
    case ErrorCode::Cancelled:
      return "USER_CANCELED";
    case ErrorCode::Denied:
      return "PERMISSION_DENIED";
    case ErrorCode::Unavailable:
    case ErrorCode::Corrupt:
    case ErrorCode::Internal:
      return "GENERIC_INTERNAL_ERROR";
  }
  return "GENERIC_INTERNAL_ERROR";
}

}  // namespace

ErrorCode code_of_name(std::string_view name) {
  if (name == "NOT_SUPPORTED") return ErrorCode::Unsupported;
  if (name.ends_with("NOT_FOUND")) return ErrorCode::NotFound;
  if (name.ends_with("ALREADY_EXISTS")) return ErrorCode::AlreadyExists;
  if (name == "PERMISSION_DENIED") return ErrorCode::Denied;
  return ErrorCode::InvalidInput;
}

Error make_named_error(std::string_view name, const TextSpan& where, std::string message) {
  Error error{code_of_name(name), fmt::format("{}: {}", name, message), {}, {}};
  return std::move(error).at(where);
}

bool has_name(const Error& error) { return name_length(error.message) > 0; }

NamedError split_error(const Error& error) {
  std::size_t size = name_length(error.message);
  if (size == 0) return {std::string(name_of_code(error.code)), error.message};
  return {error.message.substr(0, size), error.message.substr(size + 2)};
}

Error with_name(Error error, std::string_view name, const TextSpan& where) {
  if (!has_name(error)) {
    error.code = code_of_name(name);
    if (!error.message.empty() && error.message[0] >= 'a' && error.message[0] <= 'z') {
      error.message[0] = static_cast<char>(error.message[0] - 32);
    }
    error.message = fmt::format("{}: {}", name, error.message);
  }
  if (!error.where) error.where = where;
  return error;
}

}  // namespace tarn::types
