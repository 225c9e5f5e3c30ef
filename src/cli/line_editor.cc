// SPDX-License-Identifier: Apache-2.0
#include "cli/line_editor.h"

#include <signal.h>
#include <termios.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>

#include "base/text.h"
#include "cli/terminal.h"

namespace tarn::cli {

namespace {

constexpr std::string_view kLineFeed = "↵";
constexpr std::string_view kPasteBegin = "200~";
constexpr std::string_view kPasteEnd = "\x1b[201~";
constexpr std::size_t kPasteMax = 16U << 20;
constexpr std::size_t kListedMax = 60;

void write_out(std::string_view text) {
  while (!text.empty()) {
    const ssize_t done = ::write(STDOUT_FILENO, text.data(), text.size());
    if (done < 0 && errno == EINTR) continue;
    if (done <= 0) return;
    text.remove_prefix(static_cast<std::size_t>(done));
  }
}

// The terminal gives keys one by one, and marks what is pasted, as long as this lives.
class RawMode {
 public:
  RawMode() {
    active_ = ::tcgetattr(STDIN_FILENO, &before_) == 0;
    enter();
  }
  ~RawMode() { leave(); }
  RawMode(const RawMode&) = delete;
  RawMode& operator=(const RawMode&) = delete;

  // Ctrl-Z: back to the shell, until it goes on.
  void suspend() {
    leave();
    ::raise(SIGTSTP);
    enter();
  }

 private:
  void enter() {
    if (!active_) return;
    termios raw = before_;
    raw.c_iflag &= static_cast<tcflag_t>(~(BRKINT | ICRNL | INPCK | ISTRIP | IXON));
    raw.c_lflag &= static_cast<tcflag_t>(~(ECHO | ICANON | IEXTEN | ISIG));
    raw.c_cc[VMIN] = 1;
    raw.c_cc[VTIME] = 0;
    ::tcsetattr(STDIN_FILENO, TCSADRAIN, &raw);
    write_out("\x1b[?2004h");
  }
  void leave() {
    if (!active_) return;
    write_out("\x1b[?2004l");
    ::tcsetattr(STDIN_FILENO, TCSADRAIN, &before_);
  }

  termios before_{};
  bool active_ = false;
};

enum class Key { Left, Right, WordLeft, WordRight, Up, Down, Home, End, Delete, Paste, Unknown };

bool is_tail_byte(char c) { return (static_cast<unsigned char>(c) & 0xC0) == 0x80; }

bool is_word_byte(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte >= 0x80 || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
         (c >= '0' && c <= '9') || c == '_' || c == '.' || c == '$' || c == '\\';
}

// The text and where the cursor is, in bytes.
struct EditedLine {
  std::string text;
  std::size_t at = 0;

  std::size_t previous() const {
    std::size_t to = at;
    while (to > 0 && is_tail_byte(text[--to])) {
    }
    return to;
  }
  std::size_t next() const {
    std::size_t to = at < text.size() ? at + 1 : at;
    while (to < text.size() && is_tail_byte(text[to])) ++to;
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
  void set(std::string to) {
    text = std::move(to);
    at = text.size();
  }
  // What a key does to the one line.
  void apply(Key key) {
    if (key == Key::Left) at = previous();
    if (key == Key::Right) at = next();
    if (key == Key::Home) at = 0;
    if (key == Key::End) at = text.size();
    if (key == Key::Delete) text.erase(at, next() - at);
    if (key == Key::WordLeft) {
      while (at > 0 && !is_word_byte(text[at - 1])) --at;
      while (at > 0 && is_word_byte(text[at - 1])) --at;
    }
    if (key == Key::WordRight) {
      while (at < text.size() && !is_word_byte(text[at])) ++at;
      while (at < text.size() && is_word_byte(text[at])) ++at;
    }
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

std::string one_line(std::string_view text) {
  return replace_all(replace_all(text, "\n", kLineFeed), "\t", " ");
}

// Draws the part of the line around the cursor that fits.
void draw(const std::string& prompt, const EditedLine& line) {
  const auto width = static_cast<std::size_t>(window_size().columns);
  const std::size_t room =
      width > display_width(prompt) + 2 ? width - display_width(prompt) - 1 : 8;
  const std::string before = one_line(std::string_view(line.text).substr(0, line.at));
  const std::string whole = before + one_line(std::string_view(line.text).substr(line.at));
  std::size_t start = 0;
  while (display_width(std::string_view(before).substr(start)) > room) {
    ++start;
    while (start < before.size() && is_tail_byte(before[start])) ++start;
  }
  std::string_view shown = std::string_view(whole).substr(start);
  while (display_width(shown) > room) {
    shown.remove_suffix(1);
    while (!shown.empty() && is_tail_byte(whole[start + shown.size()])) shown.remove_suffix(1);
  }
  const std::size_t cursor =
      display_width(prompt) + display_width(std::string_view(before).substr(start));
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
  if (!complete) return;
  const auto words = complete(word, std::string_view(line.text).substr(0, from));
  if (words.empty()) return write_out("\a");
  const std::string prefix = common_prefix(words);
  if (prefix.size() > word.size() || words.size() == 1) {
    line.erase_before(from);
    const bool goes_on = words.size() > 1 || prefix.ends_with('.');
    line.insert(prefix + (goes_on ? "" : " "));
    return;
  }
  std::string list = "\r\n";
  for (std::size_t i = 0; i < words.size() && i < kListedMax; ++i) list += words[i] + "  ";
  if (words.size() > kListedMax) list += fmt::format("and {} more", words.size() - kListedMax);
  write_out(list + "\r\n");
}

// Bytes of keys, one after the other.
class Keys {
 public:
  explicit Keys(const std::function<bool()>& stop) : stop_(stop) {}

  // -1 at the end of input.
  int byte() const {
    for (;;) {
      unsigned char byte = 0;
      const ssize_t done = ::read(STDIN_FILENO, &byte, 1);
      if (done == 1) return byte;
      if (done < 0 && errno == EINTR && !(stop_ && stop_())) continue;
      return -1;
    }
  }

  // A character that begins with this byte.
  std::string character(int first) const {
    std::string out(1, static_cast<char>(first));
    const int tail = first >= 0xF0 ? 3 : first >= 0xE0 ? 2 : first >= 0xC0 ? 1 : 0;
    for (int i = 0; i < tail; ++i) {
      const int next = byte();
      if (next < 0) break;
      out += static_cast<char>(next);
    }
    return is_valid_utf8(out) ? out : std::string();
  }

  // What follows an escape character.
  Key escape() const {
    const int first = byte();
    if (first == 'b') return Key::WordLeft;
    if (first == 'f') return Key::WordRight;
    if (first != '[' && first != 'O') return Key::Unknown;
    std::string sequence;
    for (int next = byte(); next != -1 && sequence.size() < 16; next = byte()) {
      sequence += static_cast<char>(next);
      if (next == '~' || (next >= 'A' && next <= 'Z') || (next >= 'a' && next <= 'z')) break;
    }
    static constexpr std::pair<std::string_view, Key> kSequences[] = {
        {"A", Key::Up},           {"B", Key::Down},         {"C", Key::Right},
        {"D", Key::Left},         {"H", Key::Home},         {"F", Key::End},
        {"1~", Key::Home},        {"7~", Key::Home},        {"4~", Key::End},
        {"8~", Key::End},         {"3~", Key::Delete},      {"1;5C", Key::WordRight},
        {"1;5D", Key::WordLeft},  {"1;3C", Key::WordRight}, {"1;3D", Key::WordLeft},
        {kPasteBegin, Key::Paste}};
    for (const auto& [text, key] : kSequences) {
      if (sequence == text) return key;
    }
    return Key::Unknown;
  }

  // What was pasted, with line feeds as `\n`.
  std::string pasted() const {
    std::string text;
    for (int next = byte(); next != -1 && text.size() < kPasteMax; next = byte()) {
      text += static_cast<char>(next);
      if (!text.ends_with(kPasteEnd)) continue;
      text.resize(text.size() - kPasteEnd.size());
      break;
    }
    text = replace_all(replace_all(text, "\r\n", "\n"), "\r", "\n");
    std::erase_if(
        text, [](char c) { return static_cast<unsigned char>(c) < 32 && c != '\n' && c != '\t'; });
    return is_valid_utf8(text) ? text : std::string();
  }

 private:
  const std::function<bool()>& stop_;
};

// What a control character does to the line alone; false if it is none of these.
bool edit_by(int byte, EditedLine& line) {
  switch (byte) {
    case 127:
    case 8:
      line.erase_before(line.previous());
      return true;
    case 1:  // Ctrl-A
      line.apply(Key::Home);
      return true;
    case 2:  // Ctrl-B
      line.apply(Key::Left);
      return true;
    case 5:  // Ctrl-E
      line.apply(Key::End);
      return true;
    case 6:  // Ctrl-F
      line.apply(Key::Right);
      return true;
    case 11:  // Ctrl-K
      line.text.resize(line.at);
      return true;
    case 21:  // Ctrl-U
      line.erase_before(0);
      return true;
    case 23:  // Ctrl-W
      line.erase_word();
      return true;
    default:
      return false;
  }
}

// Ctrl-R: what is typed is searched in the history, newest first; again Ctrl-R goes on. The key
// that ends it; the line is what was found.
int search_history(const Keys& keys, const LineHistory& history, EditedLine& line) {
  const std::string before = line.text;
  std::string wanted;
  std::size_t found = history.entries().size();
  for (;;) {
    draw("(search)`" + wanted + "': ", line);
    const int byte = keys.byte();
    if (byte == 18) {
      const std::size_t older = history.find_before(found, wanted);
      if (older < history.entries().size()) found = older;
    } else if (byte == 127 || byte == 8) {
      while (!wanted.empty() && is_tail_byte(wanted.back())) wanted.pop_back();
      if (!wanted.empty()) wanted.pop_back();
      found = history.find_before(history.entries().size(), wanted);
    } else if (byte == 7) {  // Ctrl-G
      line.set(before);
      return 0;
    } else if (byte < 32) {
      return byte;
    } else {
      wanted += keys.character(byte);
      const std::size_t from = std::min(found + 1, history.entries().size());
      found = history.find_before(from, wanted);
    }
    if (found < history.entries().size()) line.set(history.entries()[found]);
  }
}

}  // namespace

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
  RawMode raw;
  const Keys keys(stop_);
  EditedLine line;
  std::size_t entry = history_.entries().size();
  std::string draft;
  const auto go_to = [&](std::size_t wanted) {
    if (entry == history_.entries().size()) draft = line.text;
    entry = wanted;
    line.set(entry == history_.entries().size() ? draft : history_.entries()[entry]);
  };
  const auto follow = [&](Key key) {
    if (key == Key::Up && entry > 0) go_to(entry - 1);
    if (key == Key::Down && entry < history_.entries().size()) go_to(entry + 1);
    if (key == Key::Paste) line.insert(keys.pasted());
    line.apply(key);
  };
  for (;;) {
    draw(prompt, line);
    int byte = keys.byte();
    if (byte == 18) byte = search_history(keys, history_, line);  // Ctrl-R
    switch (byte) {
      case -1:
      case 4:  // Ctrl-D
        if (byte == 4 && !line.text.empty()) {
          line.apply(Key::Delete);
          break;
        }
        write_out("\r\n");
        return {End::EndOfInput, ""};
      case 3:  // Ctrl-C
        line.at = line.text.size();
        draw(prompt, line);
        write_out("^C\r\n");
        return {End::Interrupted, ""};
      case '\r':
      case '\n':
        line.at = line.text.size();
        draw(prompt, line);
        write_out("\r\n");
        return {End::Line, line.text};
      case '\t':
        complete_word(line, complete_);
        break;
      case 12:  // Ctrl-L
        write_out("\x1b[H\x1b[2J");
        break;
      case 14:  // Ctrl-N
        follow(Key::Down);
        break;
      case 16:  // Ctrl-P
        follow(Key::Up);
        break;
      case 26:  // Ctrl-Z
        raw.suspend();
        break;
      case 27:
        follow(keys.escape());
        break;
      default:
        if (!edit_by(byte, line) && byte >= 32) line.insert(keys.character(byte));
    }
  }
}

}  // namespace tarn::cli
