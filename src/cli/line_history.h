// SPDX-License-Identifier: Apache-2.0
// Lines that were entered before, kept in a file that only its owner may read. Several programs may
// use it at once.
#pragma once

#include <string>
#include <vector>

namespace tarn::cli {

class LineHistory {
 public:
  // "": nothing is kept. A file that cannot be read is an empty one.
  explicit LineHistory(std::string file);

  // An entry may have several lines. Not the one before again.
  void add(const std::string& entry);
  const std::vector<std::string>& entries() const { return entries_; }
  // The newest entry older than `before` that contains `text`; entries().size() if there is none.
  std::size_t find_before(std::size_t before, const std::string& text) const;

 private:
  std::string file_;
  std::vector<std::string> entries_;  // oldest first
};

}  // namespace tarn::cli
