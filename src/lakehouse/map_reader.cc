// SPDX-License-Identifier: Apache-2.0
#include "lakehouse/map_reader.h"

#include <algorithm>

#include "base/text.h"
#include "yaml/load.h"

namespace tarn::lakehouse {
namespace {

std::string_view kind_name(yaml::Kind kind) {
  switch (kind) {
    case yaml::Kind::Null:
      return "nothing";
    case yaml::Kind::Bool:
      return "a boolean";
    case yaml::Kind::Int:
    case yaml::Kind::Float:
      return "a number";
    case yaml::Kind::Map:
      return "a map";
    case yaml::Kind::List:
    case yaml::Kind::Set:
    case yaml::Kind::Pair:
      return "a list";
    default:
      return "a text";
  }
}

bool is_scalar(yaml::Kind kind) {
  return kind != yaml::Kind::Map && kind != yaml::Kind::List && kind != yaml::Kind::Set &&
         kind != yaml::Kind::Pair && kind != yaml::Kind::Bytes;
}

std::string blank_line(std::string_view line) {
  const std::string lower = to_lower(line);
  std::size_t first = std::string::npos;
  for (const std::string_view word : {"secret", "passw", "token", "access_key"}) {
    first = std::min(first, lower.find(word));
  }
  if (first == std::string::npos) return mask_secrets(line);
  const std::size_t colon = lower.find(':', first);
  if (colon == std::string::npos) return mask_secrets(line);
  if (trim(line.substr(colon + 1)).empty()) return std::string(line);
  return std::string(line.substr(0, colon)) + ": ***";
}

}  // namespace

std::string blank_secrets(std::string_view text) {
  std::string out;
  bool hides_block = false;  // the value of a secret goes on in the next lines
  std::size_t block_indent = 0;
  for (const std::string_view line : split(text, '\n')) {
    const std::size_t indent = line.size() - trim_left(line).size();
    if (hides_block && (indent > block_indent || trim(line).empty())) {
      out += std::string(indent, ' ') + "***\n";
      continue;
    }
    const std::string shown = blank_line(line);
    hides_block = shown.ends_with(": ***") || trim_right(shown).ends_with(':');
    if (trim_right(shown).ends_with(':')) {
      const std::string lower = to_lower(line);
      hides_block = lower.find("secret") != std::string::npos ||
                    lower.find("passw") != std::string::npos ||
                    lower.find("token") != std::string::npos;
    }
    block_indent = indent;
    out += shown + '\n';
  }
  return out;
}

FindingSink::FindingSink(std::string_view text, const ConfigSource& source)
    : shown_text_(blank_secrets(text)), source_(source) {}

void FindingSink::error_at(std::uint32_t line, std::uint32_t column, std::string code,
                           std::string message, std::string hint) {
  const TextSpan span = yaml::span_at(shown_text_, line, column);
  findings_.push_back({.code = std::move(code),
                       .message = std::move(message),
                       .file = source_.file,
                       .where = TextSpan{span.offset, span.length, line, column},
                       .excerpt = excerpt(shown_text_, span),
                       .hint = std::move(hint)});
}

void FindingSink::error(const yaml::Value& at, std::string code, std::string message,
                        std::string hint) {
  error_at(at.line, at.column, std::move(code), std::move(message), std::move(hint));
}

std::optional<std::string> FindingSink::scalar(const yaml::Value& value, std::string_view key) {
  if (!is_scalar(value.kind)) {
    error(value, "wrong-type",
          fmt::format("`{}` must be a text, not {}", key, kind_name(value.kind)));
    return std::nullopt;
  }
  if (value.kind == yaml::Kind::Null) return std::string();
  if (value.kind == yaml::Kind::Bool) return std::string(value.boolean ? "true" : "false");
  if (!value.is_text()) return yaml::to_python_text(value);
  auto text = substitute_variables(value.text, source_.environment);
  if (text) return std::move(*text);
  const bool is_missing = text.error().code == ErrorCode::NotFound;
  error(value, is_missing ? kMissingVariable : "bad-variable",
        fmt::format("`{}`: {}", key, text.error().message),
        is_missing ? "set it, or give a default as in `${NAME:-default}`" : "");
  return std::nullopt;
}

std::string MapReader::key_path(std::string_view key) const {
  return path_.empty() ? std::string(key) : path_ + '.' + std::string(key);
}

bool MapReader::check_is_map() {
  if (map_.is_map()) return true;
  sink_.error(map_, "wrong-type",
              fmt::format("{} must be a map, not {}",
                          path_.empty() ? "the file" : '`' + path_ + '`', kind_name(map_.kind)));
  return false;
}

const yaml::Value* MapReader::value(std::string_view key) {
  known_.emplace_back(key);
  return map_.find(key);
}

std::optional<std::string> MapReader::text(std::string_view key) {
  const yaml::Value* found = value(key);
  if (found == nullptr || found->is_null()) return std::nullopt;
  auto text = sink_.scalar(*found, key_path(key));
  has_unset_ = has_unset_ || !text;
  return text;
}

std::string MapReader::required_text(std::string_view key) {
  const yaml::Value* found = value(key);
  if (found == nullptr || found->is_null()) {
    sink_.error(found != nullptr ? *found : map_, "missing-key",
                fmt::format("`{}` is missing", key_path(key)));
    return "";
  }
  const auto text = sink_.scalar(*found, key_path(key));
  has_unset_ = has_unset_ || !text;
  if (text && text->empty()) {
    sink_.error(*found, "missing-key", fmt::format("`{}` is empty", key_path(key)));
  }
  return text.value_or("");
}

std::optional<std::int64_t> MapReader::integer(std::string_view key, std::int64_t low,
                                               std::int64_t high) {
  const auto words = text(key);
  if (!words) return std::nullopt;
  const auto number = parse_int64(*words);
  if (number && *number >= low && *number <= high) return number;
  sink_.error(*map_.find(key), "wrong-type",
              fmt::format("`{}` must be a whole number from {} to {}", key_path(key), low, high));
  return std::nullopt;
}

std::optional<bool> MapReader::boolean(std::string_view key) {
  const auto words = text(key);
  if (!words) return std::nullopt;
  for (const std::string_view yes : {"true", "yes", "on"}) {
    if (equals_ignore_case(*words, yes)) return true;
  }
  for (const std::string_view no : {"false", "no", "off"}) {
    if (equals_ignore_case(*words, no)) return false;
  }
  sink_.error(*map_.find(key), "wrong-type",
              fmt::format("`{}` must be true or false", key_path(key)));
  return std::nullopt;
}

void MapReader::finish() {
  for (const yaml::Entry& entry : map_.entries) {
    const std::string key =
        entry.key->is_text() ? std::string(entry.key->text) : yaml::to_python_text(*entry.key);
    if (std::find(known_.begin(), known_.end(), key) != known_.end()) continue;
    const auto near = nearest_name(key, known_);
    std::sort(known_.begin(), known_.end());
    sink_.error(
        *entry.key, "unknown-key", fmt::format("unknown key `{}`", key_path(key)),
        near ? fmt::format("did you mean `{}`?", *near) : "possible here: " + join(known_, ", "));
  }
}

}  // namespace tarn::lakehouse
