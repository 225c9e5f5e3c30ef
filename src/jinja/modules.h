// SPDX-License-Identifier: Apache-2.0
// `modules` of dbt: datetime, re, itertools and pytz, and values of their types for the host.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "jinja/object.h"

namespace tarn::jinja {

// `clock` serves datetime.now() and must outlive the value.
Value make_datetime_module(Clock& clock);
Value make_re_module();
Value make_itertools_module();
Value make_pytz_module();
// All four, by name.
Value make_modules(Clock& clock);

// Values of datetime.date, datetime.datetime (naive, or in UTC of pytz) and datetime.timedelta.
Value make_date(std::int64_t days_since_epoch);
Value make_datetime(std::int64_t micros_since_epoch, bool utc);
Value make_time_delta(std::int64_t micros);
// `2024-01-02` of a datetime.date; nullopt for all other values.
std::optional<std::string> date_text(const Value& value);

}  // namespace tarn::jinja
