// SPDX-License-Identifier: Apache-2.0
#include "postgres/numeric.h"

#include "base/bytes.h"
#include "base/testing.h"
#include "postgres/binary_text.h"

namespace tarn::postgres {
namespace {

// Makes the binary form of a decimal text, as the server does.
std::string numeric_of(std::string_view text) {
  const bool negative = text.starts_with('-');
  if (negative) text.remove_prefix(1);
  const std::size_t point = text.find('.');
  std::string whole(text.substr(0, point));
  std::string fraction(point == std::string_view::npos ? "" : text.substr(point + 1));
  const std::size_t scale = fraction.size();
  while (whole.size() % 4 != 0) whole.insert(0, "0");
  while (fraction.size() % 4 != 0) fraction += '0';
  std::vector<std::int16_t> groups;
  const std::string digits = whole + fraction;
  for (std::size_t i = 0; i < digits.size(); i += 4) {
    groups.push_back(static_cast<std::int16_t>(std::stoi(digits.substr(i, 4))));
  }
  int weight = static_cast<int>(whole.size() / 4) - 1;
  while (!groups.empty() && groups.front() == 0) {
    groups.erase(groups.begin());
    --weight;
  }
  while (!groups.empty() && groups.back() == 0) groups.pop_back();
  if (groups.empty()) weight = 0;
  std::string out;
  append_big_endian(out, static_cast<std::int16_t>(groups.size()));
  append_big_endian(out, static_cast<std::int16_t>(weight));
  append_big_endian(out, static_cast<std::uint16_t>(negative ? 0x4000 : 0));
  append_big_endian(out, static_cast<std::uint16_t>(scale));
  for (const std::int16_t group : groups) append_big_endian(out, group);
  return out;
}

TEST_CASE("numeric to decimal and text") {
  const std::string nines(38, '9');
  struct Case {
    std::string text;
    int precision, scale;
    std::string expected;  // `~` in front: rounded; `!`: overflow
  };
  const Case cases[] = {
      {"0", 5, 2, "0.00"},
      {"0.00", 5, 2, "0.00"},
      {"1", 5, 2, "1.00"},
      {"-1.5", 5, 2, "-1.50"},
      {"999.99", 5, 2, "999.99"},
      {"999.995", 5, 2, "!"},
      {"999.994", 5, 2, "~999.99"},
      {"1000", 5, 2, "!"},
      {"12.3456", 5, 2, "~12.35"},
      {"-12.345", 5, 2, "~-12.35"},
      {"12.3449999999999", 5, 2, "~12.34"},
      {"0.004", 5, 2, "~0.00"},
      {"0.005", 5, 2, "~0.01"},
      {"0.00000000000001", 5, 2, "~0.00"},
      {"0.00005", 5, 4, "~0.0001"},
      {"0.00004", 5, 4, "~0.0000"},
      {"12345678.9", 10, 2, "12345678.90"},
      {"12340000", 10, 2, "12340000.00"},
      {"1234000000000000", 18, 2, "1234000000000000.00"},
      {"9999999999999999.99", 18, 2, "9999999999999999.99"},
      {nines, 38, 0, nines},
      {"-" + nines, 38, 0, "-" + nines},
      {nines + "9", 38, 0, "!"},
      {nines + ".5", 38, 0, "!"},
      {"1" + std::string(37, '0'), 38, 0, "1" + std::string(37, '0')},
      {"1" + std::string(38, '0'), 38, 0, "!"},
      {"1" + std::string(100, '0'), 38, 0, "!"},
      {"0." + nines, 38, 38, "0." + nines},
      {"1", 38, 38, "!"},
      {"9999999999999999999999999999.9999999999", 38, 10,
       "9999999999999999999999999999.9999999999"},
      {"123456789012345678901234567.1", 38, 11, "123456789012345678901234567.10000000000"},
      {"1234567890123456789012345678.1", 38, 11, "!"},
      {"17014118346046923173168730371588410572.8", 38, 0,
       "~17014118346046923173168730371588410573"},
      {"340282366920938463463374607431768211456", 38, 0, "!"},
  };
  for (const Case& c : cases) {
    CAPTURE(c.text);
    CAPTURE(c.precision);
    const std::string bytes = numeric_of(c.text);
    const auto numeric = read_numeric(bytes);
    REQUIRE(numeric);
    std::string text(numeric_text_size_max(*numeric), '\0');
    text.resize(write_numeric_text(*numeric, text.data()));
    CHECK(text == c.text);
    Int128 value = 0;
    const DecimalOutcome outcome = to_decimal(*numeric, c.precision, c.scale, value);
    const std::string decimal = format_decimal(value, c.scale);
    CHECK((outcome == DecimalOutcome::Overflow  ? "!"
           : outcome == DecimalOutcome::Rounded ? "~" + decimal
                                                : decimal) == c.expected);
  }
}

TEST_CASE("bytes that are no numeric") {
  const std::string good = numeric_of("12.5");
  CHECK_FALSE(read_numeric(good.substr(0, good.size() - 1)));
  CHECK_FALSE(read_numeric(good + "x"));
  CHECK_FALSE(read_numeric(""));
  std::string digit = good;
  digit[8] = '\x7f';
  CHECK_FALSE(read_numeric(digit));
  std::string sign = good;
  sign[4] = '\x11';
  CHECK_FALSE(read_numeric(sign));
}

TEST_CASE("texts of binary values") {
  std::string out;
  CHECK(append_interval(out, std::string(16, '\0')));
  CHECK(out == "PT0S");
  out.clear();
  std::string bytes;
  append_big_endian(bytes, std::int64_t{-3'661'000'001});
  append_big_endian(bytes, std::int32_t{0});
  append_big_endian(bytes, std::int32_t{25});
  CHECK(append_interval(out, bytes));
  CHECK(out == "P2Y1MT-1H-1M-1.000001S");
  out.clear();
  CHECK(append_mac_address(out, std::string("\x08\0\x2b\1\2\3", 6)));
  CHECK(out == "08:00:2b:01:02:03");
  CHECK_FALSE(append_bits(out, std::string("\0\0\0\x09\xff", 5)));
  CHECK_FALSE(append_inet(out, std::string("\2\x21\0\4\1\2\3\4", 8)));
}

}  // namespace
}  // namespace tarn::postgres
