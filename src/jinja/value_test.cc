// SPDX-License-Identifier: Apache-2.0
#include "jinja/value.h"

#include <doctest/doctest.h>

#include <cmath>
#include <string>
#include <vector>

#include "base/testing.h"
#include "jinja/bigint.h"
#include "jinja/methods.h"
#include "jinja/names.h"

namespace tarn::jinja {
namespace {

BigInt big(std::string_view digits) {
  const bool negative = digits.starts_with('-');
  BigInt number = BigInt::from_digits(digits.substr(negative ? 1 : 0), 10);
  return negative ? number.negated() : number;
}

TEST_CASE("big integers divide as Python does") {
  struct Case {
    std::string a, b, quotient, remainder;
  };
  for (const auto& c : std::vector<Case>{
           {"7", "2", "3", "1"},
           {"-7", "2", "-4", "1"},
           {"7", "-2", "-4", "-1"},
           {"-7", "-2", "3", "-1"},
           {"340282366920938463463374607431768211456", "18446744073709551616",
            "18446744073709551616", "0"},
           {"340282366920938463463374607431768211455", "18446744073709551615",
            "18446744073709551617", "0"},
           {"-123456789012345678901234567890", "987654321098765", "-124999998860938",
            "439799363973680"},
           {"99999999999999999999999999999999999999999", "4294967296",
            "23283064365386962890624999999999", "4294967295"},
       }) {
    const auto division = big(c.a).divide(big(c.b));
    CHECK(division.quotient.to_string() == c.quotient);
    CHECK(division.remainder.to_string() == c.remainder);
    // a == q * b + r
    const auto product = CHECK_OK(division.quotient.multiply(big(c.b)));
    CHECK((product + division.remainder).to_string() == c.a);
  }
}

TEST_CASE("big integers convert") {
  CHECK(CHECK_OK(BigInt(3).power(100)).to_string() ==
        "515377520732011331036461129765621272702107522001");
  CHECK(BigInt(INT64_MIN).to_string() == "-9223372036854775808");
  CHECK(BigInt(INT64_MIN).to_int64() == INT64_MIN);
  CHECK(!BigInt(INT64_MIN).negated().to_int64());
  CHECK(BigInt(255).to_string(16) == "ff");
  CHECK(BigInt::from_double(1e22).to_string() == "10000000000000000000000");
  CHECK(BigInt::from_double(-3.9).to_string() == "-3");
  CHECK(big("10000000000000000000000").to_double() == 1e22);
  CHECK(BigInt(0).bit_length() == 0);
  CHECK(big("18446744073709551616").bit_length() == 65);
  CHECK((big("18446744073709551616") <=> big("-5")) > 0);
}

TEST_CASE("numbers that are equal have equal hashes") {
  const std::vector<Value> ones = {Value(1), Value(1.0), Value(true)};
  for (const auto& a : ones) {
    for (const auto& b : ones) {
      CHECK(CHECK_OK(equals(a, b)));
      CHECK(CHECK_OK(hash_of(a)) == CHECK_OK(hash_of(b)));
    }
  }
  const Value exact = Value::integer(CHECK_OK(BigInt(2).power(70)));
  const Value real(std::ldexp(1.0, 70));
  CHECK(CHECK_OK(equals(exact, real)));
  CHECK(CHECK_OK(hash_of(exact)) == CHECK_OK(hash_of(real)));
  CHECK(!CHECK_OK(equals(Value(9007199254740993), Value(9007199254740992.0))));
}

TEST_CASE("tables keep insertion order through changes") {
  auto dict = make_ref<Dict>();
  for (int i = 0; i < 1'000; ++i) dict->set(fmt::format("k{}", i), Value(i));
  for (int i = 0; i < 1'000; i += 2) CHECK_OK(dict->take(Value(fmt::format("k{}", i))));
  CHECK(dict->size() == 500);
  dict->set("k0", Value("again"));
  std::vector<std::string> keys;
  for (const auto& entry : dict->entries()) {
    if (entry.live) keys.emplace_back(entry.key.text());
  }
  CHECK(keys.front() == "k1");
  CHECK(keys.back() == "k0");
  CHECK(dict->find("k2") == nullptr);
  CHECK(dict->find("k999")->as_int() == 999);
  CHECK_ERROR(dict->set(Value::list({}), Value()), ErrorCode::InvalidInput, "unhashable");
}

TEST_CASE("floats print as Python prints them") {
  for (const auto& [value, expected] :
       std::vector<std::pair<double, std::string>>{{0.1, "0.1"},
                                                   {1.0, "1.0"},
                                                   {-0.0, "-0.0"},
                                                   {1e16, "1e+16"},
                                                   {1e15, "1000000000000000.0"},
                                                   {1.5e300, "1.5e+300"},
                                                   {1e-5, "1e-05"},
                                                   {0.0001, "0.0001"},
                                                   {123456.789, "123456.789"},
                                                   {2.0 / 3, "0.6666666666666666"},
                                                   {5e-324, "5e-324"},
                                                   {HUGE_VAL, "inf"},
                                                   {100.0, "100.0"}}) {
    CHECK(float_repr(value) == expected);
  }
}

TEST_CASE("names are found in the nearest table, lazy ones once") {
  auto outer = std::make_shared<NameTable>();
  int made = 0;
  outer->set("a", Value(1));
  outer->set_lazy("lazy", [&made] { return Value(++made); });
  NameTable inner(outer);
  inner.set("a", Value(2));
  for (int i = 0; i < 100; ++i) inner.set(fmt::format("n{}", i), Value(i));
  CHECK(inner.find("a")->as_int() == 2);
  CHECK(inner.find("n57")->as_int() == 57);
  CHECK(inner.find("lazy")->as_int() == 1);
  CHECK(inner.find("lazy")->as_int() == 1);
  CHECK(inner.find("nothing") == nullptr);
}

TEST_CASE("copies are deep where asked") {
  const Value list = Value::list({Value::list({Value(1)})});
  const Value copy = deep_copy(list);
  list.items()[0].items().push_back(Value(2));
  CHECK(copy.items()[0].items().size() == 1);
}

}  // namespace
}  // namespace tarn::jinja
