// SPDX-License-Identifier: Apache-2.0
// Reads maps of tarn.yml: values by key with their types, all findings with place and excerpt.
// Internal to this folder.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/diagnostics.h"
#include "lakehouse/config.h"
#include "yaml/value.h"

namespace tarn::lakehouse {

// Code of the finding for a variable that is not set.
inline constexpr const char* kMissingVariable = "missing-variable";

// What all readers of one file share.
class FindingSink {
 public:
  FindingSink(std::string_view text, const ConfigSource& source);

  void error(const yaml::Value& at, std::string code, std::string message, std::string hint = "");
  void error_at(std::uint32_t line, std::uint32_t column, std::string code, std::string message,
                std::string hint = "");
  // The scalar's text after substitution; nullopt after a finding.
  std::optional<std::string> scalar(const yaml::Value& value, std::string_view key);
  const ConfigSource& source() const { return source_; }
  const std::vector<Diagnostic>& findings() const { return findings_; }

 private:
  std::string shown_text_;  // of the file, secrets blanked out
  const ConfigSource& source_;
  std::vector<Diagnostic> findings_;
};

// `path` is how messages name the map: `catalogs.lake`.
class MapReader {
 public:
  MapReader(FindingSink& sink, const yaml::Value& map, std::string path)
      : sink_(sink), map_(map), path_(std::move(path)) {}
  // False after a finding if it is no map.
  bool check_is_map();

  // Each call makes the key known. Wrong types are findings.
  const yaml::Value* value(std::string_view key);
  std::optional<std::string> text(std::string_view key);
  std::optional<std::int64_t> integer(std::string_view key, std::int64_t low, std::int64_t high);
  std::optional<bool> boolean(std::string_view key);
  // As text, but missing or empty is a finding.
  std::string required_text(std::string_view key);

  // Whether a text could not be had, after a finding.
  bool has_unset() const { return has_unset_; }
  // Findings for all keys that nobody asked for.
  void finish();
  const std::string& path() const { return path_; }
  const yaml::Value& map() const { return map_; }
  std::string key_path(std::string_view key) const;

 private:
  FindingSink& sink_;
  const yaml::Value& map_;
  std::string path_;
  std::vector<std::string> known_;
  bool has_unset_ = false;
};

// Text of the file for excerpts: values of keys that look secret become `***`, and passwords in
// URLs too.
std::string blank_secrets(std::string_view text);

}  // namespace tarn::lakehouse
