// SPDX-License-Identifier: Apache-2.0
// Time and chance come in as parameters, so that tests decide them.
#pragma once

#include <cstdint>

namespace tarn {

class Clock {
 public:
  virtual ~Clock() = default;
  // Microseconds since 1970-01-01 UTC. May step back when the machine's clock is set.
  virtual std::int64_t now_micros() = 0;
  // Waits; tests return at once.
  virtual void sleep_micros(std::int64_t micros) = 0;
};

// Thread-safe.
class Random {
 public:
  virtual ~Random() = default;
  virtual std::uint64_t next() = 0;
};

// The machine's own. Valid for the whole program.
Clock& system_clock();
Random& system_random();

// For tests: starts at a given time, moves by `step_micros` with each reading.
class FakeClock final : public Clock {
 public:
  explicit FakeClock(std::int64_t start_micros = 1'700'000'000'000'000,
                     std::int64_t step_micros = 1'000)
      : now_(start_micros), step_(step_micros) {}
  std::int64_t now_micros() override { return now_ += step_; }
  void sleep_micros(std::int64_t micros) override { now_ += micros; }

 private:
  std::int64_t now_;
  std::int64_t step_;
};

// For tests: a fixed sequence (splitmix64) from a seed.
class FakeRandom final : public Random {
 public:
  explicit FakeRandom(std::uint64_t seed = 1) : state_(seed) {}
  std::uint64_t next() override;

 private:
  std::uint64_t state_;
};

}  // namespace tarn
