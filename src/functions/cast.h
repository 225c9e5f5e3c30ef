// SPDX-License-Identifier: Apache-2.0
// How values become values of another type: one function a pair of types, made once a call. The
// files cast_*.cc make them by families of source types. Internal to this folder.
#pragma once

#include <functional>

#include "base/result.h"
#include "types/value.h"

namespace tarn::functions {

// Errors carry Trino's names. REQUIRES: the value has the source type and is not NULL.
using Caster = std::function<Result<types::Value>(const types::Value&)>;

struct CastOptions {
  types::TimeZone zone;  // of the session
  bool store = false;    // for the column of a table: texts are not cut
};

// Empty if there is no such cast here.
Caster make_caster(const types::Type& from, const types::Type& to, const CastOptions& options);

// From boolean, integers, real, double and decimal.
Caster cast_number(const types::Type& from, const types::Type& to);
// From varchar and char.
Caster cast_text(const types::Type& from, const types::Type& to, const CastOptions& options);
// From date, times, timestamps and intervals.
Caster cast_time(const types::Type& from, const types::Type& to, const CastOptions& options);
// From json, which may be any JSON text: that of json_parse(x) is cast to arrays, maps and rows
// without the detour. To json from all but json.
Caster cast_from_json(const types::Type& to);
Caster cast_to_json(const types::Type& from);

// The text as varchar or varchar(n); INVALID_CAST_ARGUMENT if it is too long. `shown` is the value
// in the message.
Result<types::Value> to_varchar(const types::Type& to, std::string text, std::string_view shown);

// HALF_UP and into the range of `to`, with the errors of CAST(double AS …) or CAST(real AS …).
Result<types::Value> double_to_integer(const types::Type& from, const types::Type& to,
                                       double value);

}  // namespace tarn::functions
