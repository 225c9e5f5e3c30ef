// SPDX-License-Identifier: Apache-2.0
#include "jinja/blocks.h"

#include <algorithm>
#include <optional>

#include "jinja/error.h"
#include "jinja/unicode.h"

namespace tarn::jinja {

namespace {

bool is_blank_char(char c) { return is_space(static_cast<unsigned char>(c)) && (c & 0x80) == 0; }
bool is_name_start(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
bool is_name_char(char c) { return is_name_start(c) || (c >= '0' && c <= '9'); }

struct Tag {
  std::string_view type;
  std::string_view name;
  std::size_t start = 0;
  std::size_t end = 0;
};

// Walks over the tags of a text; comments, expressions and raw blocks are stepped over.
class TagReader {
 public:
  explicit TagReader(std::string_view text) : text_(text) {}

  Result<std::optional<Tag>> next() {
    while (true) {
      const std::size_t mark = text_.find('{', position_);
      if (mark == std::string_view::npos || mark + 1 >= text_.size()) return std::optional<Tag>();
      const char kind = text_[mark + 1];
      if (kind == '#') {
        TRY(skip_comment(mark + 2));
      } else if (kind == '{') {
        TRY(skip_expression(mark + 2));
      } else if (kind == '%') {
        auto tag = TRY(read_tag(mark));
        if (tag) return tag;
        position_ = mark + 1;
      } else {
        position_ = mark + 1;
      }
    }
  }

  // `line:column`, the column counted from 0.
  std::string place(std::size_t offset) const {
    const std::string_view before = text_.substr(0, offset);
    const std::size_t line_start = before.rfind('\n') + 1;
    return fmt::format("{}:{}", std::count(before.begin(), before.end(), '\n') + 1,
                       offset - line_start);
  }

 private:
  Error end_of_file(std::string_view expected) const {
    return fail("dbt:UnexpectedMacroEOFError", "unexpected EOF, expected {}, got \"{}\"", expected,
                text_.substr(std::min(position_, text_.size())));
  }

  std::size_t skip_blanks(std::size_t at) const {
    while (at < text_.size() && is_blank_char(text_[at])) ++at;
    return at;
  }

  Result<void> skip_comment(std::size_t from) {
    position_ = from;
    const std::size_t end = text_.find("#}", from);
    if (end == std::string_view::npos) return end_of_file("#}");
    position_ = end + 2;
    return {};
  }

  // Moves past the string whose mark is at `at`.
  Result<std::size_t> string_end(std::size_t at) {
    const char mark = text_[at];
    std::size_t i = at + 1;
    while (i < text_.size() && text_[i] != mark) i += text_[i] == '\\' ? 2 : 1;
    if (i < text_.size()) return i + 1;
    // No such string here: dbt takes the next one that is whole, if any.
    for (std::size_t other = at + 1; other < text_.size(); ++other) {
      if (text_[other] != '\'' && text_[other] != '"') continue;
      std::size_t end = other + 1;
      while (end < text_.size() && text_[end] != text_[other]) end += text_[end] == '\\' ? 2 : 1;
      if (end < text_.size()) return end + 1;
    }
    position_ = at;
    return end_of_file("string");
  }

  Result<void> skip_expression(std::size_t from) {
    position_ = from;
    std::size_t at = from;
    while (true) {
      const std::size_t found = text_.find_first_of("}'\"", at);
      if (found == std::string_view::npos) return end_of_file("}}");
      if (text_[found] != '}') {
        at = TRY(string_end(found));
        position_ = at;
      } else if (found + 1 < text_.size() && text_[found + 1] == '}') {
        position_ = found + 2;
        return {};
      } else {
        at = found + 1;
      }
    }
  }

  // Past `%}` or `-%}` and the white space after the latter.
  Result<std::size_t> tag_end(std::size_t from) {
    std::size_t at = from;
    while (true) {
      const std::size_t found = text_.find_first_of("%'\"", at);
      if (found == std::string_view::npos) {
        position_ = at;
        return end_of_file("tag close (\"%}\")");
      }
      if (text_[found] != '%') {
        at = TRY(string_end(found));
      } else if (found + 1 < text_.size() && text_[found + 1] == '}') {
        const bool strips = found > from && text_[found - 1] == '-';
        return strips ? skip_blanks(found + 2) : found + 2;
      } else {
        at = found + 1;
      }
    }
  }

  Result<std::size_t> raw_end(std::size_t from) {
    for (std::size_t at = text_.find("{%", from); at != std::string_view::npos;
         at = text_.find("{%", at + 2)) {
      std::size_t i = at + 2;
      if (i < text_.size() && text_[i] == '-') ++i;
      i = skip_blanks(i);
      if (!text_.substr(i).starts_with("endraw")) continue;
      i = skip_blanks(i + 6);
      if (text_.substr(i).starts_with("-%}")) return skip_blanks(i + 3);
      if (text_.substr(i).starts_with("%}")) return i + 2;
    }
    return end_of_file("{% raw %}...{% endraw %}");
  }

  Result<std::optional<Tag>> read_tag(std::size_t mark) {
    Tag tag;
    tag.start = mark;
    std::size_t at = mark + 2;
    if (at < text_.size() && text_[at] == '-') {
      ++at;
      while (tag.start > position_ && is_blank_char(text_[tag.start - 1])) --tag.start;
    }
    at = skip_blanks(at);
    const std::size_t type_start = at;
    if (at >= text_.size() || !is_name_start(text_[at])) return std::optional<Tag>();
    while (at < text_.size() && is_name_char(text_[at])) ++at;
    tag.type = text_.substr(type_start, at - type_start);
    const std::size_t name_start = skip_blanks(at);
    if (name_start > at && name_start < text_.size() && is_name_start(text_[name_start])) {
      std::size_t end = name_start;
      while (end < text_.size() && is_name_char(text_[end])) ++end;
      tag.name = text_.substr(name_start, end - name_start);
      at = end;
    }
    tag.end = tag.type == "raw" ? TRY(raw_end(at)) : TRY(tag_end(at));
    position_ = tag.end;
    return std::optional<Tag>(tag);
  }

  std::string_view text_;
  std::size_t position_ = 0;
};

class BlockCutter {
 public:
  BlockCutter(std::string_view text, const BlockOptions& options)
      : text_(text), options_(options), reader_(text) {}

  Result<std::vector<TopBlock>> run() {
    while (auto tag = TRY(reader_.next())) {
      TRY(follow_control_flow(*tag));
      if (is_allowed(tag->type)) {
        TRY(open(*tag));
      } else if (current_ && tag->type.starts_with("end") &&
                 tag->type.substr(3) == current_->type) {
        close(*tag);
      }
    }
    if (current_) {
      return fail("dbt:MissingCloseTagError",
                  "Reached EOF without finding a close tag for {} (searched from line {})",
                  current_->type, line_of(current_->end));
    }
    add_data(text_.size());
    return std::move(blocks_);
  }

 private:
  bool is_allowed(std::string_view type) const {
    return std::find(options_.allowed.begin(), options_.allowed.end(), type) !=
           options_.allowed.end();
  }

  std::uint32_t line_of(std::size_t offset) {
    line_ += static_cast<std::uint32_t>(
        std::count(text_.begin() + static_cast<std::ptrdiff_t>(line_offset_),
                   text_.begin() + static_cast<std::ptrdiff_t>(offset), '\n'));
    line_offset_ = offset;
    return line_;
  }

  void add_data(std::size_t end) {
    if (!options_.collect_data || end <= last_) return;
    TopBlock block;
    block.type = "__dbt__data";
    block.full = block.contents = text_.substr(last_, end - last_);
    block.line = line_of(last_);
    blocks_.push_back(std::move(block));
    last_ = end;
  }

  Result<void> follow_control_flow(const Tag& tag) {
    if (tag.type == "if" || tag.type == "for") {
      open_flow_.push_back(tag.type);
      return {};
    }
    if (tag.type != "endif" && tag.type != "endfor") return {};
    const std::string_view begin = tag.type.substr(3);
    if (open_flow_.empty()) {
      return fail("dbt:UnexpectedControlFlowEndTagError",
                  "Got an unexpected control flow end tag, got {} but never saw a preceeding {} "
                  "(@ {})",
                  tag.type, begin, reader_.place(tag.start));
    }
    const std::string_view opened = open_flow_.back();
    open_flow_.pop_back();
    if (opened == begin) return {};
    return fail("dbt:MissingControlFlowStartTagError",
                "Got an unexpected control flow end tag, got {} but expected end{} next (@ {})",
                tag.type, opened, reader_.place(tag.start));
  }

  Result<void> open(const Tag& tag) {
    if (!open_flow_.empty()) {
      return fail("dbt:BlockDefinitionNotAtTopError",
                  "Got a block definition inside control flow at {}. All dbt block definitions "
                  "must be at the top level",
                  reader_.place(tag.start));
    }
    if (current_) {
      return fail("dbt:NestedTagsError",
                  "Got nested tags: {} (started at {}) did not have a matching {{{{% end{} %}}}} "
                  "before a subsequent {} was found (started at {})",
                  current_->type, current_->start, current_->type, tag.type, tag.start);
    }
    add_data(tag.start);
    current_ = tag;
    return {};
  }

  void close(const Tag& tag) {
    TopBlock block;
    block.type = current_->type;
    block.name = current_->name;
    block.full = text_.substr(current_->start, tag.end - current_->start);
    block.contents = text_.substr(current_->end, tag.start - current_->end);
    block.line = line_of(current_->start);
    blocks_.push_back(std::move(block));
    last_ = tag.end;
    current_.reset();
  }

  std::string_view text_;
  const BlockOptions& options_;
  TagReader reader_;
  std::vector<std::string_view> open_flow_;
  std::optional<Tag> current_;
  std::size_t last_ = 0;
  std::uint32_t line_ = 1;
  std::size_t line_offset_ = 0;
  std::vector<TopBlock> blocks_;
};

}  // namespace

Result<std::vector<TopBlock>> extract_blocks(std::string_view text, const BlockOptions& options) {
  return BlockCutter(text, options).run();
}

}  // namespace tarn::jinja
