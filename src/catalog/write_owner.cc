// SPDX-License-Identifier: Apache-2.0
#include "catalog/write_owner.h"

#include <fmt/core.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <string>

#include "base/file.h"
#include "base/text.h"

namespace tarn::catalog {

namespace {

// Field 22 of /proc/<pid>/stat, counted behind the program's name, which may hold anything.
constexpr std::size_t kStartTimeField = 19;

std::optional<std::int64_t> start_time_of(std::int64_t process_id) {
  const auto text = read_file(fmt::format("/proc/{}/stat", process_id));
  if (!text) return std::nullopt;
  const auto name_end = text->rfind(") ");
  if (name_end == std::string::npos) return std::nullopt;
  const auto fields = split(std::string_view(*text).substr(name_end + 2), ' ');
  if (fields.size() <= kStartTimeField) return std::nullopt;
  return parse_int64(fields[kStartTimeField]);
}

std::string host_identity() {
  char name[256] = {};
  ::gethostname(name, sizeof(name) - 1);
  const auto boot = read_file("/proc/sys/kernel/random/boot_id");
  char space[64] = {};
  const auto size = ::readlink("/proc/self/ns/pid", space, sizeof(space) - 1);
  return fmt::format("{}/{}/{}", name, boot ? trim(*boot) : std::string_view("-"),
                     std::string_view(space, size > 0 ? static_cast<std::size_t>(size) : 0));
}

}  // namespace

iceberg::WriteOwner current_owner() {
  return {.host = host_identity(),
          .process_id = ::getpid(),
          .started = start_time_of(::getpid()).value_or(0)};
}

OwnerState look_at_owner(const iceberg::WriteOwner& owner) {
  if (owner.host != host_identity()) return OwnerState::Elsewhere;
  if (::kill(static_cast<pid_t>(owner.process_id), 0) != 0 && errno == ESRCH) {
    return OwnerState::Dead;
  }
  const auto started = start_time_of(owner.process_id);
  // Without a start time nothing is proved: the id may have been given out again.
  if (!started || owner.started == 0) return OwnerState::Alive;
  return *started == owner.started ? OwnerState::Alive : OwnerState::Dead;
}

}  // namespace tarn::catalog
