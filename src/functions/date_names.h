// SPDX-License-Identifier: Apache-2.0
// English names of months and days. Internal to this folder.
#pragma once

#include <array>
#include <string_view>

namespace tarn::functions {

inline constexpr std::array<std::string_view, 12> kMonthNames = {
    "January", "February", "March",     "April",   "May",      "June",
    "July",    "August",   "September", "October", "November", "December"};
// From Monday.
inline constexpr std::array<std::string_view, 7> kDayNames = {
    "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"};

}  // namespace tarn::functions
