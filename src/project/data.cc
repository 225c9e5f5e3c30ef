// SPDX-License-Identifier: Apache-2.0
#include "project/data.h"

#include <fmt/core.h>

#include <cmath>

#include "base/json_text.h"
#include "base/text.h"
#include "jinja/value.h"
#include "yaml/value.h"

namespace tarn::project {

Data::Data(std::span<const Member> members)
    : kind(DataKind::Map), size(static_cast<std::uint32_t>(members.size())), map(members.data()) {}

std::span<const Member> Data::members() const {
  return is_map() ? std::span(map, size) : std::span<const Member>();
}

const Data* Data::find(std::string_view key) const {
  for (const auto& member : members()) {
    if (member.key == key) return &member.value;
  }
  return nullptr;
}

Data Data::get(std::string_view key) const {
  const Data* found = find(key);
  return found != nullptr ? *found : Data();
}

bool Data::truthy() const {
  switch (kind) {
    case DataKind::Null:
      return false;
    case DataKind::Bool:
    case DataKind::Int:
      return integer != 0;
    case DataKind::Float:
      return real != 0;
    case DataKind::BigInt:
    case DataKind::Date:
    case DataKind::Time:
      return true;
    default:
      return size != 0;
  }
}

namespace {

bool is_number(const Data& data) {
  return data.kind == DataKind::Bool || data.kind == DataKind::Int || data.kind == DataKind::Float;
}

double as_double(const Data& data) {
  return data.kind == DataKind::Float ? data.real : static_cast<double>(data.integer);
}

bool maps_equal(const Data& a, const Data& b) {
  if (a.size != b.size) return false;
  const auto left = a.members();
  const auto right = b.members();
  for (std::size_t i = 0; i < left.size(); ++i) {
    const Data* other = right[i].key == left[i].key ? &right[i].value : b.find(left[i].key);
    if (other == nullptr || !(left[i].value == *other)) return false;
  }
  return true;
}

}  // namespace

bool operator==(const Data& a, const Data& b) {
  if (is_number(a) && is_number(b)) {
    if (a.kind != DataKind::Float && b.kind != DataKind::Float) return a.integer == b.integer;
    return as_double(a) == as_double(b);
  }
  if (a.kind != b.kind) return false;
  switch (a.kind) {
    case DataKind::Null:
      return true;
    case DataKind::List: {
      if (a.size != b.size) return false;
      for (std::size_t i = 0; i < a.size; ++i) {
        if (!(a.list[i] == b.list[i])) return false;
      }
      return true;
    }
    case DataKind::Map:
      return maps_equal(a, b);
    default:
      return a.text() == b.text();
  }
}

void MapBuilder::set(std::string_view key, Data value) {
  for (auto& member : members_) {
    if (member.key == key) {
      member.value = value;
      return;
    }
  }
  members_.push_back({key, value});
}

const Data* MapBuilder::find(std::string_view key) const {
  for (const auto& member : members_) {
    if (member.key == key) return &member.value;
  }
  return nullptr;
}

void MapBuilder::erase(std::string_view key) {
  std::erase_if(members_, [&](const Member& member) { return member.key == key; });
}

Data make_list(Arena& arena, const std::vector<Data>& items) { return Data(arena.copy(items)); }

Data make_text_list(Arena& arena, const std::vector<std::string_view>& items) {
  std::vector<Data> list;
  list.reserve(items.size());
  for (const auto item : items) list.emplace_back(item);
  return Data(arena.copy(list));
}

Data copy_data(const Data& data, Arena& arena) {
  switch (data.kind) {
    case DataKind::List: {
      std::vector<Data> items;
      items.reserve(data.size);
      for (const auto& item : data.items()) items.push_back(copy_data(item, arena));
      return make_list(arena, items);
    }
    case DataKind::Map: {
      std::vector<Member> members;
      members.reserve(data.size);
      for (const auto& [key, value] : data.members()) {
        members.push_back({arena.copy(key), copy_data(value, arena)});
      }
      return Data(arena.copy(members));
    }
    case DataKind::Text:
    case DataKind::BigInt:
    case DataKind::Date:
    case DataKind::Time:
      return Data(arena.copy(data.text()), data.kind);
    default:
      return data;
  }
}

namespace {

std::string_view key_text(const yaml::Value& key, Arena& arena) {
  switch (key.kind) {
    case yaml::Kind::Text:
      return key.text;
    case yaml::Kind::Bool:
      return key.boolean ? "true" : "false";
    case yaml::Kind::Null:
      return "null";
    default:
      return arena.copy(yaml::to_python_text(key));
  }
}

}  // namespace

Data from_yaml(const yaml::Value& value, Arena& arena) {
  switch (value.kind) {
    case yaml::Kind::Null:
      return {};
    case yaml::Kind::Bool:
      return value.boolean;
    case yaml::Kind::Int:
      return value.is_big ? Data(value.text, DataKind::BigInt) : Data(value.integer);
    case yaml::Kind::Float:
      return value.real;
    case yaml::Kind::Text:
    case yaml::Kind::Bytes:
      return value.text;
    case yaml::Kind::Date:
      return Data(arena.copy(yaml::to_python_text(value)), DataKind::Date);
    case yaml::Kind::DateTime: {
      std::string text = yaml::to_python_text(value);
      if (text.size() > 10) text[10] = 'T';
      return Data(arena.copy(text), DataKind::Time);
    }
    case yaml::Kind::Map: {
      std::vector<Member> members;
      members.reserve(value.entries.size());
      for (const auto& entry : value.entries) {
        members.push_back({key_text(*entry.key, arena), from_yaml(*entry.value, arena)});
      }
      return Data(arena.copy(members));
    }
    default: {
      std::vector<Data> items;
      items.reserve(value.items.size());
      for (const auto* item : value.items) items.push_back(from_yaml(*item, arena));
      return make_list(arena, items);
    }
  }
}

namespace {

std::string format_real(double value) { return yaml::to_python_text(value); }

JsonEscapes escapes_of(JsonStyle style) {
  return style == JsonStyle::Python ? JsonEscapes::Ascii : JsonEscapes::Needed;
}

}  // namespace

void append_json(std::string& out, const Data& data, JsonStyle style) {
  const char* comma = style == JsonStyle::Python ? ", " : ",";
  switch (data.kind) {
    case DataKind::Null:
      out += "null";
      return;
    case DataKind::Bool:
      out += data.integer != 0 ? "true" : "false";
      return;
    case DataKind::Int:
      out += std::to_string(data.integer);
      return;
    case DataKind::BigInt:
      out += data.text();
      return;
    case DataKind::Float:
      if (std::isnan(data.real)) {
        out += "NaN";
      } else if (std::isinf(data.real)) {
        out += data.real < 0 ? "-Infinity" : "Infinity";
      } else {
        out += format_real(data.real);
      }
      return;
    case DataKind::Text:
    case DataKind::Date:
    case DataKind::Time:
      append_json_text(out, data.text(), escapes_of(style));
      return;
    case DataKind::List: {
      out += '[';
      bool first = true;
      for (const auto& item : data.items()) {
        if (!first) out += comma;
        first = false;
        append_json(out, item, style);
      }
      out += ']';
      return;
    }
    case DataKind::Map: {
      out += '{';
      bool first = true;
      for (const auto& [key, value] : data.members()) {
        if (!first) out += comma;
        first = false;
        append_json_text(out, key, escapes_of(style));
        out += style == JsonStyle::Python ? ": " : ":";
        append_json(out, value, style);
      }
      out += '}';
      return;
    }
  }
}

void append_text_repr(std::string& out, std::string_view text) {
  const bool has_single = text.find('\'') != std::string_view::npos;
  const bool has_double = text.find('"') != std::string_view::npos;
  const char mark = has_single && !has_double ? '"' : '\'';
  out += mark;
  for (std::size_t at = 0; at < text.size();) {
    const auto byte = static_cast<unsigned char>(text[at]);
    if (byte >= 0x80) {
      const std::size_t begin = at;
      const char32_t code = next_code_point(text, at);
      if (code >= 0x80 && code < 0xa0) {
        out += fmt::format("\\x{:02x}", static_cast<unsigned>(code));
      } else {
        out.append(text, begin, at - begin);
      }
      continue;
    }
    ++at;
    switch (byte) {
      case '\n':
        out += "\\n";
        break;
      case '\r':
        out += "\\r";
        break;
      case '\t':
        out += "\\t";
        break;
      case '\\':
        out += "\\\\";
        break;
      default:
        if (byte == static_cast<unsigned char>(mark)) {
          out += '\\';
          out += mark;
        } else if (byte < 0x20 || byte == 0x7f) {
          out += fmt::format("\\x{:02x}", byte);
        } else {
          out += static_cast<char>(byte);
        }
    }
  }
  out += mark;
}

void append_repr(std::string& out, const Data& data) {
  switch (data.kind) {
    case DataKind::Null:
      out += "None";
      return;
    case DataKind::Bool:
      out += data.integer != 0 ? "True" : "False";
      return;
    case DataKind::Int:
      out += std::to_string(data.integer);
      return;
    case DataKind::BigInt:
      out += data.text();
      return;
    case DataKind::Float:
      out += format_real(data.real);
      return;
    case DataKind::Text:
      append_text_repr(out, data.text());
      return;
    case DataKind::Date: {
      const auto parts = split(data.text(), '-');
      out += fmt::format("datetime.date({}, {}, {})", parse_int64(parts[0]).value_or(0),
                         parse_int64(parts[1]).value_or(0), parse_int64(parts[2]).value_or(0));
      return;
    }
    case DataKind::Time:
      append_text_repr(out, data.text());
      return;
    case DataKind::List: {
      out += '[';
      for (std::size_t i = 0; i < data.size; ++i) {
        if (i != 0) out += ", ";
        append_repr(out, data.list[i]);
      }
      out += ']';
      return;
    }
    case DataKind::Map: {
      out += '{';
      bool first = true;
      for (const auto& [key, value] : data.members()) {
        if (!first) out += ", ";
        first = false;
        append_text_repr(out, key);
        out += ": ";
        append_repr(out, value);
      }
      out += '}';
      return;
    }
  }
}

std::string to_python(const Data& data) {
  if (data.kind == DataKind::Text || data.kind == DataKind::Date) return std::string(data.text());
  if (data.kind == DataKind::Time) {
    std::string text(data.text());
    if (text.size() > 10) text[10] = ' ';
    return text;
  }
  std::string out;
  append_repr(out, data);
  return out;
}

}  // namespace tarn::project
