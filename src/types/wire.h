// SPDX-License-Identifier: Apache-2.0
// Values as JSON in the Trino client protocol: what a server writes and a client reads.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "types/value.h"

namespace boost::json {
class value;
}

namespace tarn::types {

// Appends the JSON of one value. Reals and doubles always are float tokens (`1.0`), maps are
// objects with the text of their keys.
void append_wire_json(std::string& out, const Type& type, const Value& value);

// The text of a map key on the wire (Java's toString of the key).
std::string wire_key_text(const Type& type, const Value& value);

// About how many bytes `append_wire_json` will add; cheap, for cutting pages.
std::size_t estimate_wire_size(const Type& type, const Value& value);

// Reads one value of a result page. A value that does not fit the type is ErrorCode::Corrupt. Map
// keys of nested types are ErrorCode::Unsupported: their text cannot be read back.
Result<Value> decode_wire_json(const Type& type, const boost::json::value& json);

}  // namespace tarn::types
