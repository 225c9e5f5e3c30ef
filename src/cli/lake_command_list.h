// SPDX-License-Identifier: Apache-2.0
// The lake commands by file; commands.h has them all as one family.
#pragma once

#include <vector>

#include "cli/command.h"

namespace tarn::cli {

std::vector<Command> list_commands();         // schemas, tables
std::vector<Command> inspect_commands();      // describe, history, files, refs, properties
std::vector<Command> change_commands();       // drop, rename
std::vector<Command> maintenance_commands();  // expire-snapshots, remove-orphan-files

}  // namespace tarn::cli
