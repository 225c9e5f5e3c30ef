// SPDX-License-Identifier: Apache-2.0
// What the server's five-letter error codes mean for the caller (PostgreSQL documentation,
// appendix A). Pure.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace tarn::postgres {

// The code for a SQLSTATE; an unknown or empty one is ErrorCode::Internal.
ErrorCode error_code_of(std::string_view sqlstate);

// True if an error with this SQLSTATE during COMMIT leaves open whether it has landed: the server
// was going down or the connection broke. An empty SQLSTATE (no answer at all) does, too.
bool commit_may_have_landed(std::string_view sqlstate);

// Takes the SQLSTATE out of a verbose message of libpq such as
//   `connection to server … failed: FATAL:  28P01: password authentication failed`
// and removes the line with the place in the server's source. The severity may be in any language.
struct VerboseMessage {
  std::string sqlstate;  // empty if there is none
  std::string text;      // one line
};
VerboseMessage split_verbose_message(std::string_view message);

}  // namespace tarn::postgres
