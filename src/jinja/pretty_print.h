// SPDX-License-Identifier: Apache-2.0
// Values over several lines, as Python's pprint prints them (80 columns, dicts sorted by key).
#pragma once

#include <string>

#include "jinja/runtime.h"

namespace tarn::jinja {

Result<std::string> pretty_print(Runtime& runtime, const Value& value);

}  // namespace tarn::jinja
