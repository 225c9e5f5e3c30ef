// SPDX-License-Identifier: Apache-2.0
// Running a loop on several threads.
#pragma once

#include <cstddef>
#include <functional>

#include "base/result.h"

namespace tarn {

// Calls body(0) … body(count-1), each once, on up to `threads` threads (the caller's among them);
// returns the error of the lowest failing index, after which no new index is started.
// With threads <= 1 or count <= 1 no thread is made.
Result<void> parallel_for(std::size_t count, std::size_t threads,
                          const std::function<Result<void>(std::size_t)>& body);

}  // namespace tarn
