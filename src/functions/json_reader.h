// SPDX-License-Identifier: Apache-2.0
// Reads JSON token by token from a text that outlives it. Depth is limited. Internal to this
// folder.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace tarn::functions {

enum class JsonToken : std::uint8_t {
  Null,
  True,
  False,
  Integer,  // `text` as written
  Float,    // `text` as written
  Text,     // `text` decoded
  BeginArray,
  BeginObject,
  Bad
};

class JsonReader {
 public:
  explicit JsonReader(std::string_view text) : text_(text) {}

  // Reads a scalar, or the bracket that begins an array or object.
  JsonToken next();
  // Of the last scalar.
  const std::string& text() const { return decoded_; }

  // The punctuation, if it is next.
  bool accept(char sign);
  // Nothing but blanks is left.
  bool at_end();
  // The next value as written; nullopt if it is no JSON.
  std::optional<std::string_view> raw_value();

 private:
  void skip_blanks();
  bool read_text();
  JsonToken read_number();
  bool skip_value(int depth);

  std::string_view text_;
  std::size_t position_ = 0;
  std::string decoded_;
};

}  // namespace tarn::functions
