// SPDX-License-Identifier: Apache-2.0
// Assertions on Result for doctest. Include in tests only.
#pragma once

#include <doctest/doctest.h>

#include <string>

#include "base/result.h"

// The value of a Result; fails the test with the error's text otherwise.
#define CHECK_OK(...)                                                  \
  (__extension__({                                                     \
    auto check_result_ = (__VA_ARGS__);                                \
    if (!check_result_) FAIL(::tarn::describe(check_result_.error())); \
    ::tarn::detail::take_value(check_result_);                         \
  }))

// The Result must have failed with this code and a message that contains the text.
#define CHECK_ERROR(result, error_code, text)                                                   \
  do {                                                                                          \
    const auto& check_result_ = (result);                                                       \
    REQUIRE_MESSAGE(!check_result_.has_value(), (std::string("expected an error: ") + (text))); \
    CHECK_MESSAGE(check_result_.error().code == (error_code),                                   \
                  ::tarn::describe(check_result_.error()));                                     \
    CHECK_MESSAGE(::tarn::describe(check_result_.error()).find(text) != std::string::npos,      \
                  ::tarn::describe(check_result_.error()));                                     \
  } while (false)
