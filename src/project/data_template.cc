// SPDX-License-Identifier: Apache-2.0
// Data to and from values of templates.
#include "base/time.h"
#include "jinja/modules.h"
#include "jinja/object.h"
#include "jinja/value.h"
#include "project/data.h"

namespace tarn::project {

namespace {

constexpr int kDepthMax = 200;

Result<std::string_view> key_of(const jinja::Value& key, Arena& arena) {
  switch (key.kind()) {
    case jinja::Kind::Text:
      return arena.copy(key.text());
    case jinja::Kind::Bool:
      return key.as_bool() ? "true" : "false";
    case jinja::Kind::None:
      return "null";
    case jinja::Kind::Int:
      return arena.copy(std::to_string(key.as_int()));
    default:
      return invalid_input("a key of kind `{}` cannot be kept", jinja::type_name(key));
  }
}

Result<Data> convert(const jinja::Value& value, Arena& arena, int depth) {
  if (depth > kDepthMax) return invalid_input("a value is nested too deeply");
  switch (value.kind()) {
    case jinja::Kind::None:
      return Data();
    case jinja::Kind::Bool:
      return Data(value.as_bool());
    case jinja::Kind::Int:
      return Data(value.as_int());
    case jinja::Kind::Float:
      return Data(value.as_float());
    case jinja::Kind::Text:
      return Data(arena.copy(value.text()));
    case jinja::Kind::List:
    case jinja::Kind::Tuple: {
      std::vector<Data> items;
      for (const auto& item : value.items()) items.push_back(TRY(convert(item, arena, depth + 1)));
      return make_list(arena, items);
    }
    case jinja::Kind::Dict: {
      std::vector<Member> members;
      for (const auto& entry : value.dict_items().entries()) {
        if (!entry.live) continue;
        members.push_back(
            {TRY(key_of(entry.key, arena)), TRY(convert(entry.value, arena, depth + 1))});
      }
      return Data(arena.copy(members));
    }
    case jinja::Kind::Object:
      if (const auto date = jinja::date_text(value)) {
        return Data(arena.copy(*date), DataKind::Date);
      }
      [[fallthrough]];
    default:
      return invalid_input("a value of kind `{}` cannot be kept", jinja::type_name(value));
  }
}

}  // namespace

Result<Data> from_template(const jinja::Value& value, Arena& arena) {
  return convert(value, arena, 0);
}

jinja::Value to_template(const Data& data) {
  switch (data.kind) {
    case DataKind::Null:
      return {};
    case DataKind::Bool:
      return data.integer != 0;
    case DataKind::Int:
      return data.integer;
    case DataKind::Float:
      return data.real;
    case DataKind::List: {
      std::vector<jinja::Value> items;
      items.reserve(data.size);
      for (const auto& item : data.items()) items.push_back(to_template(item));
      return jinja::Value::list(std::move(items));
    }
    case DataKind::Map: {
      auto dict = jinja::make_ref<jinja::Dict>();
      for (const auto& [key, value] : data.members()) dict->set(key, to_template(value));
      return dict;
    }
    case DataKind::Date:
      if (const auto days = parse_date(data.text())) return jinja::make_date(*days);
      return data.text();
    default:
      return data.text();
  }
}

}  // namespace tarn::project
