// SPDX-License-Identifier: Apache-2.0
#include "base/clock.h"

#include <sys/random.h>
#include <time.h>

#include <array>
#include <cerrno>

#include "base/check.h"

namespace tarn {

namespace {

class SystemClock final : public Clock {
 public:
  std::int64_t now_micros() override {
    timespec now{};
    clock_gettime(CLOCK_REALTIME, &now);
    return std::int64_t{now.tv_sec} * 1'000'000 + now.tv_nsec / 1'000;
  }
  void sleep_micros(std::int64_t micros) override {
    if (micros <= 0) return;
    timespec left{micros / 1'000'000, micros % 1'000'000 * 1'000};
    while (nanosleep(&left, &left) != 0 && errno == EINTR) {
    }
  }
};

class SystemRandom final : public Random {
 public:
  std::uint64_t next() override {
    thread_local std::array<std::uint64_t, 32> buffer;
    thread_local std::size_t used = buffer.size();
    if (used == buffer.size()) {
      // Reads of up to 256 bytes are never cut short or interrupted once the pool is ready.
      VERIFY(getrandom(buffer.data(), sizeof(buffer), 0) == ssize_t{sizeof(buffer)});
      used = 0;
    }
    return buffer[used++];
  }
};

}  // namespace

Clock& system_clock() {
  static SystemClock clock;
  return clock;
}

Random& system_random() {
  static SystemRandom random;
  return random;
}

std::uint64_t FakeRandom::next() {
  state_ += 0x9E3779B97F4A7C15u;
  std::uint64_t z = state_;
  z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9u;
  z = (z ^ z >> 27) * 0x94D049BB133111EBu;
  return z ^ z >> 31;
}

}  // namespace tarn
