// SPDX-License-Identifier: Apache-2.0
// Methods of str.
#include "base/text.h"

#include <algorithm>
#include <unordered_map>

#include "jinja/methods.h"
#include "jinja/methods/text_layout.h"
#include "jinja/unicode.h"

namespace tarn::jinja {

namespace {

template <std::string (*map)(std::string_view)>
Result<Value> mapped_text(Runtime& runtime, const Value& self, const Arguments& arguments) {
  if (!arguments.positional.empty() || !arguments.named.empty()) {
    return type_error("str method takes no arguments ({} given)",
                      arguments.positional.size() + arguments.named.size());
  }
  TRY(runtime.charge(self.text().size() / 16));
  return text_like(self, map(self.text()));
}

template <bool (*test)(char32_t)>
Result<Value> all_are(Runtime&, const Value& self, const Arguments& arguments) {
  TRY(expect_arguments("str.is…", arguments, 0, 0));
  const std::string_view text = self.text();
  std::size_t offset = 0;
  while (offset < text.size()) {
    if (!test(next_code_point(text, offset))) return Value(false);
  }
  return Value(!text.empty());
}

bool is_alphanumeric(char32_t c) { return is_alpha(c) || is_numeric(c) || is_digit(c); }
bool is_ascii_point(char32_t c) { return c < 0x80; }

Result<Value> is_ascii(Runtime& runtime, const Value& self, const Arguments& arguments) {
  if (self.text().empty()) return Value(true);
  return all_are<is_ascii_point>(runtime, self, arguments);
}

Result<Value> is_printable_text(Runtime& runtime, const Value& self, const Arguments& arguments) {
  if (self.text().empty()) return Value(true);
  return all_are<is_printable>(runtime, self, arguments);
}

Result<Value> is_identifier_text(Runtime&, const Value& self, const Arguments& arguments) {
  TRY(expect_arguments("str.isidentifier", arguments, 0, 0));
  return Value(is_identifier(self.text()));
}

// isupper and islower: at least one cased character, and none of the other case.
template <bool (*wanted)(char32_t), bool (*refused)(char32_t)>
Result<Value> is_cased_as(Runtime&, const Value& self, const Arguments& arguments) {
  TRY(expect_arguments("str.is…", arguments, 0, 0));
  std::size_t offset = 0;
  bool found = false;
  while (offset < self.text().size()) {
    const char32_t c = next_code_point(self.text(), offset);
    if (refused(c) || is_title(c)) return Value(false);
    found = found || wanted(c);
  }
  return Value(found);
}

Result<Value> is_title_text(Runtime&, const Value& self, const Arguments& arguments) {
  TRY(expect_arguments("str.istitle", arguments, 0, 0));
  std::size_t offset = 0;
  bool in_word = false;
  bool found = false;
  while (offset < self.text().size()) {
    const char32_t c = next_code_point(self.text(), offset);
    if (is_upper(c) || is_title(c)) {
      if (in_word) return Value(false);
      in_word = found = true;
    } else if (is_lower(c)) {
      if (!in_word) return Value(false);
      found = true;
    } else {
      in_word = false;
    }
  }
  return Value(found);
}

Result<Value> strip(const Value& self, const Arguments& arguments, bool left, bool right) {
  TRY(expect_arguments("strip", arguments, 0, 1));
  std::string_view text = self.text();
  if (arguments.positional.empty() || arguments.positional[0].is_none()) {
    return text_like(self, strip_spaces(text, left, right));
  }
  if (!arguments.positional[0].is_text()) return type_error("strip arg must be None or str");
  const std::string chars = argument_text(self, arguments.positional[0]);
  const auto is_listed = [&chars](std::string_view point) {
    std::size_t offset = 0;
    while (offset < chars.size()) {
      const std::size_t start = offset;
      next_code_point(chars, offset);
      if (std::string_view(chars).substr(start, offset - start) == point) return true;
    }
    return false;
  };
  while (left && !text.empty()) {
    std::size_t end = 0;
    next_code_point(text, end);
    if (!is_listed(text.substr(0, end))) break;
    text.remove_prefix(end);
  }
  while (right && !text.empty()) {
    std::size_t start = text.size() - 1;
    while (start > 0 && (text[start] & 0xC0) == 0x80) --start;
    if (!is_listed(text.substr(start))) break;
    text.remove_suffix(text.size() - start);
  }
  return text_like(self, text);
}

Result<Value> strip_both(Runtime&, const Value& self, const Arguments& arguments) {
  return strip(self, arguments, true, true);
}
Result<Value> strip_left(Runtime&, const Value& self, const Arguments& arguments) {
  return strip(self, arguments, true, false);
}
Result<Value> strip_right(Runtime&, const Value& self, const Arguments& arguments) {
  return strip(self, arguments, false, true);
}

std::vector<std::string_view> split_spaces(std::string_view text, std::int64_t limit,
                                           bool from_right) {
  std::vector<std::string_view> parts;
  while (true) {
    text = strip_spaces(text, !from_right, from_right);
    if (text.empty()) break;
    if (limit >= 0 && static_cast<std::int64_t>(parts.size()) >= limit) {
      parts.push_back(strip_spaces(text, from_right, false));
      break;
    }
    if (from_right) {
      std::size_t start = text.size();
      while (start > 0) {
        std::size_t before = start - 1;
        while (before > 0 && (text[before] & 0xC0) == 0x80) --before;
        std::size_t offset = before;
        if (is_space(next_code_point(text, offset))) break;
        start = before;
      }
      parts.push_back(text.substr(start));
      text = text.substr(0, start);
    } else {
      std::size_t end = 0;
      while (end < text.size()) {
        std::size_t next = end;
        if (is_space(next_code_point(text, next))) break;
        end = next;
      }
      parts.push_back(text.substr(0, end));
      text.remove_prefix(end);
    }
  }
  if (from_right) std::reverse(parts.begin(), parts.end());
  return parts;
}

std::vector<std::string_view> split_by(std::string_view text, std::string_view separator,
                                       std::int64_t limit, bool from_right) {
  std::vector<std::string_view> parts;
  while (limit < 0 || static_cast<std::int64_t>(parts.size()) < limit) {
    const std::size_t at = from_right ? text.rfind(separator) : text.find(separator);
    if (at == std::string_view::npos) break;
    if (from_right) {
      parts.push_back(text.substr(at + separator.size()));
      text = text.substr(0, at);
    } else {
      parts.push_back(text.substr(0, at));
      text.remove_prefix(at + separator.size());
    }
  }
  parts.push_back(text);
  if (from_right) std::reverse(parts.begin(), parts.end());
  return parts;
}

Result<Value> split_text(Runtime& runtime, const Value& self, const Arguments& arguments,
                         bool from_right) {
  static const Signature kSignature("split", {{"sep", Value::none()}, {"maxsplit", Value(-1)}});
  const auto values = TRY(kSignature.bind(arguments));
  const std::int64_t limit = TRY(int_argument(values[1]));
  TRY(runtime.charge(self.text().size() / 4));
  std::vector<std::string_view> parts;
  std::string separator;
  if (values[0].is_none()) {
    parts = split_spaces(self.text(), limit, from_right);
  } else {
    if (!values[0].is_text()) {
      return type_error("must be str or None, not {}", type_name(values[0]));
    }
    separator = argument_text(self, values[0]);
    if (separator.empty()) return value_error("empty separator");
    parts = split_by(self.text(), separator, limit, from_right);
  }
  std::vector<Value> items;
  items.reserve(parts.size());
  for (const auto& part : parts) items.push_back(text_like(self, part));
  return Value::list(std::move(items));
}

Result<Value> split(Runtime& runtime, const Value& self, const Arguments& arguments) {
  return split_text(runtime, self, arguments, false);
}
Result<Value> rsplit(Runtime& runtime, const Value& self, const Arguments& arguments) {
  return split_text(runtime, self, arguments, true);
}

Result<Value> splitlines(Runtime& runtime, const Value& self, const Arguments& arguments) {
  static const Signature kSignature("splitlines", {{"keepends", Value(false)}});
  const auto values = TRY(kSignature.bind(arguments));
  const bool keep = TRY(truth(runtime, values[0]));
  std::vector<Value> lines;
  const std::string_view text = self.text();
  std::size_t start = 0;
  std::size_t offset = 0;
  while (offset < text.size()) {
    const std::size_t at = offset;
    const char32_t c = next_code_point(text, offset);
    const bool breaks = c == '\n' || c == '\r' || c == 0x0B || c == 0x0C ||
                        (c >= 0x1C && c <= 0x1E) || c == 0x85 || c == 0x2028 || c == 0x2029;
    if (!breaks) continue;
    if (c == '\r' && offset < text.size() && text[offset] == '\n') ++offset;
    lines.push_back(text_like(self, text.substr(start, (keep ? offset : at) - start)));
    start = offset;
  }
  if (start < text.size()) lines.push_back(text_like(self, text.substr(start)));
  TRY(runtime.charge(lines.size()));
  return Value::list(std::move(lines));
}

// The part of a text that optional start and end arguments name, and where it begins.
struct Window {
  std::string_view text;
  std::size_t first_point = 0;
  bool valid = true;
};

Result<Window> window_of(const Value& self, const Arguments& arguments) {
  const auto part = [&](std::size_t index) {
    return arguments.positional.size() > index ? arguments.positional[index] : Value::none();
  };
  const std::size_t size = self.text_object().code_points();
  const Value start = part(1);
  const Value stop = part(2);
  Window window{self.text()};
  if (start.is_none() && stop.is_none()) return window;
  const auto range = TRY(slice_range(size, start, stop, Value::none()));
  window.first_point = static_cast<std::size_t>(range.start);
  window.valid = !(start.is_int64() && start.as_int() > static_cast<std::int64_t>(size));
  const std::size_t begin = offset_of_code_point(window.text, window.first_point);
  window.text = window.text.substr(begin);
  window.text = window.text.substr(
      0, offset_of_code_point(window.text, static_cast<std::size_t>(range.count)));
  return window;
}

Result<std::int64_t> find_in(const Value& self, const Arguments& arguments,
                             std::string_view function, bool from_right) {
  TRY(expect_arguments(function, arguments, 1, 3));
  if (!arguments.positional[0].is_text()) {
    return type_error("must be str, not {}", type_name(arguments.positional[0]));
  }
  const std::string_view wanted = arguments.positional[0].text();
  const auto window = TRY(window_of(self, arguments));
  if (!window.valid) return -1;
  const std::size_t at = from_right ? window.text.rfind(wanted) : window.text.find(wanted);
  if (at == std::string_view::npos) return -1;
  return static_cast<std::int64_t>(window.first_point +
                                   count_code_points(window.text.substr(0, at)));
}

Result<Value> find(Runtime&, const Value& self, const Arguments& arguments) {
  return Value(TRY(find_in(self, arguments, "find", false)));
}
Result<Value> rfind(Runtime&, const Value& self, const Arguments& arguments) {
  return Value(TRY(find_in(self, arguments, "rfind", true)));
}
Result<Value> index(Runtime&, const Value& self, const Arguments& arguments) {
  const auto at = TRY(find_in(self, arguments, "index", false));
  if (at < 0) return value_error("substring not found");
  return Value(at);
}
Result<Value> rindex(Runtime&, const Value& self, const Arguments& arguments) {
  const auto at = TRY(find_in(self, arguments, "rindex", true));
  if (at < 0) return value_error("substring not found");
  return Value(at);
}

Result<Value> text_count(Runtime&, const Value& self, const Arguments& arguments) {
  TRY(expect_arguments("count", arguments, 1, 3));
  if (!arguments.positional[0].is_text()) {
    return type_error("must be str, not {}", type_name(arguments.positional[0]));
  }
  const std::string_view wanted = arguments.positional[0].text();
  const auto window = TRY(window_of(self, arguments));
  if (!window.valid) return Value(0);
  if (wanted.empty()) return Value(count_code_points(window.text) + 1);
  std::int64_t found = 0;
  for (std::size_t at = window.text.find(wanted); at != std::string_view::npos;
       at = window.text.find(wanted, at + wanted.size())) {
    ++found;
  }
  return Value(found);
}

Result<Value> affix(const Value& self, const Arguments& arguments, std::string_view function,
                    bool at_start) {
  TRY(expect_arguments(function, arguments, 1, 3));
  const auto window = TRY(window_of(self, arguments));
  const auto matches = [&](const Value& wanted) {
    return window.valid && (at_start ? window.text.starts_with(wanted.text())
                                     : window.text.ends_with(wanted.text()));
  };
  const Value& wanted = arguments.positional[0];
  if (wanted.is_text()) return Value(matches(wanted));
  if (!wanted.is_tuple()) {
    return type_error("{} first arg must be str or a tuple of str, not {}", function,
                      type_name(wanted));
  }
  for (const auto& item : wanted.items()) {
    if (!item.is_text()) {
      return type_error("tuple for {} must only contain str, not {}", function, type_name(item));
    }
    if (matches(item)) return Value(true);
  }
  return Value(false);
}

Result<Value> startswith(Runtime&, const Value& self, const Arguments& arguments) {
  return affix(self, arguments, "startswith", true);
}
Result<Value> endswith(Runtime&, const Value& self, const Arguments& arguments) {
  return affix(self, arguments, "endswith", false);
}

Result<Value> text_replace(Runtime& runtime, const Value& self, const Arguments& arguments) {
  TRY(expect_arguments("replace", arguments, 2, 3));
  TRY(text_argument(arguments.positional[0], "replace", 1));
  TRY(text_argument(arguments.positional[1], "replace", 2));
  std::int64_t limit =
      arguments.positional.size() > 2 ? TRY(int_argument(arguments.positional[2])) : -1;
  const std::string from = argument_text(self, arguments.positional[0]);
  const std::string to = argument_text(self, arguments.positional[1]);
  const std::string_view text = self.text();
  std::string out;
  std::size_t position = 0;
  while (limit != 0) {
    TRY(runtime.charge(1));
    if (from.empty()) {
      out += to;
      if (position >= text.size()) break;
      const std::size_t start = position;
      next_code_point(text, position);
      out += text.substr(start, position - start);
    } else {
      const std::size_t at = text.find(from, position);
      if (at == std::string_view::npos) break;
      out += text.substr(position, at - position);
      out += to;
      position = at + from.size();
    }
    TRY(check_size(runtime, out.size()));
    --limit;
  }
  if (position < text.size()) out += text.substr(position);
  return text_like(self, out);
}

Result<Value> text_join(Runtime& runtime, const Value& self, const Arguments& arguments) {
  TRY(expect_arguments("join", arguments, 1, 1));
  auto iteration = Iteration::over(runtime, arguments.positional[0]);
  if (!iteration) {
    if (iteration.error().kind != kTypeError) return std::move(iteration).error();
    return type_error("can only join an iterable");
  }
  std::string out;
  Value item;
  for (std::size_t i = 0; TRY(iteration->next(runtime, item)); ++i) {
    if (i > 0) out += self.text();
    if (self.is_markup()) {
      out += TRY(escape_value(runtime, item));
    } else if (!item.is_text()) {
      return type_error("sequence item {}: expected str instance, {} found", i, type_name(item));
    } else {
      out += item.text();
    }
    TRY(check_size(runtime, out.size()));
  }
  return text_like(self, out);
}

Result<Value> text_format(Runtime& runtime, const Value& self, const Arguments& arguments) {
  return format_braces(runtime, self, arguments);
}

Result<Value> format_map(Runtime& runtime, const Value& self, const Arguments& arguments) {
  TRY(expect_arguments("format_map", arguments, 1, 1));
  if (!arguments.positional[0].is_dict()) {
    return type_error("format_map() takes a mapping, not {}", type_name(arguments.positional[0]));
  }
  std::vector<NamedArgument> named;
  for (const auto& entry : arguments.positional[0].dict_items().entries()) {
    if (entry.live && entry.key.is_text()) named.push_back({entry.key.text(), entry.value});
  }
  return format_braces(runtime, self, {{}, named});
}

Result<Value> encode(Runtime&, const Value&, const Arguments&) {
  return unsupported("bytes in templates (str.encode)");
}

Result<Value> text_translate(Runtime& runtime, const Value& self, const Arguments& arguments) {
  TRY(expect_arguments("translate", arguments, 1, 1));
  std::string out;
  std::size_t offset = 0;
  const std::string_view text = self.text();
  while (offset < text.size()) {
    const std::size_t start = offset;
    const char32_t c = next_code_point(text, offset);
    const Value key(static_cast<std::int64_t>(c));
    const Value mapped_value = TRY(get_item(runtime, arguments.positional[0], key));
    if (mapped_value.is_undefined()) {
      out += text.substr(start, offset - start);
    } else if (mapped_value.is_text()) {
      out += mapped_value.text();
    } else if (mapped_value.is_int64()) {
      append_utf8(out, static_cast<char32_t>(mapped_value.as_int()));
    } else if (!mapped_value.is_none()) {
      return type_error("character mapping must return integer, None or str");
    }
  }
  return text_like(self, out);
}

}  // namespace

Method find_text_method(std::string_view name) {
  static const std::unordered_map<std::string_view, Method> kMethods = {
      {"capitalize", mapped_text<capitalize_text>},
      {"casefold", mapped_text<casefold_text>},
      {"center", text_center},
      {"count", text_count},
      {"encode", encode},
      {"endswith", endswith},
      {"expandtabs", text_expandtabs},
      {"find", find},
      {"format", text_format},
      {"format_map", format_map},
      {"index", index},
      {"isalnum", all_are<is_alphanumeric>},
      {"isalpha", all_are<is_alpha>},
      {"isascii", is_ascii},
      {"isdecimal", all_are<is_decimal>},
      {"isdigit", all_are<is_digit>},
      {"isidentifier", is_identifier_text},
      {"islower", is_cased_as<is_lower, is_upper>},
      {"isnumeric", all_are<is_numeric>},
      {"isprintable", is_printable_text},
      {"isspace", all_are<is_space>},
      {"istitle", is_title_text},
      {"isupper", is_cased_as<is_upper, is_lower>},
      {"join", text_join},
      {"ljust", text_ljust},
      {"lower", mapped_text<lower_text>},
      {"lstrip", strip_left},
      {"partition", text_partition},
      {"removeprefix", text_removeprefix},
      {"removesuffix", text_removesuffix},
      {"replace", text_replace},
      {"rfind", rfind},
      {"rindex", rindex},
      {"rjust", text_rjust},
      {"rpartition", text_rpartition},
      {"rsplit", rsplit},
      {"rstrip", strip_right},
      {"split", split},
      {"splitlines", splitlines},
      {"startswith", startswith},
      {"strip", strip_both},
      {"swapcase", mapped_text<swap_case_text>},
      {"title", mapped_text<title_text>},
      {"translate", text_translate},
      {"upper", mapped_text<upper_text>},
      {"zfill", text_zfill},
  };
  const auto found = kMethods.find(name);
  return found == kMethods.end() ? nullptr : found->second;
}

}  // namespace tarn::jinja
