// SPDX-License-Identifier: Apache-2.0
#include "jinja/bigint.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdlib>

namespace tarn::jinja {

BigInt::BigInt(std::int64_t value) : Counted(), negative_(value < 0) {
  std::uint64_t magnitude =
      value < 0 ? ~static_cast<std::uint64_t>(value) + 1 : static_cast<std::uint64_t>(value);
  while (magnitude != 0) {
    limbs_.push_back(static_cast<std::uint32_t>(magnitude));
    magnitude >>= 32;
  }
}

void BigInt::normalize() {
  while (!limbs_.empty() && limbs_.back() == 0) limbs_.pop_back();
  if (limbs_.empty()) negative_ = false;
}

BigInt BigInt::from_digits(std::string_view digits, unsigned base) {
  BigInt result;
  for (const char c : digits) {
    unsigned digit = 0;
    if (c >= '0' && c <= '9') {
      digit = static_cast<unsigned>(c - '0');
    } else {
      digit = static_cast<unsigned>((c | 0x20) - 'a') + 10;
    }
    std::uint64_t carry = digit;
    for (auto& limb : result.limbs_) {
      const std::uint64_t product = static_cast<std::uint64_t>(limb) * base + carry;
      limb = static_cast<std::uint32_t>(product);
      carry = product >> 32;
    }
    if (carry != 0) result.limbs_.push_back(static_cast<std::uint32_t>(carry));
  }
  return result;
}

BigInt BigInt::from_double(double value) {
  BigInt result;
  result.negative_ = value < 0;
  int exponent = 0;
  const double fraction = std::frexp(std::fabs(std::trunc(value)), &exponent);
  if (fraction == 0) return {};
  auto mantissa = static_cast<std::uint64_t>(std::ldexp(fraction, 53));
  int shift = exponent - 53;
  if (shift < 0) {
    mantissa >>= -shift;
    shift = 0;
  }
  result.limbs_.assign(static_cast<std::size_t>(shift / 32), 0);
  const int bits = shift % 32;
  const std::uint64_t low = mantissa << bits;
  const std::uint64_t high = bits == 0 ? 0 : mantissa >> (64 - bits);
  result.limbs_.push_back(static_cast<std::uint32_t>(low));
  result.limbs_.push_back(static_cast<std::uint32_t>(low >> 32));
  result.limbs_.push_back(static_cast<std::uint32_t>(high));
  result.normalize();
  return result;
}

std::optional<std::int64_t> BigInt::to_int64() const {
  if (limbs_.size() > 2) return std::nullopt;
  std::uint64_t magnitude = 0;
  for (std::size_t i = limbs_.size(); i-- > 0;) magnitude = (magnitude << 32) | limbs_[i];
  constexpr std::uint64_t kMinMagnitude = 1ULL << 63;
  if (negative_) {
    if (magnitude > kMinMagnitude) return std::nullopt;
    return static_cast<std::int64_t>(~magnitude + 1);
  }
  if (magnitude >= kMinMagnitude) return std::nullopt;
  return static_cast<std::int64_t>(magnitude);
}

double BigInt::to_double() const {
  if (bit_length() > 1'024) return negative_ ? -HUGE_VAL : HUGE_VAL;
  return std::strtod(to_string().c_str(), nullptr);
}

std::uint32_t BigInt::divide_small(Limbs& limbs, std::uint32_t divisor) {
  std::uint64_t remainder = 0;
  for (std::size_t i = limbs.size(); i-- > 0;) {
    const std::uint64_t part = (remainder << 32) | limbs[i];
    limbs[i] = static_cast<std::uint32_t>(part / divisor);
    remainder = part % divisor;
  }
  while (!limbs.empty() && limbs.back() == 0) limbs.pop_back();
  return static_cast<std::uint32_t>(remainder);
}

std::string BigInt::to_string(unsigned base) const {
  if (limbs_.empty()) return "0";
  std::uint32_t chunk = base;
  int chunk_digits = 1;
  while (static_cast<std::uint64_t>(chunk) * base <= UINT32_MAX) {
    chunk *= base;
    ++chunk_digits;
  }
  std::string text;
  Limbs rest = limbs_;
  while (!rest.empty()) {
    std::uint32_t part = divide_small(rest, chunk);
    for (int i = 0; i < chunk_digits && (part != 0 || !rest.empty()); ++i) {
      text.push_back("0123456789abcdefghijklmnopqrstuvwxyz"[part % base]);
      part /= base;
    }
  }
  if (negative_) text.push_back('-');
  std::reverse(text.begin(), text.end());
  return text;
}

std::size_t BigInt::bit_length() const {
  if (limbs_.empty()) return 0;
  return limbs_.size() * 32 - static_cast<std::size_t>(std::countl_zero(limbs_.back()));
}

std::uint64_t BigInt::hash() const {
  std::uint64_t hash = negative_ ? 0x9E3779B97F4A7C15ULL : 0;
  for (const auto limb : limbs_) hash = (hash ^ limb) * 0xBF58476D1CE4E5B9ULL + (hash >> 29);
  return hash;
}

BigInt BigInt::negated() const {
  BigInt result(*this);
  if (!result.limbs_.empty()) result.negative_ = !negative_;
  return result;
}

int BigInt::compare_magnitude(const Limbs& a, const Limbs& b) {
  if (a.size() != b.size()) return a.size() < b.size() ? -1 : 1;
  for (std::size_t i = a.size(); i-- > 0;) {
    if (a[i] != b[i]) return a[i] < b[i] ? -1 : 1;
  }
  return 0;
}

std::strong_ordering BigInt::operator<=>(const BigInt& other) const {
  if (negative_ != other.negative_) {
    return negative_ ? std::strong_ordering::less : std::strong_ordering::greater;
  }
  const int order = compare_magnitude(limbs_, other.limbs_);
  return (negative_ ? -order : order) <=> 0;
}

BigInt::Limbs BigInt::add_magnitude(const Limbs& a, const Limbs& b) {
  Limbs sum;
  sum.reserve(std::max(a.size(), b.size()) + 1);
  std::uint64_t carry = 0;
  for (std::size_t i = 0; i < std::max(a.size(), b.size()); ++i) {
    carry += (i < a.size() ? a[i] : 0ULL) + (i < b.size() ? b[i] : 0ULL);
    sum.push_back(static_cast<std::uint32_t>(carry));
    carry >>= 32;
  }
  if (carry != 0) sum.push_back(static_cast<std::uint32_t>(carry));
  return sum;
}

BigInt::Limbs BigInt::subtract_magnitude(const Limbs& a, const Limbs& b) {
  Limbs difference;
  difference.reserve(a.size());
  std::int64_t borrow = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    std::int64_t part = static_cast<std::int64_t>(a[i]) - borrow - (i < b.size() ? b[i] : 0);
    borrow = part < 0 ? 1 : 0;
    if (part < 0) part += 1LL << 32;
    difference.push_back(static_cast<std::uint32_t>(part));
  }
  while (!difference.empty() && difference.back() == 0) difference.pop_back();
  return difference;
}

BigInt BigInt::operator+(const BigInt& other) const {
  BigInt result;
  if (negative_ == other.negative_) {
    result.limbs_ = add_magnitude(limbs_, other.limbs_);
    result.negative_ = negative_;
  } else if (compare_magnitude(limbs_, other.limbs_) >= 0) {
    result.limbs_ = subtract_magnitude(limbs_, other.limbs_);
    result.negative_ = negative_;
  } else {
    result.limbs_ = subtract_magnitude(other.limbs_, limbs_);
    result.negative_ = other.negative_;
  }
  result.normalize();
  return result;
}

Result<BigInt> BigInt::multiply(const BigInt& other) const {
  if (bit_length() + other.bit_length() > kBigIntBitsMax) {
    return fail(kLimitError, "integer has too many digits");
  }
  BigInt result;
  result.limbs_.assign(limbs_.size() + other.limbs_.size(), 0);
  for (std::size_t i = 0; i < limbs_.size(); ++i) {
    std::uint64_t carry = 0;
    for (std::size_t j = 0; j < other.limbs_.size() || carry != 0; ++j) {
      carry += result.limbs_[i + j];
      if (j < other.limbs_.size()) {
        carry += static_cast<std::uint64_t>(limbs_[i]) * other.limbs_[j];
      }
      result.limbs_[i + j] = static_cast<std::uint32_t>(carry);
      carry >>= 32;
    }
  }
  result.negative_ = negative_ != other.negative_;
  result.normalize();
  return result;
}

// Long division by Knuth's algorithm D.
BigInt::Limbs BigInt::divide_magnitude(const Limbs& a, const Limbs& b, Limbs& remainder) {
  if (compare_magnitude(a, b) < 0) {
    remainder = a;
    return {};
  }
  if (b.size() == 1) {
    Limbs quotient = a;
    const std::uint32_t rest = divide_small(quotient, b[0]);
    remainder.clear();
    if (rest != 0) remainder.push_back(rest);
    return quotient;
  }
  const int shift = std::countl_zero(b.back());
  const auto shifted = [shift](const Limbs& limbs) {
    Limbs result(limbs.size() + 1, 0);
    for (std::size_t i = 0; i < limbs.size(); ++i) {
      const std::uint64_t part = static_cast<std::uint64_t>(limbs[i]) << shift;
      result[i] |= static_cast<std::uint32_t>(part);
      result[i + 1] = static_cast<std::uint32_t>(part >> 32);
    }
    return result;
  };
  Limbs u = shifted(a);
  Limbs v = shifted(b);
  v.pop_back();
  const std::size_t n = v.size();
  Limbs quotient(u.size() - n, 0);
  for (std::size_t j = u.size() - n; j-- > 0;) {
    const std::uint64_t top = (static_cast<std::uint64_t>(u[j + n]) << 32) | u[j + n - 1];
    std::uint64_t digit = top / v[n - 1];
    std::uint64_t rest = top % v[n - 1];
    while (digit > UINT32_MAX || digit * v[n - 2] > ((rest << 32) | u[j + n - 2])) {
      --digit;
      rest += v[n - 1];
      if (rest > UINT32_MAX) break;
    }
    std::int64_t borrow = 0;
    std::uint64_t carry = 0;
    for (std::size_t i = 0; i < n; ++i) {
      carry += digit * v[i];
      const std::int64_t part = static_cast<std::int64_t>(u[i + j]) - borrow -
                                static_cast<std::int64_t>(carry & UINT32_MAX);
      u[i + j] = static_cast<std::uint32_t>(part);
      borrow = part < 0 ? 1 : 0;
      carry >>= 32;
    }
    const std::int64_t last =
        static_cast<std::int64_t>(u[j + n]) - borrow - static_cast<std::int64_t>(carry);
    u[j + n] = static_cast<std::uint32_t>(last);
    if (last < 0) {
      --digit;
      std::uint64_t sum = 0;
      for (std::size_t i = 0; i < n; ++i) {
        sum += static_cast<std::uint64_t>(u[i + j]) + v[i];
        u[i + j] = static_cast<std::uint32_t>(sum);
        sum >>= 32;
      }
      u[j + n] += static_cast<std::uint32_t>(sum);
    }
    quotient[j] = static_cast<std::uint32_t>(digit);
  }
  remainder.assign(u.begin(), u.begin() + static_cast<std::ptrdiff_t>(n));
  for (std::size_t i = 0; i < n && shift != 0; ++i) {
    remainder[i] = (u[i] >> shift) |
                   static_cast<std::uint32_t>(static_cast<std::uint64_t>(u[i + 1]) << (32 - shift));
  }
  return quotient;
}

BigInt::Division BigInt::divide(const BigInt& divisor) const {
  Division result;
  result.quotient.limbs_ = divide_magnitude(limbs_, divisor.limbs_, result.remainder.limbs_);
  result.quotient.negative_ = negative_ != divisor.negative_;
  result.remainder.negative_ = negative_;
  result.quotient.normalize();
  result.remainder.normalize();
  if (!result.remainder.is_zero() && negative_ != divisor.negative_) {
    result.quotient = result.quotient + BigInt(-1);
    result.remainder = result.remainder + divisor;
  }
  return result;
}

Result<BigInt> BigInt::power(std::uint64_t exponent) const {
  BigInt result(1);
  if (exponent == 0) return result;
  const bool unit = limbs_.empty() || (limbs_.size() == 1 && limbs_[0] == 1);
  if (unit) exponent = exponent % 2 == 0 ? 2 : 1;
  if (exponent > kBigIntBitsMax) return fail(kLimitError, "integer has too many digits");
  BigInt base(*this);
  while (true) {
    if (exponent % 2 == 1) result = TRY(result.multiply(base));
    exponent /= 2;
    if (exponent == 0) return result;
    base = TRY(base.multiply(base));
  }
}

}  // namespace tarn::jinja
