// SPDX-License-Identifier: Apache-2.0
// The families of commands; each lists its own. `all_commands` puts them together.
#pragma once

#include <vector>

#include "cli/command.h"

namespace tarn::cli {

// schemas, tables, describe, history, files, refs, properties, drop, rename, expire-snapshots,
// remove-orphan-files.
std::vector<Command> lake_commands();
// parse, ls, compile, debug, deps, clean, init.
std::vector<Command> project_commands();
// run, snapshot, test, seed, build.
std::vector<Command> run_commands();
// runs, runs show.
std::vector<Command> runs_commands();
// migrate.
std::vector<Command> lakehouse_commands();
// query.
std::vector<Command> query_commands();
// completion, help.
std::vector<Command> program_commands();

}  // namespace tarn::cli
