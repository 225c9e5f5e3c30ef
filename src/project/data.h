// SPDX-License-Identifier: Apache-2.0
// Dynamic values of a project (configs, meta, vars, arguments of tests): immutable, 16 bytes, in an
// arena. From YAML and templates; to JSON, Python's repr and templates.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "project/arena.h"

namespace tarn::yaml {
struct Value;
}
namespace tarn::jinja {
class Value;
}

namespace tarn::project {

enum class DataKind : std::uint8_t {
  Null,
  Bool,
  Int,
  BigInt,  // text: decimal digits
  Float,
  Text,
  Date,  // text: `2020-01-01`
  Time,  // text: `2020-01-01T10:00:00+02:00`
  List,
  Map,
};

struct Member;

// A view: valid as long as the arena (or literal) that it was made in.
struct Data {
  DataKind kind = DataKind::Null;
  std::uint32_t size = 0;  // bytes of text, items, members
  union {
    std::int64_t integer = 0;  // Int, Bool
    double real;
    const char* bytes;
    const Data* list;
    const Member* map;
  };

  Data() = default;
  Data(bool value) : kind(DataKind::Bool), integer(value ? 1 : 0) {}
  Data(std::int64_t value) : kind(DataKind::Int), integer(value) {}
  Data(int value) : Data(static_cast<std::int64_t>(value)) {}
  Data(double value) : kind(DataKind::Float), real(value) {}
  Data(std::string_view text, DataKind text_kind = DataKind::Text)
      : kind(text_kind), size(static_cast<std::uint32_t>(text.size())), bytes(text.data()) {}
  Data(const char* text) : Data(std::string_view(text)) {}
  Data(std::span<const Data> items)
      : kind(DataKind::List), size(static_cast<std::uint32_t>(items.size())), list(items.data()) {}
  Data(std::span<const Member> members);

  bool is_null() const { return kind == DataKind::Null; }
  bool is_text() const { return kind == DataKind::Text; }
  bool is_list() const { return kind == DataKind::List; }
  bool is_map() const { return kind == DataKind::Map; }
  bool is_true() const { return kind == DataKind::Bool && integer != 0; }
  // Text kinds; "" for others.
  std::string_view text() const {
    return kind == DataKind::Text || kind == DataKind::Date || kind == DataKind::Time ||
                   kind == DataKind::BigInt
               ? std::string_view(bytes, size)
               : std::string_view();
  }
  std::span<const Data> items() const {
    return is_list() ? std::span(list, size) : std::span<const Data>();
  }
  std::span<const Member> members() const;
  // The member of a map; nullptr if this is no map or has no such member.
  const Data* find(std::string_view key) const;
  // The same, with Null for missing ones.
  Data get(std::string_view key) const;
  // Python's truth: empty texts, lists, maps and zeros are false.
  bool truthy() const;
};

struct Member {
  std::string_view key;
  Data value;
};

// Python's ==: 1 == 1.0 == True; maps without order.
bool operator==(const Data& a, const Data& b);

// Collects members; a key set again keeps its place and takes the new value.
class MapBuilder {
 public:
  MapBuilder() = default;
  explicit MapBuilder(const Data& map) : members_(map.members().begin(), map.members().end()) {}
  void set(std::string_view key, Data value);
  // Without looking for the key.
  void add(std::string_view key, Data value) { members_.push_back({key, value}); }
  const Data* find(std::string_view key) const;
  void erase(std::string_view key);
  bool empty() const { return members_.empty(); }
  const std::vector<Member>& members() const { return members_; }
  Data build(Arena& arena) const { return Data(arena.copy(members_)); }

 private:
  std::vector<Member> members_;
};

Data make_list(Arena& arena, const std::vector<Data>& items);
Data make_text_list(Arena& arena, const std::vector<std::string_view>& items);
Data copy_data(const Data& data, Arena& arena);

// Texts of `value` are not copied: its document must outlive the result. Keys become texts as JSON
// has them (`true`, `1`).
Data from_yaml(const yaml::Value& value, Arena& arena);
// Host objects are printed by str(). Sets and undefined values are errors.
Result<Data> from_template(const jinja::Value& value, Arena& arena);
jinja::Value to_template(const Data& data);

// Compact JSON. With `Style::Python` as json.dumps prints: `, ` and `: `, ASCII only.
enum class JsonStyle { Compact, Python };
void append_json(std::string& out, const Data& data, JsonStyle style = JsonStyle::Compact);
// Python's repr and str.
void append_repr(std::string& out, const Data& data);
void append_text_repr(std::string& out, std::string_view text);
std::string to_python(const Data& data);

}  // namespace tarn::project
