// SPDX-License-Identifier: Apache-2.0
// generate_schema_name, generate_database_name, generate_alias_name: dbt's rules natively, or the
// macro of the root project (or of the node's own package) where there is one.
#pragma once

#include <map>
#include <mutex>
#include <string>
#include <string_view>

#include "base/result.h"
#include "project/project.h"

namespace tarn::project {

// Thread-safe.
class NameMacros {
 public:
  explicit NameMacros(const Project& project);
  ~NameMacros();

  Result<std::string> schema_name(const Node& node, const Data& custom) const;
  Result<std::string> database_name(const Node& node, const Data& custom) const;
  Result<std::string> alias_name(const Node& node, const Data& custom) const;

 private:
  struct Override;
  const Override* find(std::string_view macro, std::uint32_t package) const;
  Result<std::string> call(const Override& macro, const Node& node, const Data& custom) const;

  const Project& project_;
  // By macro name and package.
  std::map<std::pair<std::string, std::uint32_t>, std::unique_ptr<Override>> overrides_;
};

}  // namespace tarn::project
