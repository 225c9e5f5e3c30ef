// SPDX-License-Identifier: Apache-2.0
// Data tests of properties files: from an entry such as `- accepted_values: {…}` to a node, with
// dbt's names and hashes.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "project/load.h"
#include "project/node_parse.h"

namespace tarn::project {

struct TestTarget {
  ResourceType type = ResourceType::Model;  // of the tested node
  std::string_view section;                 // `models`
  std::string_view name;
  std::string_view source;  // of source tables
  Data version;
  const Patch* patch = nullptr;
  std::string_view attached;  // unique id; empty for sources
};

struct TestEntry {
  Data test;                // text or map
  std::string_view column;  // empty: of the whole node
  Data column_tags;
  const yaml::Value* value = nullptr;  // for places
};

struct TestNames {
  std::string short_name;  // at most 63 characters; file and alias
  std::string full_name;
};
// `args` without `model`.
TestNames synthesize_test_names(std::string_view type, std::string_view name, const Data& args);
// Last ten digits of the hash in the unique id.
std::string test_hash(std::string_view name, std::string_view test_namespace,
                      std::string_view test_name, const Data& kwargs);

// One object for each worker.
class TestBuilder {
 public:
  TestBuilder(const Project& project, Arena& arena) : project_(project), arena_(arena) {}
  // nullopt: `error` says why.
  std::optional<Node> build(const TestTarget& target, const TestEntry& entry, NodeError& error);

 private:
  struct Parts;
  Result<Parts> read_entry(const TestTarget& target, const TestEntry& entry);
  Result<Node> make_node(const TestTarget& target, const TestEntry& entry, Parts& parts);
  Result<void> find_references(Node& node, const TestTarget& target, const Parts& parts,
                               ParseRecord& record);
  Result<void> render_arguments(const Node& node, const Parts& parts, ParseRecord& record);
  const Project& project_;
  Arena& arena_;
};

}  // namespace tarn::project
