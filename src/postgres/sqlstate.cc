// SPDX-License-Identifier: Apache-2.0
#include "postgres/sqlstate.h"

#include <algorithm>

#include "base/text.h"

namespace tarn::postgres {

namespace {

struct StateRule {
  std::string_view prefix;
  ErrorCode code;
};

// The longest fitting prefix wins; longer ones come first.
constexpr StateRule kStateRules[] = {
    {"23505", ErrorCode::AlreadyExists},  // unique violation
    {"23P01", ErrorCode::AlreadyExists},  // exclusion violation
    {"3D000", ErrorCode::NotFound},       // database
    {"3F000", ErrorCode::NotFound},       // schema
    {"40001", ErrorCode::Conflict},       // serialization failure
    {"40P01", ErrorCode::Conflict},       // deadlock
    {"40003", ErrorCode::UnknownOutcome},
    {"42501", ErrorCode::Denied},
    {"42703", ErrorCode::NotFound},       // column
    {"42704", ErrorCode::NotFound},       // object, such as a publication or a type
    {"42883", ErrorCode::NotFound},       // function
    {"42P01", ErrorCode::NotFound},       // table
    {"42701", ErrorCode::AlreadyExists},  // column
    {"42710", ErrorCode::AlreadyExists},  // object
    {"42P04", ErrorCode::AlreadyExists},  // database
    {"42P06", ErrorCode::AlreadyExists},  // schema
    {"42P07", ErrorCode::AlreadyExists},  // table
    {"55006", ErrorCode::Unavailable},    // object in use
    {"55P03", ErrorCode::Unavailable},    // lock not available
    {"57014", ErrorCode::Cancelled},
    {"57P04", ErrorCode::NotFound},  // the database was dropped
    {"25P03", ErrorCode::TimedOut},  // idle in transaction
    {"25006", ErrorCode::Denied},    // read-only transaction
    {"57P05", ErrorCode::TimedOut},  // idle session
    {"08P01", ErrorCode::Internal},  // protocol violation
    {"0A", ErrorCode::Unsupported},
    {"08", ErrorCode::Unavailable},  // connection
    {"22", ErrorCode::InvalidInput},
    {"23", ErrorCode::InvalidInput},
    {"26", ErrorCode::NotFound},  // prepared statement
    {"28", ErrorCode::Denied},
    {"40", ErrorCode::Conflict},
    {"42", ErrorCode::InvalidInput},
    {"44", ErrorCode::InvalidInput},
    {"53", ErrorCode::Unavailable},  // out of disk, memory or connections
    {"54", ErrorCode::InvalidInput},
    {"57", ErrorCode::Unavailable},  // shutting down or starting up
    {"58", ErrorCode::Unavailable},  // I/O error of the server
    {"P0", ErrorCode::InvalidInput},
    {"XX001", ErrorCode::Corrupt},
    {"XX002", ErrorCode::Corrupt},
};

bool is_state_character(char c) { return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z'); }

// The offset of `XXXXX: ` after `:  `; npos if there is none.
std::size_t find_state(std::string_view line) {
  for (std::size_t at = line.find(":  "); at != std::string_view::npos;
       at = line.find(":  ", at + 1)) {
    const auto rest = line.substr(at + 3);
    if (rest.size() > 6 && rest[5] == ':' &&
        std::all_of(rest.begin(), rest.begin() + 5, is_state_character)) {
      return at + 3;
    }
  }
  return std::string_view::npos;
}

}  // namespace

ErrorCode error_code_of(std::string_view sqlstate) {
  for (const auto& rule : kStateRules) {
    if (sqlstate.starts_with(rule.prefix)) return rule.code;
  }
  return ErrorCode::Internal;
}

bool commit_may_have_landed(std::string_view sqlstate) {
  return sqlstate.empty() || sqlstate.starts_with("08") || sqlstate == "40003" ||
         sqlstate == "57P01" || sqlstate == "57P02" || sqlstate == "57P03" || sqlstate == "57P05" ||
         sqlstate == "25P03" || sqlstate.starts_with("58") || sqlstate.starts_with("XX") ||
         sqlstate.starts_with("F0");
}

VerboseMessage split_verbose_message(std::string_view message) {
  VerboseMessage result;
  for (const auto raw : split(message, '\n')) {
    std::string line(trim(raw));
    // `LOCATION:  auth_failed, auth.c:338`, in any language: the last part is `file.c:line`.
    const auto dot = line.rfind(".c:");
    if (line.empty() || (dot != std::string::npos && line.find(":  ") < dot &&
                         parse_int64(std::string_view(line).substr(dot + 3)))) {
      continue;
    }
    if (const auto at = find_state(line); at != std::string::npos) {
      if (result.sqlstate.empty()) result.sqlstate = line.substr(at, 5);
      line.erase(at, 7);
    }
    if (!result.text.empty()) result.text += "; ";
    result.text += line;
  }
  return result;
}

}  // namespace tarn::postgres
