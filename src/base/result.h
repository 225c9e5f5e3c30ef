// SPDX-License-Identifier: Apache-2.0
// The one way in which functions fail. The code says what the caller can do, the message what went
// wrong; each level may add a line of context. Exceptions end at the border to a library.
#pragma once

#include <fmt/core.h>

#include <concepts>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "base/text_span.h"

namespace tarn {

enum class ErrorCode {
  InvalidInput,    // the request or its text is wrong: show it to the user
  Unsupported,     // understood, but not built: say what to do instead
  NotFound,        // the named thing is not there
  AlreadyExists,   // the name is taken
  Conflict,        // somebody else was first: refresh and retry
  UnknownOutcome,  // a commit that may have landed: look, never clean up
  Unavailable,     // the other side cannot be reached: retry later
  TimedOut,        // a limit of time ran out
  Cancelled,       // the user or the caller stopped it
  Denied,          // credentials or permissions
  Corrupt,         // stored bytes are not what they must be
  Internal,        // a bug of ours
};

// `invalid_input`, `unsupported`, … as in logs and JSON.
std::string_view to_string(ErrorCode code);

// Message: lower case, no full stop, values in backticks. `where` is a place in the text that the
// caller gave (SQL, YAML, template); which text it is stands in `context`, innermost first.
struct Error {
  ErrorCode code = ErrorCode::Internal;
  std::string message;
  std::optional<TextSpan> where;
  std::vector<std::string> context;
  // A finer, stable name of the failure in the words of its folder (static text, such as
  // `zero_division` of a template); often empty.
  std::string_view kind = {};

  Error& at(const TextSpan& span) & {
    where = span;
    return *this;
  }
  Error&& at(const TextSpan& span) && {
    where = span;
    return std::move(*this);
  }
  Error&& with_context(std::string line) && {
    context.push_back(std::move(line));
    return std::move(*this);
  }
  bool operator==(const Error&) const = default;
};

// `message`, then each line of context as ` (while reading x)`. One line.
std::string describe(const Error& error);

template <typename T = void>
class [[nodiscard]] Result : public std::expected<T, Error> {
 public:
  using std::expected<T, Error>::expected;
  Result(Error error) : std::expected<T, Error>(std::unexpect, std::move(error)) {}
  Result(std::unexpected<Error> error)
      : std::expected<T, Error>(std::unexpect, std::move(error).error()) {}
  template <typename U>
  requires(!std::is_void_v<T> && std::constructible_from<T, U&&> &&
           !std::same_as<std::remove_cvref_t<U>, Error> &&
           !std::same_as<std::remove_cvref_t<U>, Result> &&
           !std::same_as<std::remove_cvref_t<U>, std::unexpected<Error>>) Result(U&& value)
      : std::expected<T, Error>(std::in_place, std::forward<U>(value)) {}
};

template <>
class [[nodiscard]] Result<void> : public std::expected<void, Error> {
 public:
  Result() = default;
  Result(Error error) : std::expected<void, Error>(std::unexpect, std::move(error)) {}
  Result(std::unexpected<Error> error)
      : std::expected<void, Error>(std::unexpect, std::move(error).error()) {}
};

inline Result<void> ok() { return {}; }

#define TARN_ERROR_MAKER(name, error_code)                                                    \
  template <typename... Args>                                                                 \
  Error name(fmt::format_string<Args...> format, Args&&... args) {                            \
    return Error{                                                                             \
        ErrorCode::error_code, fmt::format(format, std::forward<Args>(args)...), {}, {}, {}}; \
  }
TARN_ERROR_MAKER(invalid_input, InvalidInput)
TARN_ERROR_MAKER(unsupported, Unsupported)
TARN_ERROR_MAKER(not_found, NotFound)
TARN_ERROR_MAKER(already_exists, AlreadyExists)
TARN_ERROR_MAKER(conflict, Conflict)
TARN_ERROR_MAKER(unknown_outcome, UnknownOutcome)
TARN_ERROR_MAKER(unavailable, Unavailable)
TARN_ERROR_MAKER(timed_out, TimedOut)
TARN_ERROR_MAKER(cancelled, Cancelled)
TARN_ERROR_MAKER(denied, Denied)
TARN_ERROR_MAKER(corrupt, Corrupt)
TARN_ERROR_MAKER(internal, Internal)
#undef TARN_ERROR_MAKER

namespace detail {
template <typename T>
T take_value(Result<T>& result) {
  if constexpr (!std::is_void_v<T>) return std::move(*result);
}
}  // namespace detail

// Gives the result with one more line of context if it failed.
template <typename T>
Result<T> with_context(Result<T> result, std::string line) {
  if (!result) return std::move(result.error()).with_context(std::move(line));
  return result;
}

}  // namespace tarn

// The value of a Result, or returns its error from the enclosing function.
#define TRY(...)                                             \
  (__extension__({                                           \
    auto try_result_ = (__VA_ARGS__);                        \
    if (!try_result_) return std::move(try_result_).error(); \
    ::tarn::detail::take_value(try_result_);                 \
  }))
