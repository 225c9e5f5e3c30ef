// SPDX-License-Identifier: Apache-2.0
// Errors of the operating system as Error.
#pragma once

#include <string_view>

#include "base/result.h"

namespace tarn {

// `number` is an errno: not there → NotFound, taken → AlreadyExists, permissions → Denied, anything
// else → Unavailable. Message: cannot read `path`: permission denied.
Error system_error(int number, std::string_view action, std::string_view path);

}  // namespace tarn
