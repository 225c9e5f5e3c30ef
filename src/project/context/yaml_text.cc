// SPDX-License-Identifier: Apache-2.0
#include "project/context/yaml_text.h"

#include <algorithm>
#include <boost/json.hpp>
#include <cmath>

#include "base/json.h"
#include "base/json_text.h"
#include "yaml/load.h"

namespace tarn::project {

namespace {

// A text may stand plain if it reads back as the same text.
bool is_plain(std::string_view text) {
  if (text.empty() || text.find_first_of("\n\r\t") != std::string_view::npos) return false;
  if (text.front() == ' ' || text.back() == ' ') return false;
  const auto loaded = yaml::load("- " + std::string(text), {.mode = yaml::LoadMode::Plain});
  if (!loaded || !loaded->root->is_list() || loaded->root->items.size() != 1) return false;
  const auto* item = loaded->root->items[0];
  return item->kind == yaml::Kind::Text && item->text == text &&
         text.find(": ") == std::string_view::npos && !text.ends_with(':');
}

void append_text_yaml(std::string& out, std::string_view text) {
  if (is_plain(text)) {
    out += text;
    return;
  }
  if (text.find_first_of("\n\r\t\\") != std::string_view::npos) {
    append_json_text(out, text, JsonEscapes::Ascii);
    return;
  }
  out += '\'';
  for (const char c : text) {
    if (c == '\'') out += '\'';
    out += c;
  }
  out += '\'';
}

void append_scalar(std::string& out, const Data& data) {
  switch (data.kind) {
    case DataKind::Null:
      out += "null";
      return;
    case DataKind::Bool:
      out += data.integer != 0 ? "true" : "false";
      return;
    case DataKind::Float:
      if (std::isnan(data.real)) {
        out += ".nan";
      } else if (std::isinf(data.real)) {
        out += data.real < 0 ? "-.inf" : ".inf";
      } else {
        out += to_python(data);
      }
      return;
    case DataKind::Text:
      append_text_yaml(out, data.text());
      return;
    case DataKind::List:
      out += "[]";
      return;
    case DataKind::Map:
      out += "{}";
      return;
    default:
      out += to_python(data);
  }
}

bool is_block(const Data& data) { return (data.is_list() || data.is_map()) && data.size != 0; }

void append_block(std::string& out, const Data& data, std::size_t indent);

void append_value(std::string& out, const Data& value, std::size_t indent) {
  if (!is_block(value)) {
    out += ' ';
    append_scalar(out, value);
    out += '\n';
    return;
  }
  out += '\n';
  // Lists in maps are not indented.
  append_block(out, value, value.is_list() ? indent : indent + 2);
}

void append_block(std::string& out, const Data& data, std::size_t indent) {
  if (data.is_list()) {
    for (const auto& item : data.items()) {
      out.append(indent, ' ');
      out += '-';
      if (!is_block(item)) {
        out += ' ';
        append_scalar(out, item);
        out += '\n';
        continue;
      }
      std::string inner;
      append_block(inner, item, indent + 2);
      out += ' ';
      out += inner.substr(indent + 2);
    }
    return;
  }
  for (const auto& [key, value] : data.members()) {
    out.append(indent, ' ');
    append_text_yaml(out, key);
    out += ':';
    append_value(out, value, indent);
  }
}

namespace json = boost::json;

jinja::Value from_json(const json::value& value) {
  switch (value.kind()) {
    case json::kind::null:
      return {};
    case json::kind::bool_:
      return value.get_bool();
    case json::kind::int64:
      return value.get_int64();
    case json::kind::uint64:
      return static_cast<double>(value.get_uint64());
    case json::kind::double_:
      return value.get_double();
    case json::kind::string:
      return std::string_view(value.get_string());
    case json::kind::array: {
      std::vector<jinja::Value> items;
      for (const auto& item : value.get_array()) items.push_back(from_json(item));
      return jinja::Value::list(std::move(items));
    }
    case json::kind::object: {
      auto dict = jinja::make_ref<jinja::Dict>();
      for (const auto& [key, item] : value.get_object()) {
        dict->set(std::string_view(key), from_json(item));
      }
      return dict;
    }
  }
  return {};
}

}  // namespace

std::string write_yaml(const Data& data) {
  std::string out;
  if (is_block(data)) {
    append_block(out, data, 0);
    return out;
  }
  append_scalar(out, data);
  const bool quoted = !out.empty() && (out[0] == '\'' || out[0] == '"');
  out += data.is_list() || data.is_map() || quoted ? "\n" : "\n...\n";
  return out;
}

Data sorted_keys(const Data& data, Arena& arena) {
  if (data.is_list()) {
    std::vector<Data> items;
    for (const auto& item : data.items()) items.push_back(sorted_keys(item, arena));
    return make_list(arena, items);
  }
  if (!data.is_map()) return data;
  std::vector<Member> members;
  for (const auto& [key, value] : data.members()) {
    members.push_back({key, sorted_keys(value, arena)});
  }
  std::stable_sort(members.begin(), members.end(),
                   [](const Member& a, const Member& b) { return a.key < b.key; });
  return Data(arena.copy(members));
}

Result<jinja::Value> parse_json_value(std::string_view text) {
  return from_json(TRY(parse_json(text)));
}

}  // namespace tarn::project
