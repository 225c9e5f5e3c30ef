// SPDX-License-Identifier: Apache-2.0
#include "base/result.h"

namespace tarn {

std::string_view to_string(ErrorCode code) {
  switch (code) {
    case ErrorCode::InvalidInput:
      return "invalid_input";
    case ErrorCode::Unsupported:
      return "unsupported";
    case ErrorCode::NotFound:
      return "not_found";
    case ErrorCode::AlreadyExists:
      return "already_exists";
    case ErrorCode::Conflict:
      return "conflict";
    case ErrorCode::UnknownOutcome:
      return "unknown_outcome";
    case ErrorCode::Unavailable:
      return "unavailable";
    case ErrorCode::TimedOut:
      return "timed_out";
    case ErrorCode::Cancelled:
      return "cancelled";
    case ErrorCode::Denied:
      return "denied";
    case ErrorCode::Corrupt:
      return "corrupt";
    case ErrorCode::Internal:
      return "internal";
  }
  return "internal";
}

std::string describe(const Error& error) {
  std::string text = error.message;
  for (const auto& line : error.context) text += " (" + line + ")";
  return text;
}

}  // namespace tarn
