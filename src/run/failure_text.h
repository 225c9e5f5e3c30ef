// SPDX-License-Identifier: Apache-2.0
// The failure of a node as a person reads it: what, where in the template or the compiled SQL, and
// through which macros.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "project/project.h"

namespace tarn::run {

std::string failure_text(const project::Project& project, const project::Node& node,
                         const Error& error, std::string_view compiled_code);

}  // namespace tarn::run
