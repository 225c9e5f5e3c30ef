// SPDX-License-Identifier: Apache-2.0
// Failures of templates: `tarn::Error` with one of the kinds below in `Error::kind`, which follow
// the exceptions of Python and Jinja. Host objects may use static names of their own.
#pragma once

#include <fmt/core.h>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "base/text_span.h"

namespace tarn::jinja {

inline constexpr std::string_view kSyntaxError = "syntax";
inline constexpr std::string_view kUndefinedError = "undefined";
inline constexpr std::string_view kTypeError = "type";
inline constexpr std::string_view kValueError = "value";
inline constexpr std::string_view kZeroDivisionError = "zero_division";
inline constexpr std::string_view kKeyError = "key";
inline constexpr std::string_view kIndexError = "index";
inline constexpr std::string_view kAttributeError = "attribute";
inline constexpr std::string_view kSecurityError = "security";
inline constexpr std::string_view kOverflowError = "overflow";
inline constexpr std::string_view kFilterArgumentError = "filter_argument";
inline constexpr std::string_view kRuntimeError = "runtime";
inline constexpr std::string_view kCompilationError = "compilation";
inline constexpr std::string_view kNativeConversionError = "native_conversion";
inline constexpr std::string_view kReturnOutsideMacroError = "return_outside_macro";
inline constexpr std::string_view kPythonSyntaxError = "python:SyntaxError";
inline constexpr std::string_view kRegexError = "python:error";
// A limit of this program (steps, depth, size), see limits.h.
inline constexpr std::string_view kLimitError = "limit";

template <typename... Args>
Error fail(std::string_view kind, fmt::format_string<Args...> format, Args&&... args) {
  Error error = invalid_input("{}", fmt::format(format, std::forward<Args>(args)...));
  error.kind = kind;
  return error;
}
template <typename... Args>
Error type_error(fmt::format_string<Args...> format, Args&&... args) {
  return fail(kTypeError, format, std::forward<Args>(args)...);
}
template <typename... Args>
Error value_error(fmt::format_string<Args...> format, Args&&... args) {
  return fail(kValueError, format, std::forward<Args>(args)...);
}

// Where a failure happened, innermost first: one frame per template body or macro.
struct TraceFrame {
  std::string template_name;  // as given to Environment::compile
  std::string macro;          // empty at the top of a template
  TextSpan where;             // in the text given to Environment::compile
  std::string excerpt;        // as tarn::excerpt gives it, of the innermost frame only
};
using Trace = std::vector<TraceFrame>;

// `error`, its excerpt and the macro calls, for a person:
//   'x' is undefined
//     --> macros/a.sql:3:5 (in macro m)
//      3 | …
//     called from models/b.sql:1:4
std::string format_failure(const Error& error, const Trace& trace);

}  // namespace tarn::jinja
