// SPDX-License-Identifier: Apache-2.0
// Integers of any size with Python's floor division. Small ones live in Value as 64 bits; see
// Value::integer. Sizes are bounded by kBigIntBitsMax, past which operations fail (kind `limit`).
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "jinja/value.h"

namespace tarn::jinja {

inline constexpr std::size_t kBigIntBitsMax = 1U << 17;

class BigInt final : public Counted {
 public:
  BigInt() = default;
  BigInt(std::int64_t value);

  // Digits of the base (2, 8, 10, 16, any to 36) without sign or prefix; all must be valid.
  static BigInt from_digits(std::string_view digits, unsigned base);
  // Truncates; REQUIRES a finite value.
  static BigInt from_double(double value);

  bool is_zero() const { return limbs_.empty(); }
  bool is_negative() const { return negative_; }
  std::optional<std::int64_t> to_int64() const;
  double to_double() const;  // nearest; infinite if too large
  std::string to_string(unsigned base = 10) const;
  std::size_t bit_length() const;
  std::uint64_t hash() const;

  BigInt negated() const;
  std::strong_ordering operator<=>(const BigInt& other) const;
  bool operator==(const BigInt& other) const { return (*this <=> other) == 0; }
  BigInt operator+(const BigInt& other) const;
  BigInt operator-(const BigInt& other) const { return *this + other.negated(); }
  Result<BigInt> multiply(const BigInt& other) const;
  struct Division;
  // Floor division; REQUIRES a divisor other than zero.
  Division divide(const BigInt& divisor) const;
  Result<BigInt> power(std::uint64_t exponent) const;

 private:
  using Limbs = std::vector<std::uint32_t>;
  static int compare_magnitude(const Limbs& a, const Limbs& b);
  static Limbs add_magnitude(const Limbs& a, const Limbs& b);
  static Limbs subtract_magnitude(const Limbs& a, const Limbs& b);
  static Limbs divide_magnitude(const Limbs& a, const Limbs& b, Limbs& remainder);
  static std::uint32_t divide_small(Limbs& limbs, std::uint32_t divisor);
  void normalize();

  bool negative_ = false;
  Limbs limbs_;  // least significant first, no leading zeros
};

struct BigInt::Division {
  BigInt quotient;
  BigInt remainder;
};

}  // namespace tarn::jinja
