// SPDX-License-Identifier: Apache-2.0
// profiles.yml: which output (target) a run uses, and what templates see as `target`.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "project/data.h"
#include "project/project_file.h"

namespace tarn::project {

struct Profile {
  std::string name;
  std::string target_name;  // what the user chose: `dev`, `local`
  std::string output_name;  // the output that gave the values; differs for the implicit `local`
  std::string type;         // `trino` (a cluster) or `tarn` (the lake of tarn.yml)
  bool is_local = false;    // runs in this process
  std::string database;
  std::string schema;
  std::string user;
  std::int64_t threads = 1;
  Data values;  // all keys of the output, rendered
};

struct ProfileRequest {
  std::string profile;       // of --profile or dbt_project.yml
  std::string target;        // of --target or TARN_TARGET; empty: the profile's own
  std::int64_t threads = 0;  // of --threads; 0: the output's
};

// `text` is the whole profiles.yml at `file`. Only texts of the chosen output are rendered.
Result<Profile> read_profile(std::string_view text, const std::string& file,
                             const ProfileRequest& request, const TextRenderer& render,
                             Arena& arena);

// Where profiles.yml is looked for, in order: --profiles-dir or DBT_PROFILES_DIR (then only there),
// the current folder, ~/.dbt.
std::vector<std::string> profile_folders(std::string_view option, std::string_view project_folder,
                                         std::string_view home);

}  // namespace tarn::project
