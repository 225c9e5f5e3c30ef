// SPDX-License-Identifier: Apache-2.0
#include "base/system_error.h"

#include <cerrno>
#include <system_error>

#include "base/text.h"

namespace tarn {

namespace {

ErrorCode code_of_errno(int number) {
  switch (number) {
    case ENOENT:
    case ENOTDIR:
      return ErrorCode::NotFound;
    case EEXIST:
      return ErrorCode::AlreadyExists;
    case EACCES:
    case EPERM:
    case EROFS:
      return ErrorCode::Denied;
    default:
      return ErrorCode::Unavailable;
  }
}

}  // namespace

Error system_error(int number, std::string_view action, std::string_view path) {
  std::string reason = std::generic_category().message(number);
  if (!reason.empty()) reason = to_lower(reason.substr(0, 1)) + reason.substr(1);
  return Error{
      code_of_errno(number), fmt::format("cannot {} `{}`: {}", action, path, reason), {}, {}};
}

}  // namespace tarn
