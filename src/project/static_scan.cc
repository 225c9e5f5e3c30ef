// SPDX-License-Identifier: Apache-2.0
#include "project/static_scan.h"

#include <optional>

#include "base/text.h"

namespace tarn::project {

namespace {

constexpr int kLiteralDepthMax = 20;

bool is_literal_name_char(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

// Reads literals of calls. Everything that is not plainly simple makes it give up.
class LiteralReader {
 public:
  LiteralReader(std::string_view text, std::size_t at, Arena& arena)
      : text_(text), at_(at), arena_(&arena) {}

  std::size_t position() const { return at_; }
  void skip_blanks() {
    while (at_ < text_.size() &&
           (text_[at_] == ' ' || text_[at_] == '\n' || text_[at_] == '\t' || text_[at_] == '\r')) {
      ++at_;
    }
  }
  bool take(char c) {
    skip_blanks();
    if (at_ >= text_.size() || text_[at_] != c) return false;
    ++at_;
    return true;
  }
  bool looks_at(std::string_view word) {
    skip_blanks();
    return text_.substr(at_, word.size()) == word;
  }
  std::string_view name() {
    skip_blanks();
    const std::size_t begin = at_;
    while (at_ < text_.size() && is_literal_name_char(text_[at_])) ++at_;
    return text_.substr(begin, at_ - begin);
  }

  std::optional<Data> literal(int depth = 0) {
    skip_blanks();
    if (at_ >= text_.size() || depth > kLiteralDepthMax) return std::nullopt;
    const char c = text_[at_];
    if (c == '\'' || c == '"') return text_literal(c);
    if (c == '[') return list(depth);
    if (c == '{') return map(depth);
    if (c >= '0' && c <= '9') return number();
    const std::string_view word = name();
    if (word == "true" || word == "True") return Data(true);
    if (word == "false" || word == "False") return Data(false);
    if (word == "none" || word == "None") return Data();
    return std::nullopt;
  }

 private:
  std::optional<Data> text_literal(char mark) {
    const std::size_t begin = ++at_;
    while (at_ < text_.size() && text_[at_] != mark) {
      if (text_[at_] == '\\' || text_[at_] == '\r') return std::nullopt;
      ++at_;
    }
    if (at_ >= text_.size()) return std::nullopt;
    const std::string_view inside = text_.substr(begin, at_ - begin);
    ++at_;
    // Two texts side by side would be joined.
    if (looks_at("'") || looks_at("\"")) return std::nullopt;
    return Data(inside);
  }
  std::optional<Data> number() {
    const std::size_t begin = at_;
    while (at_ < text_.size() && text_[at_] >= '0' && text_[at_] <= '9') ++at_;
    if (at_ < text_.size() && (is_literal_name_char(text_[at_]) || text_[at_] == '.'))
      return std::nullopt;
    const std::string_view digits = text_.substr(begin, at_ - begin);
    if (digits.size() > 1 && digits[0] == '0') return std::nullopt;
    const auto value = parse_int64(digits);
    return value ? std::optional(Data(*value)) : std::nullopt;
  }
  std::optional<Data> list(int depth) {
    ++at_;
    std::vector<Data> items;
    while (!take(']')) {
      const auto item = literal(depth + 1);
      if (!item) return std::nullopt;
      items.push_back(*item);
      if (!take(',') && !looks_at("]")) return std::nullopt;
    }
    return make_list(*arena_, items);
  }
  std::optional<Data> map(int depth) {
    ++at_;
    MapBuilder members;
    while (!take('}')) {
      const auto key = literal(depth + 1);
      if (!key || !key->is_text() || !take(':')) return std::nullopt;
      const auto value = literal(depth + 1);
      if (!value) return std::nullopt;
      members.set(key->text(), *value);
      if (!take(',') && !looks_at("}")) return std::nullopt;
    }
    return members.build(*arena_);
  }

  std::string_view text_;
  std::size_t at_;
  Arena* arena_;
};

struct Call {
  std::string_view function;
  std::vector<Data> positional;
  std::vector<Member> named;
};

bool read_call(LiteralReader& reader, Call& call) {
  call.function = reader.name();
  if (!reader.take('(')) return false;
  while (!reader.take(')')) {
    LiteralReader ahead = reader;
    const std::string_view name = ahead.name();
    if (!name.empty() && ahead.take('=') && !ahead.looks_at("=")) {
      reader = ahead;
      const auto value = reader.literal();
      if (!value) return false;
      call.named.push_back({name, *value});
    } else {
      const auto value = reader.literal();
      if (!value || !call.named.empty()) return false;
      call.positional.push_back(*value);
    }
    if (!reader.take(',') && !reader.looks_at(")")) return false;
  }
  return true;
}

bool apply_ref(const Call& call, std::vector<RefCall>& refs) {
  RefCall ref;
  const std::size_t count = call.positional.size();
  if (count == 0 || count > 2) return false;
  for (const auto& argument : call.positional) {
    if (!argument.is_text()) return false;
  }
  if (count == 2) ref.package = call.positional[0].text();
  ref.name = call.positional[count - 1].text();
  for (const auto& [name, value] : call.named) {
    if (name != "v" && name != "version") return false;
    ref.version = value;
  }
  refs.push_back(ref);
  return true;
}

struct Scan {
  std::vector<RefCall> refs;
  std::vector<SourceCall> sources;
  std::vector<Member> config;
  bool has_config = false;
};

bool apply(const Call& call, Scan& scan) {
  if (call.function == "ref") return apply_ref(call, scan.refs);
  if (call.function == "source") {
    if (call.positional.size() != 2 || !call.named.empty() || !call.positional[0].is_text() ||
        !call.positional[1].is_text()) {
      return false;
    }
    scan.sources.push_back({call.positional[0].text(), call.positional[1].text()});
    return true;
  }
  if (call.function != "config" || !call.positional.empty() || scan.has_config) return false;
  scan.has_config = true;
  scan.config = call.named;
  return true;
}

}  // namespace

bool scan_static(std::string_view text, ParseRecord& record) {
  Scan scan;
  for (std::size_t at = 0;;) {
    const auto open = text.find('{', at);
    if (open == std::string_view::npos || open + 1 >= text.size()) break;
    const char kind = text[open + 1];
    if (kind == '%') return false;
    if (kind == '#') {
      const auto end = text.find("#}", open + 2);
      if (end == std::string_view::npos) return false;
      at = end + 2;
      continue;
    }
    if (kind != '{') {
      at = open + 1;
      continue;
    }
    std::size_t begin = open + 2;
    if (begin < text.size() && (text[begin] == '-' || text[begin] == '+')) ++begin;
    LiteralReader reader(text, begin, record.arena);
    Call call;
    if (!read_call(reader, call) || !apply(call, scan)) return false;
    reader.take('-');
    if (!reader.looks_at("}}")) return false;
    at = reader.position() + 2;
  }
  record.refs = std::move(scan.refs);
  record.sources = std::move(scan.sources);
  for (const auto& [name, value] : scan.config) {
    std::string_view key = name;
    if (key == "pre_hook") key = "pre-hook";
    if (key == "post_hook") key = "post-hook";
    record.config.set(key, value);
  }
  return true;
}

}  // namespace tarn::project
