// SPDX-License-Identifier: Apache-2.0
// Many findings at once (parse of a project, report of a migration), each with its place.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/text_span.h"

namespace tarn {

enum class Severity { Note, Warning, Error };

struct Diagnostic {
  Severity severity = Severity::Error;
  std::string code;               // short stable name, such as `duplicate-key`; may be empty
  std::string message;            // lower case, no full stop
  std::string file;               // path as the user knows it; may be empty
  std::optional<TextSpan> where;  // place in `file`
  std::string excerpt;            // as tarn::excerpt gives it; may be empty
  std::string hint;               // "did you mean `x`?" and such; may be empty
};

class Diagnostics {
 public:
  void add(Diagnostic diagnostic) { items_.push_back(std::move(diagnostic)); }
  const std::vector<Diagnostic>& items() const { return items_; }
  bool has_errors() const {
    for (const auto& item : items_) {
      if (item.severity == Severity::Error) return true;
    }
    return false;
  }

 private:
  std::vector<Diagnostic> items_;
};

// error: duplicate key `a`
//   --> models/schema.yml:3:5
//      3 | a: 1
//        | ^
//   hint: …
std::string format_diagnostic(const Diagnostic& diagnostic);

}  // namespace tarn
