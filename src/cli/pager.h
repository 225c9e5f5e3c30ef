// SPDX-License-Identifier: Apache-2.0
// Text for a terminal that goes through a pager when it does not fit: PAGER, else less. An empty
// PAGER, or none that can be started, means none.
#pragma once

#include <signal.h>

#include <cstdio>
#include <string>
#include <string_view>

#include "cli/terminal.h"

namespace tarn::cli {

class Pager {
 public:
  explicit Pager(Terminal& terminal);
  // Shows what is left, and waits until the user has left the pager.
  ~Pager();
  Pager(const Pager&) = delete;
  Pager& operator=(const Pager&) = delete;

  void write(std::string_view text);

 private:
  bool fits(std::string_view text);

  Terminal& terminal_;
  std::string kept_;  // as long as it fits
  std::size_t lines_ = 0;
  std::size_t line_start_ = 0;  // in kept_
  std::FILE* pipe_ = nullptr;
  struct sigaction interrupt_before_ {};
  bool is_plain_ = false;  // goes to the terminal
};

}  // namespace tarn::cli
