// SPDX-License-Identifier: Apache-2.0
// JSON through Boost.JSON. Include <boost/json.hpp> in `.cc` files only.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace boost::json {
class value;
class object;
class array;
}  // namespace boost::json

namespace tarn {

// Depth and size are limited; errors are ErrorCode::Corrupt with the byte offset. Integers that fit
// in 64 bits are exact.
Result<boost::json::value> parse_json(std::string_view text);
// Compact, keys in their order; doubles by their shortest text with `.0` where integral.
std::string write_json(const boost::json::value& value);
// Two spaces of indentation.
std::string write_json_pretty(const boost::json::value& value);

// Required fields of an object: missing or of another kind is ErrorCode::Corrupt that names the
// field.
Result<std::int64_t> json_int(const boost::json::object& object, std::string_view key);
Result<std::string> json_text(const boost::json::object& object, std::string_view key);
Result<bool> json_bool(const boost::json::object& object, std::string_view key);
Result<const boost::json::array*> json_array(const boost::json::object& object,
                                             std::string_view key);
Result<const boost::json::object*> json_object(const boost::json::object& object,
                                               std::string_view key);
// Optional fields: nullopt / nullptr when missing or null; another kind is ErrorCode::Corrupt.
Result<std::optional<std::int64_t>> json_optional_int(const boost::json::object& object,
                                                      std::string_view key);
Result<std::optional<std::string>> json_optional_text(const boost::json::object& object,
                                                      std::string_view key);
Result<std::optional<bool>> json_optional_bool(const boost::json::object& object,
                                               std::string_view key);
Result<const boost::json::array*> json_optional_array(const boost::json::object& object,
                                                      std::string_view key);
Result<const boost::json::object*> json_optional_object(const boost::json::object& object,
                                                        std::string_view key);

}  // namespace tarn
