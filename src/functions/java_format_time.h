// SPDX-License-Identifier: Apache-2.0
// Dates and times by Java's format strings, and their toString(). Internal to java_format.cc.
#pragma once

#include <optional>
#include <string>

#include "functions/java_format.h"

namespace tarn::functions {

// `12:34`, `12:34:56`, `12:34:56.123`, …: seconds and groups of three digits where they count.
std::string java_time_text(std::int64_t nanos_of_day);
// `2020-05-10T12:34:56.123+05:45[Asia/Kathmandu]`
std::string java_timestamp_text(const FormatTimestamp& value);

// %tY and its kind; nullopt where Java refuses.
Result<std::optional<std::string>> format_java_time(char conversion,
                                                    const FormatArgument& argument);

}  // namespace tarn::functions
