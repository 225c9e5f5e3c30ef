// SPDX-License-Identifier: Apache-2.0
// The failure of a node as a person reads it: what, where in the template or the compiled SQL, and
// through which macros.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "project/code_map.h"
#include "project/project.h"
#include "run/node_result.h"

namespace tarn::run {

// What ran when it failed. All may be empty: then the failure has no place in SQL.
struct FailedCode {
  std::string_view statement;  // as it was sent; a database's error says where in it
  std::string_view compiled_code;
  const project::CodeMap* map = nullptr;
  std::string_view compiled_file;
};

// Of a database's error the place in the template's file, with an excerpt, the macros that made the
// text, and the place in the compiled file. Where that cannot be known: the place in the statement.
// A failure at run time has no place but the whole statement: both files are named.
std::string failure_text(const project::Project& project, const project::Node& node,
                         const Error& error, const FailedCode& code);

}  // namespace tarn::run
