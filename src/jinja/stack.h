// SPDX-License-Identifier: Apache-2.0
// Guards recursion by the room that is left on this thread's stack.
#pragma once

#include <cstdint>

namespace tarn::jinja {

// The lowest address that this thread's stack may reach with a safe reserve left; 0 if unknown.
std::uintptr_t lowest_stack_address();

}  // namespace tarn::jinja
