// SPDX-License-Identifier: Apache-2.0
// Perl-compatible regular expressions on UTF-8 text, compiled once, with limits on work.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace tarn {

struct RegexOptions {
  bool ignore_case = false;
  bool multi_line = false;  // ^ and $ at line ends too
  bool dot_matches_all = false;
  bool ascii_classes = false;  // \d, \w, \s, \b know ASCII only; otherwise all of Unicode
};

// One match: groups[0] is the whole; a group that took no part is nullopt. Views into the subject.
struct RegexMatch {
  std::vector<std::optional<std::string_view>> groups;
  std::size_t begin = 0;
  std::size_t end = 0;
};

// Thread-safe after construction; movable.
class Regex {
 public:
  // A bad pattern is ErrorCode::InvalidInput with the place in the message.
  static Result<Regex> compile(std::string_view pattern, const RegexOptions& options = {});
  Regex(Regex&&) noexcept;
  Regex& operator=(Regex&&) noexcept;
  ~Regex();

  // The first match at or after byte `from`. Past the limits: ErrorCode::InvalidInput.
  Result<std::optional<RegexMatch>> find(std::string_view subject, std::size_t from = 0) const;
  Result<bool> matches_whole(std::string_view subject) const;
  std::size_t group_count() const;
  // Names of groups, by index; "" for unnamed ones.
  const std::vector<std::string>& group_names() const;

 private:
  struct Impl;
  explicit Regex(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace tarn
