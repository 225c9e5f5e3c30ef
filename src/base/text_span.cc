// SPDX-License-Identifier: Apache-2.0
#include "base/text_span.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"

namespace tarn {

namespace {

constexpr std::size_t kExcerptColumnsMax = 100;
constexpr std::size_t kExcerptColumnsBefore = 40;

// One line for display: every control character becomes a space.
std::string printable(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) c = ' ';
  }
  return out;
}

}  // namespace

TextSpan make_text_span(std::string_view text, std::size_t offset, std::size_t length) {
  offset = std::min(offset, text.size());
  length = std::min(length, text.size() - offset);
  const auto before = text.substr(0, offset);
  const auto line_start = before.rfind('\n');
  const auto in_line =
      line_start == std::string_view::npos ? before : before.substr(line_start + 1);
  TextSpan span;
  span.offset = static_cast<std::uint32_t>(offset);
  span.length = static_cast<std::uint32_t>(length);
  span.line = static_cast<std::uint32_t>(1 + std::count(before.begin(), before.end(), '\n'));
  span.column = static_cast<std::uint32_t>(1 + count_code_points(in_line));
  return span;
}

TextSpan cover(const TextSpan& first, const TextSpan& last) {
  TextSpan span = first.offset <= last.offset ? first : last;
  span.length = std::max(first.end(), last.end()) - span.offset;
  return span;
}

std::string excerpt(std::string_view text, const TextSpan& span) {
  const std::size_t offset = std::min<std::size_t>(span.offset, text.size());
  const auto before = text.substr(0, offset).rfind('\n');
  const std::size_t start = before == std::string_view::npos ? 0 : before + 1;
  const std::size_t stop = std::min(text.find('\n', offset), text.size());
  std::string_view left = text.substr(start, offset - start);
  std::string_view marked = text.substr(offset, std::min<std::size_t>(span.length, stop - offset));
  std::string_view right = text.substr(offset + marked.size(), stop - offset - marked.size());
  if (right.ends_with('\r')) right.remove_suffix(1);

  std::string prefix;
  std::string suffix;
  const std::size_t left_count = count_code_points(left);
  if (left_count + count_code_points(marked) + count_code_points(right) > kExcerptColumnsMax) {
    if (left_count > kExcerptColumnsBefore) {
      left.remove_prefix(utf8_prefix(left, left_count - kExcerptColumnsBefore).size());
      prefix = "...";
    }
    const std::size_t used = count_code_points(left);
    marked = utf8_prefix(marked, kExcerptColumnsMax - used);
    right = text.substr(static_cast<std::size_t>(marked.data() - text.data()) + marked.size());
    right = right.substr(0, std::min(right.find('\n'), right.size()));
    if (right.ends_with('\r')) right.remove_suffix(1);
    const auto shown = utf8_prefix(right, kExcerptColumnsMax - used - count_code_points(marked));
    if (shown.size() < right.size()) suffix = "...";
    right = shown;
  }
  const std::string number = fmt::format("{}", span.line);
  const std::size_t carets = std::max<std::size_t>(1, display_width(printable(marked)));
  return fmt::format("     {} | {}{}{}{}{}\n     {:{}} | {:{}}{:^>{}}\n", number, prefix,
                     printable(left), printable(marked), printable(right), suffix, "",
                     number.size(), "", prefix.size() + display_width(printable(left)), "", carets);
}

}  // namespace tarn
