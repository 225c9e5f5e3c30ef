// SPDX-License-Identifier: Apache-2.0
// What DESCRIBE INPUT tells: the type that each `?` of a statement is coerced to. Internal to the
// engine.
#pragma once

#include <string_view>
#include <vector>

#include "base/result.h"
#include "engine/session_state.h"
#include "sql/tree/statement.h"
#include "types/type.h"

namespace tarn::engine {

// One for each of `count` parameters; of type unknown where nothing says what they are. Errors are
// those of the statement.
Result<std::vector<types::Type>> find_parameter_types(StatementRun& run,
                                                      const sql::Statement& statement,
                                                      std::string_view text, std::size_t count);

}  // namespace tarn::engine
