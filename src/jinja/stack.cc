// SPDX-License-Identifier: Apache-2.0
#include "jinja/stack.h"

#include <pthread.h>

#include <cstddef>

namespace tarn::jinja {

namespace {

constexpr std::uintptr_t kReserve = 512 * 1024;

// The lowest address that may be used; 0 if the system does not tell.
std::uintptr_t lowest_address() {
  pthread_attr_t attributes;
  if (pthread_getattr_np(pthread_self(), &attributes) != 0) return 0;
  void* base = nullptr;
  std::size_t size = 0;
  const bool known = pthread_attr_getstack(&attributes, &base, &size) == 0;
  pthread_attr_destroy(&attributes);
  if (!known || size <= 2 * kReserve) return 0;
  return reinterpret_cast<std::uintptr_t>(base) + kReserve;
}

}  // namespace

std::uintptr_t lowest_stack_address() {
  thread_local const std::uintptr_t lowest = lowest_address();
  return lowest;
}

}  // namespace tarn::jinja
