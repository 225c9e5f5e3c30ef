// SPDX-License-Identifier: Apache-2.0
// Guards recursion by the room that is left on this thread's stack.
#pragma once

namespace tarn::jinja {

// True when less than a safe reserve is left.
bool stack_is_low();

}  // namespace tarn::jinja
