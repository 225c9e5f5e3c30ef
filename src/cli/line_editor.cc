// SPDX-License-Identifier: Apache-2.0
#include "cli/line_editor.h"

#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>

#include "base/file.h"
#include "base/text.h"

namespace tarn::cli {

namespace {

constexpr std::size_t kHistoryMax = 1'000;

// The terminal gives keys one by one as long as this lives.
class RawMode {
 public:
  RawMode() {
    active_ = ::tcgetattr(STDIN_FILENO, &before_) == 0;
    if (!active_) return;
    termios raw = before_;
    raw.c_iflag &= static_cast<tcflag_t>(~(BRKINT | ICRNL | INPCK | ISTRIP | IXON));
    raw.c_lflag &= static_cast<tcflag_t>(~(ECHO | ICANON | IEXTEN | ISIG));
    raw.c_cc[VMIN] = 1;
    raw.c_cc[VTIME] = 0;
    ::tcsetattr(STDIN_FILENO, TCSADRAIN, &raw);
  }
  ~RawMode() {
    if (active_) ::tcsetattr(STDIN_FILENO, TCSADRAIN, &before_);
  }
  RawMode(const RawMode&) = delete;
  RawMode& operator=(const RawMode&) = delete;

 private:
  termios before_{};
  bool active_ = false;
};

int read_byte() {
  unsigned char byte = 0;
  return ::read(STDIN_FILENO, &byte, 1) == 1 ? byte : -1;
}

enum class Key { Left, Right, Up, Down, Home, End, Delete, Unknown };

// What follows an escape character.
Key read_escape() {
  const int first = read_byte();
  if (first != '[' && first != 'O') return Key::Unknown;
  const int second = read_byte();
  if (second >= '0' && second <= '9') {
    int last = read_byte();
    while (last != '~' && last != -1 && !(last >= 'A' && last <= 'Z')) last = read_byte();
    if (second == '3') return Key::Delete;
    if (second == '1' || second == '7') return Key::Home;
    if (second == '4' || second == '8') return Key::End;
    return Key::Unknown;
  }
  switch (second) {
    case 'A':
      return Key::Up;
    case 'B':
      return Key::Down;
    case 'C':
      return Key::Right;
    case 'D':
      return Key::Left;
    case 'H':
      return Key::Home;
    case 'F':
      return Key::End;
    default:
      return Key::Unknown;
  }
}

bool is_word_byte(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte >= 0x80 || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
         (c >= '0' && c <= '9') || c == '_' || c == '.' || c == '$';
}

std::size_t terminal_width() {
  winsize size{};
  if (::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0) return 80;
  return size.ws_col;
}

// The text of one line and where the cursor is, in bytes.
struct EditedLine {
  std::string text;
  std::size_t at = 0;

  std::size_t previous() const {
    std::size_t to = at;
    while (to > 0 && (static_cast<unsigned char>(text[--to]) & 0xC0) == 0x80) {
    }
    return to;
  }
  std::size_t next() const {
    std::size_t to = at < text.size() ? at + 1 : at;
    while (to < text.size() && (static_cast<unsigned char>(text[to]) & 0xC0) == 0x80) ++to;
    return to;
  }
  void insert(std::string_view more) {
    text.insert(at, more);
    at += more.size();
  }
  void erase_before(std::size_t from) {
    text.erase(from, at - from);
    at = from;
  }
  // What a key does to the one line.
  void apply(Key key) {
    if (key == Key::Left) at = previous();
    if (key == Key::Right) at = next();
    if (key == Key::Home) at = 0;
    if (key == Key::End) at = text.size();
    if (key == Key::Delete) text.erase(at, next() - at);
  }
  void erase_word() {
    std::size_t from = at;
    while (from > 0 && text[from - 1] == ' ') --from;
    while (from > 0 && text[from - 1] != ' ') --from;
    erase_before(from);
  }
  std::size_t word_start() const {
    std::size_t from = at;
    while (from > 0 && is_word_byte(text[from - 1])) --from;
    return from;
  }
};

void write_out(std::string_view text) {
  while (!text.empty()) {
    const ssize_t done = ::write(STDOUT_FILENO, text.data(), text.size());
    if (done <= 0) return;
    text.remove_prefix(static_cast<std::size_t>(done));
  }
}

// Draws the part of the line around the cursor that fits.
void draw(const std::string& prompt, const EditedLine& line) {
  const std::size_t width = terminal_width();
  const std::size_t room =
      width > display_width(prompt) + 2 ? width - display_width(prompt) - 1 : 8;
  std::size_t start = 0;
  while (display_width(std::string_view(line.text).substr(start, line.at - start)) > room) {
    ++start;
    while (start < line.at && (static_cast<unsigned char>(line.text[start]) & 0xC0) == 0x80) {
      ++start;
    }
  }
  std::string_view shown = std::string_view(line.text).substr(start);
  while (display_width(shown) > room && shown.size() > line.at - start) shown.remove_suffix(1);
  const std::size_t cursor =
      display_width(prompt) +
      display_width(std::string_view(line.text).substr(start, line.at - start));
  write_out("\r" + prompt + std::string(shown) + "\x1b[K\r" +
            (cursor > 0 ? "\x1b[" + std::to_string(cursor) + "C" : std::string()));
}

std::string common_prefix(const std::vector<std::string>& words) {
  std::string prefix = words.front();
  for (const auto& word : words) {
    std::size_t same = 0;
    while (same < prefix.size() && same < word.size() && prefix[same] == word[same]) ++same;
    prefix.resize(same);
  }
  return prefix;
}

void complete_word(EditedLine& line, const LineEditor::Complete& complete) {
  const std::size_t from = line.word_start();
  const std::string word = line.text.substr(from, line.at - from);
  const auto words = complete ? complete(word) : std::vector<std::string>();
  if (words.empty()) return;
  const std::string prefix = common_prefix(words);
  if (prefix.size() > word.size() || (words.size() == 1 && prefix != word)) {
    line.erase_before(from);
    line.insert(prefix + (words.size() == 1 ? " " : ""));
    return;
  }
  std::string list = "\r\n";
  for (std::size_t i = 0; i < words.size() && i < 60; ++i) list += words[i] + "  ";
  write_out(list + "\r\n");
}

}  // namespace

LineEditor::LineEditor(std::string history_file) : history_file_(std::move(history_file)) {
  if (history_file_.empty()) return;
  const auto text = read_file(history_file_);
  if (!text) return;
  for (std::string_view line : split(*text, '\n')) {
    // Line feeds inside of entries are kept as `\n`.
    if (!line.empty()) history_.push_back(replace_all(line, "\\n", "\n"));
  }
}

void LineEditor::add_history(const std::string& entry) {
  if (entry.empty() || (!history_.empty() && history_.back() == entry)) return;
  history_.push_back(entry);
  if (history_.size() > kHistoryMax) history_.erase(history_.begin());
  if (history_file_.empty()) return;
  std::string text;
  for (const auto& line : history_) text += replace_all(line, "\n", "\\n") + "\n";
  auto written = write_file(history_file_, text);
  (void)written;  // a history that cannot be kept is no reason to stop
}

LineEditor::Input LineEditor::read(const std::string& prompt) {
  if (::isatty(STDIN_FILENO) == 0 || ::isatty(STDOUT_FILENO) == 0) return read_plain();
  return edit(prompt);
}

LineEditor::Input LineEditor::read_plain() {
  std::string line;
  for (int byte = std::getchar(); byte != EOF; byte = std::getchar()) {
    if (byte == '\n') return {End::Line, line};
    line += static_cast<char>(byte);
  }
  if (!line.empty()) return {End::Line, line};
  return {End::EndOfInput, ""};
}

LineEditor::Input LineEditor::edit(const std::string& prompt) {
  const RawMode raw;
  EditedLine line;
  std::size_t entry = history_.size();
  std::string draft;
  const auto go_to = [&](std::size_t wanted) {
    if (entry == history_.size()) draft = line.text;
    entry = wanted;
    line.text = entry == history_.size() ? draft : replace_all(history_[entry], "\n", " ");
    line.at = line.text.size();
  };
  const auto follow = [&](Key key) {
    if (key == Key::Up && entry > 0) go_to(entry - 1);
    if (key == Key::Down && entry < history_.size()) go_to(entry + 1);
    line.apply(key);
  };
  for (;;) {
    draw(prompt, line);
    const int byte = read_byte();
    switch (byte) {
      case -1:
      case 4:  // Ctrl-D
        if (byte == 4 && !line.text.empty()) {
          const std::size_t to = line.next();
          line.text.erase(line.at, to - line.at);
          break;
        }
        write_out("\r\n");
        return {End::EndOfInput, ""};
      case 3:  // Ctrl-C
        write_out("^C\r\n");
        return {End::Interrupted, ""};
      case '\r':
      case '\n':
        write_out("\r\n");
        return {End::Line, line.text};
      case '\t':
        complete_word(line, complete_);
        break;
      case 127:
      case 8:
        line.erase_before(line.previous());
        break;
      case 1:  // Ctrl-A
        line.at = 0;
        break;
      case 5:  // Ctrl-E
        line.at = line.text.size();
        break;
      case 21:  // Ctrl-U
        line.erase_before(0);
        break;
      case 11:  // Ctrl-K
        line.text.resize(line.at);
        break;
      case 23:  // Ctrl-W
        line.erase_word();
        break;
      case 27:
        follow(read_escape());
        break;
      default:
        if (byte >= 32) line.insert(std::string(1, static_cast<char>(byte)));
    }
  }
}

}  // namespace tarn::cli
