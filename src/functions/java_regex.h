// SPDX-License-Identifier: Apache-2.0
// Regular expressions in the syntax that Trino takes (Joni's Java syntax), run by PCRE2. What PCRE2
// would read otherwise is rewritten, or refused.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/regex.h"
#include "base/result.h"

namespace tarn::functions {

// The pattern in PCRE2's syntax. Syntax that Trino refuses is INVALID_FUNCTION_ARGUMENT, syntax
// that is not known here (sets of characters inside of sets) NOT_SUPPORTED.
Result<std::string> translate_java_regex(std::string_view pattern);

// Compiles; keeps the last patterns of the thread. The pointer stays valid on other threads too.
Result<std::shared_ptr<const Regex>> find_java_regex(std::string_view pattern);

}  // namespace tarn::functions
