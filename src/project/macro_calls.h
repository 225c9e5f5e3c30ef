// SPDX-License-Identifier: Apache-2.0
// Which macros a macro's text calls, found without running it, as dbt does.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "project/context/contexts.h"
#include "project/project.h"

namespace tarn::project {

struct MacroCall {
  std::string package;  // `dbt_utils` of `dbt_utils.star(…)`; the namespace of a dispatch
  std::string name;
  bool is_dispatch = false;
  bool operator==(const MacroCall&) const = default;
};

// All calls of names in the template's tags, in order, without repeats.
std::vector<MacroCall> find_macro_calls(std::string_view text);

// Unique ids of the macros that `macro` calls.
std::vector<std::string_view> macro_dependencies(const Project& project, const Contexts& contexts,
                                                 const MacroDefinition& macro);

}  // namespace tarn::project
