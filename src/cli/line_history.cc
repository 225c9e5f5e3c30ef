// SPDX-License-Identifier: Apache-2.0
#include "cli/line_history.h"

#include <fcntl.h>
#include <unistd.h>

#include "base/file.h"
#include "base/text.h"

namespace tarn::cli {
namespace {

constexpr std::size_t kEntriesMax = 1'000;

// One line of the file: a backslash stands before itself and before an n for a line feed.
std::string to_line(const std::string& entry) {
  return replace_all(replace_all(entry, "\\", "\\\\"), "\n", "\\n") + "\n";
}

std::string from_line(std::string_view line) {
  std::string entry;
  for (std::size_t i = 0; i < line.size(); ++i) {
    const bool escaped = line[i] == '\\' && i + 1 < line.size();
    if (escaped) ++i;
    entry += escaped && line[i] == 'n' ? '\n' : line[i];
  }
  return entry;
}

// A history that cannot be kept is no reason to stop.
void write_lines(const std::string& file, const std::string& text, int flags) {
  const int descriptor = ::open(file.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC | flags, 0600);
  if (descriptor < 0) return;
  const ssize_t done = ::write(descriptor, text.data(), text.size());
  (void)done;
  ::close(descriptor);
}

}  // namespace

LineHistory::LineHistory(std::string file) : file_(std::move(file)) {
  if (file_.empty()) return;
  const auto text = read_file(file_);
  if (!text) return;
  for (std::string_view line : split(*text, '\n')) {
    if (!line.empty()) entries_.push_back(from_line(line));
  }
  if (entries_.size() <= kEntriesMax) return;
  const auto drop = static_cast<std::ptrdiff_t>(entries_.size() - kEntriesMax);
  entries_.erase(entries_.begin(), entries_.begin() + drop);
  std::string kept;
  for (const auto& entry : entries_) kept += to_line(entry);
  write_lines(file_, kept, O_TRUNC);
}

void LineHistory::add(const std::string& entry) {
  if (entry.empty() || (!entries_.empty() && entries_.back() == entry)) return;
  entries_.push_back(entry);
  if (!file_.empty()) write_lines(file_, to_line(entry), O_APPEND);
}

std::size_t LineHistory::find_before(std::size_t before, const std::string& text) const {
  for (std::size_t i = before; i-- > 0;) {
    if (entries_[i].find(text) != std::string::npos) return i;
  }
  return entries_.size();
}

}  // namespace tarn::cli
