// SPDX-License-Identifier: Apache-2.0
// From the tree of YAML nodes to values: tags, merge keys, duplicate keys, recursion. Not for use
// outside the folder.
#pragma once

#include <string_view>

#include "base/result.h"
#include "yaml/load.h"
#include "yaml/scalar.h"
#include "yaml/value.h"

namespace tarn::yaml {

enum class Shape : std::uint8_t { Scalar, List, Map };
enum class Progress : std::uint8_t { New, Open, Done };

// A node as written. Maps hold key, value, key, value, … in `children`.
struct Node {
  Value value;  // filled by construct
  Shape shape = Shape::Scalar;
  Tag tag = Tag::Text;
  Progress progress = Progress::New;
  bool flattening = false;
  std::uint64_t expanded = 1;  // values below, aliases counted in full
  std::string_view tag_name;   // of Tag::Unknown
  std::string_view text;       // of scalars
  std::span<Node*> children;
};

// Sets document.root, .duplicates and .recursive. `root` may be nullptr: a null value. `text` is
// the source, for the places of errors.
Result<void> construct(Node* root, std::string_view text, LoadMode mode, Document& document);

}  // namespace tarn::yaml
