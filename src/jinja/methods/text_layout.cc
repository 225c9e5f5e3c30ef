// SPDX-License-Identifier: Apache-2.0
#include "jinja/methods/text_layout.h"

namespace tarn::jinja {

Value text_like(const Value& self, std::string_view text) {
  return Value(text, self.is_markup() ? Flavor::Markup : Flavor::Plain);
}

// An argument of a method of Markup is escaped first.
std::string argument_text(const Value& self, const Value& argument) {
  if (self.is_markup() && !argument.is_markup()) return escape_html(argument.text());
  return std::string(argument.text());
}

namespace {

enum class Side { Left, Right, Center };

Result<Value> justify(Runtime& runtime, const Value& self, const Arguments& arguments,
                      std::string_view function, Side side) {
  TRY(expect_arguments(function, arguments, 1, 2));
  const std::int64_t width = TRY(int_argument(arguments.positional[0]));
  std::string fill = " ";
  if (arguments.positional.size() > 1) {
    if (!arguments.positional[1].is_text() ||
        arguments.positional[1].text_object().code_points() != 1) {
      return type_error("The fill character must be exactly one character long");
    }
    fill = argument_text(self, arguments.positional[1]);
  }
  const auto size = static_cast<std::int64_t>(self.text_object().code_points());
  if (width <= size) return self;
  TRY(check_size(runtime, static_cast<std::size_t>(width)));
  TRY(runtime.charge(static_cast<std::uint64_t>(width) / 64));
  const std::int64_t missing = width - size;
  std::int64_t left = side == Side::Right ? missing : 0;
  // Python puts the odd blank of center() to the left if the width is odd.
  if (side == Side::Center) left = missing / 2 + (missing & width & 1);
  std::string out;
  for (std::int64_t i = 0; i < left; ++i) out += fill;
  out += self.text();
  for (std::int64_t i = left; i < missing; ++i) out += fill;
  return text_like(self, out);
}

Result<Value> partition_at(const Value& self, const Arguments& arguments, std::string_view function,
                           bool last) {
  TRY(expect_arguments(function, arguments, 1, 1));
  if (!arguments.positional[0].is_text()) {
    return type_error("must be str, not {}", type_name(arguments.positional[0]));
  }
  const std::string separator = argument_text(self, arguments.positional[0]);
  if (separator.empty()) return value_error("empty separator");
  const std::string_view text = self.text();
  const std::size_t at = last ? text.rfind(separator) : text.find(separator);
  if (at == std::string_view::npos) {
    if (last) return Value::tuple({text_like(self, ""), text_like(self, ""), self});
    return Value::tuple({self, text_like(self, ""), text_like(self, "")});
  }
  return Value::tuple({text_like(self, text.substr(0, at)), text_like(self, separator),
                       text_like(self, text.substr(at + separator.size()))});
}

}  // namespace

Result<Value> text_center(Runtime& runtime, const Value& self, const Arguments& arguments) {
  return justify(runtime, self, arguments, "center", Side::Center);
}
Result<Value> text_ljust(Runtime& runtime, const Value& self, const Arguments& arguments) {
  return justify(runtime, self, arguments, "ljust", Side::Left);
}
Result<Value> text_rjust(Runtime& runtime, const Value& self, const Arguments& arguments) {
  return justify(runtime, self, arguments, "rjust", Side::Right);
}

Result<Value> text_zfill(Runtime& runtime, const Value& self, const Arguments& arguments) {
  TRY(expect_arguments("zfill", arguments, 1, 1));
  const std::int64_t width = TRY(int_argument(arguments.positional[0]));
  const auto size = static_cast<std::int64_t>(self.text_object().code_points());
  if (width <= size) return self;
  TRY(check_size(runtime, static_cast<std::size_t>(width)));
  const bool sign = self.text().starts_with('-') || self.text().starts_with('+');
  std::string out(self.text().substr(0, sign ? 1 : 0));
  out.append(static_cast<std::size_t>(width - size), '0');
  out += self.text().substr(sign ? 1 : 0);
  return text_like(self, out);
}

Result<Value> text_expandtabs(Runtime& runtime, const Value& self, const Arguments& arguments) {
  static const Signature kSignature("expandtabs", {{"tabsize", Value(8)}});
  const std::int64_t size = TRY(int_argument(TRY(kSignature.bind(arguments))[0]));
  if (size > 100'000) return fail(kOverflowError, "result too long");
  std::string out;
  std::int64_t column = 0;
  for (const char c : self.text()) {
    if (c == '\t') {
      const std::int64_t blanks = size > 0 ? size - column % size : 0;
      out.append(static_cast<std::size_t>(blanks), ' ');
      column += blanks;
    } else {
      out.push_back(c);
      if ((c & 0xC0) != 0x80) ++column;
      if (c == '\n' || c == '\r') column = 0;
    }
    TRY(check_size(runtime, out.size()));
  }
  return text_like(self, out);
}

Result<Value> text_partition(Runtime&, const Value& self, const Arguments& arguments) {
  return partition_at(self, arguments, "partition", false);
}
Result<Value> text_rpartition(Runtime&, const Value& self, const Arguments& arguments) {
  return partition_at(self, arguments, "rpartition", true);
}

Result<Value> text_removeprefix(Runtime&, const Value& self, const Arguments& arguments) {
  TRY(expect_arguments("removeprefix", arguments, 1, 1));
  const auto prefix = TRY(text_argument(arguments.positional[0], "removeprefix", 1));
  std::string_view text = self.text();
  if (text.starts_with(prefix)) text.remove_prefix(prefix.size());
  return text_like(self, text);
}

Result<Value> text_removesuffix(Runtime&, const Value& self, const Arguments& arguments) {
  TRY(expect_arguments("removesuffix", arguments, 1, 1));
  const auto suffix = TRY(text_argument(arguments.positional[0], "removesuffix", 1));
  std::string_view text = self.text();
  if (!suffix.empty() && text.ends_with(suffix)) text.remove_suffix(suffix.size());
  return text_like(self, text);
}

}  // namespace tarn::jinja
