// SPDX-License-Identifier: Apache-2.0
// color, rgb, render and bar: texts with the escape sequences of terminals. Colors are RGB numbers;
// those of the terminal are negative.
#include <algorithm>
#include <cmath>

#include "base/text.h"
#include "functions/lists.h"
#include "functions/typed_call.h"
#include "types/number_text.h"

namespace tarn::functions {

namespace {

using types::Value;
using enum types::TypeKind;

constexpr std::string_view kReset = "\x1b[0m";
constexpr std::int64_t kBarWidthMax = 1 << 20;

std::int64_t part_of(std::int64_t color, int shift) { return color >> shift & 0xFF; }

Result<Value> color_of_text(Arguments values) {
  constexpr std::string_view kNames[] = {"black", "red",     "green", "yellow",
                                         "blue",  "magenta", "cyan",  "white"};
  const std::string& text = values[0].as_text();
  if (text.size() == 4 && text[0] == '#' &&
      text.find_first_not_of("0123456789abcdefABCDEF", 1) == std::string::npos) {
    std::int64_t color = 0;
    for (std::size_t i = 1; i < 4; ++i) {
      const char c = text[i];
      const int digit = c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10;
      color = color << 8 | digit * 17;
    }
    return Value(color);
  }
  for (std::size_t i = 0; i < std::size(kNames); ++i) {
    if (equals_ignore_case(text, kNames[i])) return Value(-static_cast<std::int64_t>(i) - 1);
  }
  return invalid_argument("Invalid color: '{}'", text);
}

Result<Value> rgb(Arguments values) {
  constexpr std::string_view kParts[] = {"red", "green", "blue"};
  std::int64_t color = 0;
  for (std::size_t i = 0; i < 3; ++i) {
    const std::int64_t part = values[i].as_int();
    if (part < 0 || part > 255) {
      return invalid_argument("{} must be between 0 and 255", kParts[i]);
    }
    color = color << 8 | part;
  }
  return Value(color);
}

struct HueColor {
  float hue = 0;
  float saturation = 0;
  float brightness = 0;
};

// As java.awt.Color, in its arithmetic.
HueColor to_hue(std::int64_t color) {
  const auto red = static_cast<int>(part_of(color, 16));
  const auto green = static_cast<int>(part_of(color, 8));
  const auto blue = static_cast<int>(part_of(color, 0));
  const int high = std::max({red, green, blue});
  const int low = std::min({red, green, blue});
  HueColor out;
  out.brightness = static_cast<float>(high) / 255.0F;
  if (high == low) return out;
  const auto range = static_cast<float>(high - low);
  out.saturation = range / static_cast<float>(high);
  const float red_part = static_cast<float>(high - red) / range;
  const float green_part = static_cast<float>(high - green) / range;
  const float blue_part = static_cast<float>(high - blue) / range;
  float hue = red == high     ? blue_part - green_part
              : green == high ? 2.0F + red_part - blue_part
                              : 4.0F + green_part - red_part;
  hue /= 6.0F;
  out.hue = hue < 0 ? hue + 1.0F : hue;
  return out;
}

std::int64_t from_hue(const HueColor& color) {
  const auto level = [](float part) {
    return static_cast<std::int64_t>(part * 255.0F + 0.5F) & 0xFF;
  };
  const float bright = color.brightness;
  if (color.saturation == 0) {
    const std::int64_t gray = level(bright);
    return gray << 16 | gray << 8 | gray;
  }
  const float h = (color.hue - std::floor(color.hue)) * 6.0F;
  const float f = h - std::floor(h);
  const std::int64_t v = level(bright);
  const std::int64_t p = level(bright * (1.0F - color.saturation));
  const std::int64_t q = level(bright * (1.0F - color.saturation * f));
  const std::int64_t t = level(bright * (1.0F - color.saturation * (1.0F - f)));
  switch (static_cast<int>(h)) {
    case 0:
      return v << 16 | t << 8 | p;
    case 1:
      return q << 16 | v << 8 | p;
    case 2:
      return p << 16 | v << 8 | t;
    case 3:
      return p << 16 | q << 8 | v;
    case 4:
      return t << 16 | p << 8 | v;
    default:
      return v << 16 | p << 8 | q;
  }
}

Result<std::int64_t> interpolated(float fraction, std::int64_t low, std::int64_t high) {
  if (low < 0 || high < 0) return invalid_argument("color is not a valid rgb value");
  if (std::isnan(fraction)) return 0;
  const HueColor a = to_hue(low);
  const HueColor b = to_hue(high);
  return from_hue({fraction * (b.hue - a.hue) + a.hue,
                   fraction * (b.saturation - a.saturation) + a.saturation,
                   fraction * (b.brightness - a.brightness) + a.brightness});
}

Result<Value> color_between(double fraction, std::int64_t low, std::int64_t high) {
  if (low < 0) return invalid_argument("lowColor not a valid RGB color");
  if (high < 0) return invalid_argument("highColor not a valid RGB color");
  const double inside = std::isnan(fraction) ? fraction : std::clamp(fraction, 0.0, 1.0);
  return Value(TRY(interpolated(static_cast<float>(inside), low, high)));
}

Result<Value> color_of_fraction(Arguments values) {
  return color_between(values[0].as_double(), values[1].as_int(), values[2].as_int());
}

Result<Value> color_of_range(Arguments values) {
  const double value = values[0].as_double();
  const double low = values[1].as_double();
  const double high = values[2].as_double();
  return color_between((value - low) / (high - low), values[3].as_int(), values[4].as_int());
}

// Switches a terminal of 256 colors.
std::string escape_of(std::int64_t color) {
  std::int64_t index = -color - 1;
  if (color >= 0) {
    const auto level = [&](int shift) { return part_of(color, shift) * 6 / 256; };
    index = 16 + level(16) * 36 + level(8) * 6 + level(0);
  }
  return fmt::format("\x1b[38;5;{}m", index);
}

std::string rendered(std::string_view text, std::int64_t color) {
  return escape_of(color) + std::string(text) + std::string(kReset);
}

Result<Value> render_text(Arguments values) {
  return Value(rendered(values[0].as_text(), values[1].as_int()));
}
Result<Value> render_integer(Arguments values) {
  return Value(rendered(std::to_string(values[0].as_int()), values[1].as_int()));
}
Result<Value> render_double(Arguments values) {
  std::string text;
  types::append_java_double(text, values[0].as_double());
  return Value(rendered(text, values[1].as_int()));
}
Result<Value> render_boolean(Arguments values) {
  return Value(values[0].as_bool() ? rendered("\u2713", -3) : rendered("\u2717", -2));
}

Result<Value> bar(double percent, std::int64_t width, std::int64_t low, std::int64_t high) {
  if (width > kBarWidthMax) return text_too_large();
  const double product = percent * static_cast<double>(width);
  const double limited = std::isnan(product) ? 0 : std::clamp(product, -2147483648.0, 2147483647.0);
  const std::int64_t count =
      std::max<std::int64_t>(0, std::min(width, static_cast<std::int64_t>(limited)));
  std::string out;
  for (std::int64_t i = 0; i < count; ++i) {
    const double fraction = static_cast<double>(i) / static_cast<double>(width - 1);
    out += escape_of(TRY(interpolated(static_cast<float>(fraction), low, high)));
    out += "\u2588";
  }
  out += kReset;
  if (count < width) out.append(static_cast<std::size_t>(width - count), ' ');
  return Value(std::move(out));
}

Result<Value> plain_bar(Arguments values) {
  return bar(values[0].as_double(), values[1].as_int(), 0xFF0000, 0x00FF00);
}
Result<Value> colored_bar(Arguments values) {
  return bar(values[0].as_double(), values[1].as_int(), values[2].as_int(), values[3].as_int());
}

constexpr FunctionEntry kColorFunctions[] = {
    {"bar", takes<plain_bar, Double, BigInt>},
    {"bar", takes<colored_bar, Double, BigInt, Color, Color>},
    {"color", takes<color_of_text, Varchar>},
    {"color", takes<color_of_fraction, Double, Color, Color>},
    {"color", takes<color_of_range, Double, Double, Double, Color, Color>},
    {"render", takes<render_text, Varchar, Color>},
    {"render", takes<render_integer, BigInt, Color>},
    {"render", takes<render_double, Double, Color>},
    {"render", takes<render_boolean, Boolean>},
    {"rgb", takes<rgb, BigInt, BigInt, BigInt>},
};

}  // namespace

FunctionList color_functions() { return kColorFunctions; }

}  // namespace tarn::functions
