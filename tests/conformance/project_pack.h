// SPDX-License-Identifier: Apache-2.0
// What the judges of whole projects share: a copy of a project to work in, and the words of a
// command line as options.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "project/commands.h"

namespace tarn::conformance {

// A folder that is removed at the end.
class WorkFolder {
 public:
  static Result<std::unique_ptr<WorkFolder>> make();
  ~WorkFolder();
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

Result<void> copy_tree(const std::string& from, const std::string& to);
// Links or copies local packages into dbt_packages.
Result<void> install_local_packages(const std::string& project);

struct CommandLine {
  std::string command;
  project::LoadOptions load;
  project::SelectOptions selection;
  std::string output = "selector";
  std::vector<std::string> output_keys;
  std::string inline_sql;
  std::string macro;  // run-operation
  std::string macro_args;
};
// The words of dbt's command line that the packs use; others are errors.
Result<CommandLine> parse_words(const std::vector<std::string>& words);

}  // namespace tarn::conformance
