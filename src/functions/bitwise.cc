// SPDX-License-Identifier: Apache-2.0
// bitwise_… and bit_count.
#include <bit>

#include "functions/lists.h"
#include "functions/typed_call.h"

namespace tarn::functions {

namespace {

using types::Value;
using enum types::TypeKind;

Result<Value> bit_count(Arguments values) {
  const std::int64_t number = values[0].as_int();
  const std::int64_t bits = values[1].as_int();
  if (bits < 2 || bits > 64) {
    return invalid_argument("Bits specified in bit_count must be between 2 and 64, got {}", bits);
  }
  if (bits == 64) return Value(std::popcount(static_cast<std::uint64_t>(number)));
  const std::int64_t limit = std::int64_t{1} << (bits - 1);
  if (number < -limit || number >= limit) {
    return invalid_argument(
        "Number must be representable with the bits specified. {} cannot be represented with {} "
        "bits",
        number, bits);
  }
  const std::uint64_t mask = (std::uint64_t{1} << bits) - 1;
  return Value(std::popcount(static_cast<std::uint64_t>(number) & mask));
}

Result<Value> bitwise_and(Arguments values) { return values[0].as_int() & values[1].as_int(); }
Result<Value> bitwise_or(Arguments values) { return values[0].as_int() | values[1].as_int(); }
Result<Value> bitwise_xor(Arguments values) { return values[0].as_int() ^ values[1].as_int(); }
Result<Value> bitwise_not(Arguments values) { return Value(~values[0].as_int()); }

constexpr int bits_of(types::TypeKind kind) {
  return kind == TinyInt ? 8 : kind == SmallInt ? 16 : kind == Integer ? 32 : 64;
}

// The number of the lowest bits, with the sign that they have.
template <int bits>
std::int64_t sign_extended(std::uint64_t value) {
  return static_cast<std::int64_t>(value << (64 - bits)) >> (64 - bits);
}

// Java's shift of a long: only the lower six bits count, so that negative shifts wrap around.
int java_shift(std::int64_t shift) { return static_cast<int>(shift & 63); }

template <int bits>
Result<Value> left_shift(Arguments values) {
  const std::int64_t shift = values[1].as_int();
  if (shift >= 64) return Value(0);
  const auto value = static_cast<std::uint64_t>(values[0].as_int());
  return Value(sign_extended<bits>(value << java_shift(shift)));
}

template <int bits>
Result<Value> right_shift(Arguments values) {
  const std::int64_t shift = values[1].as_int();
  if (shift >= 64) return Value(0);
  if (shift == 0) return values[0];
  constexpr std::uint64_t kMask = ~std::uint64_t{0} >> (64 - bits);
  const auto value = static_cast<std::uint64_t>(values[0].as_int());
  return Value(static_cast<std::int64_t>((value & kMask) >> java_shift(shift)));
}

template <int bits>
Result<Value> right_shift_arithmetic(Arguments values) {
  const std::int64_t value = values[0].as_int();
  const std::int64_t shift = values[1].as_int();
  if (shift >= 64) return Value(value < 0 ? -1 : 0);
  return Value(value >> java_shift(shift));
}

template <types::TypeKind kind>
constexpr PlainFunction kLeft = left_shift<bits_of(kind)>;
template <types::TypeKind kind>
constexpr PlainFunction kRight = right_shift<bits_of(kind)>;
template <types::TypeKind kind>
constexpr PlainFunction kArithmetic = right_shift_arithmetic<bits_of(kind)>;

constexpr FunctionEntry kBitwiseFunctions[] = {
    {"bit_count", takes<bit_count, BigInt, BigInt>},
    {"bitwise_and", takes<bitwise_and, BigInt, BigInt>},
    {"bitwise_or", takes<bitwise_or, BigInt, BigInt>},
    {"bitwise_xor", takes<bitwise_xor, BigInt, BigInt>},
    {"bitwise_not", takes<bitwise_not, BigInt>},
    {"bitwise_left_shift", takes<kLeft<TinyInt>, TinyInt, Integer>},
    {"bitwise_left_shift", takes<kLeft<SmallInt>, SmallInt, Integer>},
    {"bitwise_left_shift", takes<kLeft<Integer>, Integer, Integer>},
    {"bitwise_left_shift", takes<kLeft<BigInt>, BigInt, Integer>},
    {"bitwise_right_shift", takes<kRight<TinyInt>, TinyInt, Integer>},
    {"bitwise_right_shift", takes<kRight<SmallInt>, SmallInt, Integer>},
    {"bitwise_right_shift", takes<kRight<Integer>, Integer, Integer>},
    {"bitwise_right_shift", takes<kRight<BigInt>, BigInt, Integer>},
    {"bitwise_right_shift_arithmetic", takes<kArithmetic<TinyInt>, TinyInt, Integer>},
    {"bitwise_right_shift_arithmetic", takes<kArithmetic<SmallInt>, SmallInt, Integer>},
    {"bitwise_right_shift_arithmetic", takes<kArithmetic<Integer>, Integer, Integer>},
    {"bitwise_right_shift_arithmetic", takes<kArithmetic<BigInt>, BigInt, Integer>},
};

}  // namespace

FunctionList bitwise_functions() { return kBitwiseFunctions; }

}  // namespace tarn::functions
