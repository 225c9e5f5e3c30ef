// SPDX-License-Identifier: Apache-2.0
// Texts as JSON has them, in the ways of the programs whose output is compared.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace tarn {

enum class JsonEscapes : std::uint8_t {
  Needed,  // quotes, backslashes and control characters: `\u001f`
  Java,    // the same, with capital digits: `\u001F`
  Ascii,   // as json.dumps of Python: all but printable ASCII, in units of UTF-16
};

// Appends `text` with its quotes. Malformed UTF-8 stays as it is, but becomes U+FFFD for Ascii.
void append_json_text(std::string& out, std::string_view text,
                      JsonEscapes escapes = JsonEscapes::Needed);

}  // namespace tarn
