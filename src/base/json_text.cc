// SPDX-License-Identifier: Apache-2.0
#include "base/json_text.h"

#include "base/text.h"

namespace tarn {

namespace {

void append_unit(std::string& out, std::uint32_t code, bool capitals) {
  const char* digits = capitals ? "0123456789ABCDEF" : "0123456789abcdef";
  out += "\\u";
  for (int shift = 12; shift >= 0; shift -= 4) out += digits[(code >> shift) & 15];
}

void append_units(std::string& out, char32_t code) {
  if (code >= 0x10000) {
    append_unit(out, 0xD800 + ((code - 0x10000) >> 10), false);
    append_unit(out, 0xDC00 + ((code - 0x10000) & 0x3FF), false);
  } else {
    append_unit(out, code, false);
  }
}

void append_escape(std::string& out, char letter, bool capitals) {
  constexpr std::string_view kFrom = "\"\\\b\f\n\r\t";
  constexpr std::string_view kTo = "\"\\bfnrt";
  if (const auto at = kFrom.find(letter); at != std::string_view::npos) {
    out += '\\';
    out += kTo[at];
  } else {
    append_unit(out, static_cast<unsigned char>(letter), capitals);
  }
}

}  // namespace

void append_json_text(std::string& out, std::string_view text, JsonEscapes escapes) {
  const bool ascii = escapes == JsonEscapes::Ascii;
  out += '"';
  std::size_t plain = 0;
  for (std::size_t at = 0; at < text.size();) {
    const auto byte = static_cast<unsigned char>(text[at]);
    const bool printable = byte >= 0x20 && (!ascii || byte < 0x7F);
    if (printable && byte != '"' && byte != '\\') {
      ++at;
      continue;
    }
    out.append(text, plain, at - plain);
    if (byte >= 0x7F) {
      append_units(out, next_code_point(text, at));
    } else {
      append_escape(out, text[at++], escapes == JsonEscapes::Java);
    }
    plain = at;
  }
  out.append(text, plain);
  out += '"';
}

}  // namespace tarn
