// SPDX-License-Identifier: Apache-2.0
// Reads a JSON text piece by piece, as far as it is needed: what stands behind is not looked at.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace tarn::functions {

enum class JsonKind : std::uint8_t { Object, Array, String, Number, Boolean, Null, Bad };

// All functions give false where the text is malformed; then nothing more can be read. Keeps a view
// of the text.
class JsonCursor {
 public:
  explicit JsonCursor(std::string_view text) : text_(text) {}

  // The kind of the value at which the reader stands, by its first letter.
  JsonKind kind();
  // Nothing but blanks is left.
  bool at_end();

  bool skip_value();
  // A string without its quotes and escapes. REQUIRES: kind() is String.
  bool read_string(std::string& out);
  // A scalar as it is written; a string still has its quotes.
  bool read_raw_scalar(std::string_view& out);

  // Enters an array or object; then `next` moves to each item: false at the end or where the text
  // is malformed (see `failed`). The item must be read or skipped before the next one.
  void enter();
  bool next_item();
  bool next_member(std::string& key);
  bool failed() const { return failed_; }

  // Appends the value without blanks; doubles as Java writes them. With `last_member_wins` only
  // the last of equal keys is kept, at the place of the first.
  bool copy_value(std::string& out, bool last_member_wins);

 private:
  struct RawString {
    std::string_view text;
    bool has_escapes = false;
  };

  bool fail() {
    failed_ = true;
    return false;
  }
  void skip_blanks();
  bool read_raw_string(RawString& out);
  bool read_raw_number(std::string_view& out);
  bool read_word(std::string_view word);
  bool next_part(char close);
  bool copy_array(std::string& out, bool last_member_wins);
  bool copy_object(std::string& out, bool last_member_wins);

  std::string_view text_;
  std::size_t at_ = 0;
  int depth_ = 0;
  bool first_ = false;  // just entered
  bool failed_ = false;
};

// The number is written with a fraction or an exponent.
bool is_json_floating(std::string_view number);

}  // namespace tarn::functions
