// SPDX-License-Identifier: Apache-2.0
// Functions whose result differs from call to call.
#include "base/clock.h"
#include "base/uuid.h"
#include "functions/lists.h"
#include "functions/typed_call.h"

namespace tarn::functions {

namespace {

using types::Value;
using enum types::TypeKind;

Result<Value> random_double(Arguments) {
  return Value(static_cast<double>(system_random().next() >> 11) * 0x1.0p-53);
}

// Below `bound`; the bias of the product is far below what can be seen.
std::uint64_t random_below(std::uint64_t bound) {
  const UInt128 product = UInt128{system_random().next()} * bound;
  return static_cast<std::uint64_t>(product >> 64);
}

BoundFunction bind_random(const CallSignature& signature) {
  const auto& arguments = signature.arguments;
  if (arguments.empty()) return {.call = random_double};
  if (!types::is_integral(arguments[0])) return {};
  if (arguments.size() == 1) {
    return {.call = [](Arguments values) -> Result<Value> {
      const std::int64_t bound = values[0].as_int();
      if (bound <= 0) return invalid_argument("bound must be positive");
      return Value(static_cast<std::int64_t>(random_below(static_cast<std::uint64_t>(bound))));
    }};
  }
  return {.call = [](Arguments values) -> Result<Value> {
    const auto start = static_cast<std::uint64_t>(values[0].as_int());
    const auto stop = static_cast<std::uint64_t>(values[1].as_int());
    if (values[0].as_int() >= values[1].as_int()) {
      return invalid_argument("start value must be less than stop value");
    }
    return Value(static_cast<std::int64_t>(start + random_below(stop - start)));
  }};
}

Result<Value> random_string(Arguments values) {
  constexpr std::string_view kLetters =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
  const std::int64_t length = values[0].as_int();
  if (length < 0 || length > static_cast<std::int64_t>(kTextSizeMax)) {
    return invalid_argument("Length must be between 0 and {}", kTextSizeMax);
  }
  std::string out(static_cast<std::size_t>(length), ' ');
  for (char& letter : out) letter = kLetters[random_below(kLetters.size())];
  return Value(std::move(out));
}

Result<Value> uuid(Arguments) {
  const auto made = make_uuid4(system_random());
  return Value(std::string(made.bytes.begin(), made.bytes.end()));
}

constexpr FunctionEntry kRandomFunctions[] = {
    {"rand", bind_random},
    {"random", bind_random},
    {"random_string", takes<random_string, BigInt>},
    {"uuid", takes<uuid>},
};

}  // namespace

FunctionList random_functions() { return kRandomFunctions; }

}  // namespace tarn::functions
