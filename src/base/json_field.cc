// SPDX-License-Identifier: Apache-2.0
// Typed access to the fields of a JSON object.
#include <boost/json.hpp>
#include <limits>

#include "base/json.h"

namespace tarn {

namespace {

// Null when the field is missing or null.
const boost::json::value* find_field(const boost::json::object& object, std::string_view key) {
  const auto* value = object.if_contains({key.data(), key.size()});
  return value == nullptr || value->is_null() ? nullptr : value;
}

Error wrong_kind(std::string_view key, std::string_view wanted) {
  return corrupt("field `{}` is not {}", key, wanted);
}

// The optional form of a field as its required form.
template <typename T>
auto require_field(Result<T> field, std::string_view key)
    -> Result<std::remove_cvref_t<decltype(*std::declval<T>())>> {
  if (!field) return std::move(field).error();
  if (!*field) return corrupt("field `{}` is missing", key);
  return std::move(**field);
}

template <typename T>
Result<const T*> require_pointer(Result<const T*> field, std::string_view key) {
  if (field && *field == nullptr) return corrupt("field `{}` is missing", key);
  return field;
}

}  // namespace

Result<std::optional<std::int64_t>> json_optional_int(const boost::json::object& object,
                                                      std::string_view key) {
  const auto* value = find_field(object, key);
  if (value == nullptr) return std::optional<std::int64_t>();
  if (value->is_int64()) return std::optional(value->get_int64());
  if (value->is_uint64() && value->get_uint64() <= std::numeric_limits<std::int64_t>::max()) {
    return std::optional(static_cast<std::int64_t>(value->get_uint64()));
  }
  return wrong_kind(key, "an integer of 64 bits");
}

Result<std::optional<std::string>> json_optional_text(const boost::json::object& object,
                                                      std::string_view key) {
  const auto* value = find_field(object, key);
  if (value == nullptr) return std::optional<std::string>();
  if (!value->is_string()) return wrong_kind(key, "a string");
  const auto& text = value->get_string();
  return std::optional(std::string(text.data(), text.size()));
}

Result<std::optional<bool>> json_optional_bool(const boost::json::object& object,
                                               std::string_view key) {
  const auto* value = find_field(object, key);
  if (value == nullptr) return std::optional<bool>();
  if (!value->is_bool()) return wrong_kind(key, "true or false");
  return std::optional(value->get_bool());
}

Result<const boost::json::array*> json_optional_array(const boost::json::object& object,
                                                      std::string_view key) {
  const auto* value = find_field(object, key);
  if (value == nullptr) return nullptr;
  if (!value->is_array()) return wrong_kind(key, "an array");
  return &value->get_array();
}

Result<const boost::json::object*> json_optional_object(const boost::json::object& object,
                                                        std::string_view key) {
  const auto* value = find_field(object, key);
  if (value == nullptr) return nullptr;
  if (!value->is_object()) return wrong_kind(key, "an object");
  return &value->get_object();
}

Result<std::int64_t> json_int(const boost::json::object& object, std::string_view key) {
  return require_field(json_optional_int(object, key), key);
}

Result<std::string> json_text(const boost::json::object& object, std::string_view key) {
  return require_field(json_optional_text(object, key), key);
}

Result<bool> json_bool(const boost::json::object& object, std::string_view key) {
  return require_field(json_optional_bool(object, key), key);
}

Result<const boost::json::array*> json_array(const boost::json::object& object,
                                             std::string_view key) {
  return require_pointer(json_optional_array(object, key), key);
}

Result<const boost::json::object*> json_object(const boost::json::object& object,
                                               std::string_view key) {
  return require_pointer(json_optional_object(object, key), key);
}

}  // namespace tarn
