// SPDX-License-Identifier: Apache-2.0
#include "functions/like.h"

#include "base/text.h"
#include "functions/lists.h"
#include "functions/text_padding.h"
#include "functions/typed_call.h"

namespace tarn::functions {

Result<LikeMatcher> LikeMatcher::parse(std::string_view pattern,
                                       std::optional<std::string_view> escape) {
  if (escape && count_code_points(*escape) != 1) {
    return invalid_argument("Escape string must be a single character");
  }
  const std::string_view mark = escape.value_or("");
  LikeMatcher matcher;
  matcher.pieces_.emplace_back();
  for (std::size_t at = 0; at < pattern.size();) {
    const std::size_t begin = at;
    Piece& piece = matcher.pieces_.back();
    if (escape && pattern.substr(at).starts_with(mark)) {
      at += mark.size();
      const std::string_view rest = pattern.substr(at);
      if (!rest.starts_with('%') && !rest.starts_with('_') && !rest.starts_with(mark)) {
        return invalid_argument(
            "Escape character must be followed by '%', '_' or the escape character itself");
      }
      const std::size_t size = rest.starts_with(mark) ? mark.size() : 1;
      piece.text += rest.substr(0, size);
      at += size;
    } else if (pattern[at] == '%') {
      ++at;
      const bool repeated = matcher.pieces_.size() > 1 && piece.text.empty();
      if (!repeated) matcher.pieces_.emplace_back();
    } else if (pattern[at] == '_') {
      piece.free.push_back(piece.text.size());
      piece.text += '_';
      ++at;
    } else {
      next_code_point(pattern, at);
      piece.text += pattern.substr(begin, at - begin);
    }
  }
  return matcher;
}

std::size_t LikeMatcher::match_at(const Piece& piece, std::string_view text, std::size_t at) {
  std::size_t from = 0;
  for (std::size_t i = 0; i <= piece.free.size(); ++i) {
    const std::size_t to = i < piece.free.size() ? piece.free[i] : piece.text.size();
    const std::size_t size = to - from;
    if (text.size() - at < size || text.compare(at, size, piece.text, from, size) != 0) {
      return std::string_view::npos;
    }
    at += size;
    if (i == piece.free.size()) break;
    if (at >= text.size()) return std::string_view::npos;
    next_code_point(text, at);
    from = to + 1;
  }
  return at;
}

// The first place at or behind `from` where the piece fits.
std::size_t LikeMatcher::find_from(const Piece& piece, std::string_view text, std::size_t from,
                                   std::size_t& end) {
  if (piece.free.empty()) {
    const std::size_t found = text.find(piece.text, from);
    end = found + piece.text.size();
    return found;
  }
  while (true) {
    end = match_at(piece, text, from);
    if (end != std::string_view::npos) return from;
    if (from >= text.size()) return std::string_view::npos;
    next_code_point(text, from);
  }
}

bool LikeMatcher::match_end(const Piece& piece, std::string_view text, std::size_t from) {
  if (piece.free.empty()) {
    return text.size() - from >= piece.text.size() && text.ends_with(piece.text);
  }
  // As many characters from the end as the piece has.
  std::size_t begin = text.size();
  for (std::size_t left = count_code_points(piece.text); left > 0; --left) {
    if (begin <= from) return false;
    --begin;
    while (begin > from && (static_cast<unsigned char>(text[begin]) & 0xC0) == 0x80) --begin;
  }
  return match_at(piece, text, begin) == text.size();
}

bool LikeMatcher::matches(std::string_view text) const {
  std::size_t at = match_at(pieces_.front(), text, 0);
  if (pieces_.size() == 1) return at == text.size();
  if (at == std::string_view::npos) return false;
  for (std::size_t i = 1; i + 1 < pieces_.size(); ++i) {
    std::size_t end = 0;
    if (find_from(pieces_[i], text, at, end) == std::string_view::npos) return false;
    at = end;
  }
  return match_end(pieces_.back(), text, at);
}

namespace {

using types::Value;
using enum types::TypeKind;

// The matcher of the thread's last pattern, which most often is a constant of the statement.
Result<const LikeMatcher*> find_matcher(Arguments values) {
  struct Known {
    std::string pattern;
    std::optional<std::string> escape;
    LikeMatcher matcher;
  };
  thread_local std::optional<Known> known;
  const std::string& pattern = values[1].as_text();
  const std::string* escape = values.size() > 2 ? &values[2].as_text() : nullptr;
  if (known && known->pattern == pattern && known->escape.has_value() == (escape != nullptr) &&
      (escape == nullptr || *known->escape == *escape)) {
    return &known->matcher;
  }
  std::optional<std::string_view> mark;
  if (escape != nullptr) mark = *escape;
  LikeMatcher matcher = TRY(LikeMatcher::parse(pattern, mark));
  known = Known{pattern, {}, std::move(matcher)};
  if (escape != nullptr) known->escape = *escape;
  return &known->matcher;
}

// $like(text, pattern[, escape]).
BoundFunction bind_like(const CallSignature& signature) {
  const auto& arguments = signature.arguments;
  if (arguments.size() < 2 || arguments.size() > 3) return {};
  if (!arguments[1].is(Varchar) && !arguments[1].is(LikePattern)) return {};
  if (arguments.size() == 3 && !arguments[2].is(Varchar)) return {};
  if (arguments[0].is(Varchar)) {
    return {.call = [](Arguments values) -> Result<Value> {
      return Value(TRY(find_matcher(values))->matches(values[0].as_text()));
    }};
  }
  if (!arguments[0].is(Char)) return {};
  return {.call = [length = arguments[0].precision](Arguments values) -> Result<Value> {
    return Value(TRY(find_matcher(values))->matches(padded(values[0].as_text(), length)));
  }};
}

constexpr FunctionEntry kLikeFunctions[] = {{"$like", bind_like}};

}  // namespace

FunctionList like_functions() { return kLikeFunctions; }

}  // namespace tarn::functions
