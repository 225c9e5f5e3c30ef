// SPDX-License-Identifier: Apache-2.0
#include "iceberg/model_json.h"

#include <algorithm>
#include <boost/json.hpp>

#include "base/check.h"

namespace tarn::iceberg {

namespace json = boost::json;

std::string unknown_members(const json::object& object,
                            std::initializer_list<std::string_view> known) {
  json::object rest;
  for (const auto& member : object) {
    const std::string_view key = member.key();
    if (std::find(known.begin(), known.end(), key) == known.end()) {
      rest.emplace(member.key(), member.value());
    }
  }
  return rest.empty() ? std::string() : write_json(json::value(std::move(rest)));
}

void append_members(json::object& object, const std::string& extra) {
  if (extra.empty()) return;
  auto parsed = parse_json(extra);
  VERIFY(parsed.has_value() && parsed->is_object());
  for (auto& member : parsed->get_object()) {
    if (!object.contains(member.key())) object.emplace(member.key(), std::move(member.value()));
  }
}

Result<const json::object*> as_object(const json::value& value, std::string_view what) {
  if (!value.is_object()) return corrupt("{} is not an object", what);
  return &value.get_object();
}

Result<int> json_int32(const json::object& object, std::string_view key) {
  const std::int64_t number = TRY(json_int(object, key));
  if (number < INT32_MIN || number > INT32_MAX) {
    return corrupt("field `{}` is out of range: {}", key, number);
  }
  return static_cast<int>(number);
}

Result<std::optional<int>> json_optional_int32(const json::object& object, std::string_view key) {
  if (!TRY(json_optional_int(object, key))) return std::optional<int>();
  return std::optional<int>(TRY(json_int32(object, key)));
}

Result<std::vector<int>> int_list(const json::array& array, std::string_view what) {
  std::vector<int> result;
  result.reserve(array.size());
  for (const json::value& value : array) {
    if (!value.is_int64() || value.get_int64() < INT32_MIN || value.get_int64() > INT32_MAX) {
      return corrupt("{} is not a list of 32-bit integers", what);
    }
    result.push_back(static_cast<int>(value.get_int64()));
  }
  return result;
}

Result<std::vector<std::int64_t>> long_list(const json::array& array, std::string_view what) {
  std::vector<std::int64_t> result;
  result.reserve(array.size());
  for (const json::value& value : array) {
    if (!value.is_int64()) return corrupt("{} is not a list of integers", what);
    result.push_back(value.get_int64());
  }
  return result;
}

Result<std::vector<std::string>> text_list(const json::array& array, std::string_view what) {
  std::vector<std::string> result;
  result.reserve(array.size());
  for (const json::value& value : array) {
    if (!value.is_string()) return corrupt("{} is not a list of texts", what);
    result.emplace_back(std::string_view(value.get_string()));
  }
  return result;
}

Result<std::map<std::string, std::string>> text_map(const json::object& object,
                                                    std::string_view key) {
  std::map<std::string, std::string> result;
  const json::object* members = TRY(json_optional_object(object, key));
  if (members == nullptr) return result;
  for (const auto& member : *members) {
    const json::value& value = member.value();
    result.emplace(
        std::string_view(member.key()),
        value.is_string() ? std::string(std::string_view(value.get_string())) : write_json(value));
  }
  return result;
}

json::object text_map_to_json(const std::map<std::string, std::string>& map) {
  json::object object;
  object.reserve(map.size());
  for (const auto& [key, value] : map) object.emplace(key, value);
  return object;
}

}  // namespace tarn::iceberg
