// SPDX-License-Identifier: Apache-2.0
// Which template made which part of a node's compiled SQL: the node's own, those of the ephemeral
// models in front of it, and the macros that they call.
#pragma once

#include <cstddef>
#include <memory>
#include <vector>

#include "jinja/environment.h"
#include "project/resource.h"

namespace tarn::project {

// Immutable once it is made. The project must outlive it.
class CodeMap {
 public:
  // What one node's template gave. Without a `source` the text is the template itself.
  struct Rendering {
    const Node* node = nullptr;
    std::shared_ptr<const jinja::Template> source;
    jinja::SourceMap map;
  };
  // The bytes from `begin` to `end` of the compiled SQL are those of a rendering from `from` on.
  struct Part {
    std::size_t begin = 0;
    std::size_t end = 0;
    std::size_t from = 0;
    std::shared_ptr<const Rendering> rendering;
  };

  void add(Part part) { parts_.push_back(std::move(part)); }

  // The places that made the text at `offset`, innermost first; the last is in the file of `node`.
  // No places: the text comes from no template.
  struct Found {
    const Node* node = nullptr;
    jinja::Trace places;
  };
  Found locate(std::size_t offset, std::size_t length) const;

 private:
  std::vector<Part> parts_;
};

}  // namespace tarn::project
