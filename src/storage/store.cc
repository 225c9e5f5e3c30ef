// SPDX-License-Identifier: Apache-2.0
#include "storage/store.h"

#include <algorithm>
#include <optional>

#include "base/text.h"

namespace tarn::storage {

namespace {

// The offset behind `scheme:`; 0 if the text does not begin with a scheme.
std::size_t scheme_end(std::string_view location) {
  const auto is_letter = [](char c) { return (c | 0x20) >= 'a' && (c | 0x20) <= 'z'; };
  if (location.empty() || !is_letter(location[0])) return 0;
  for (std::size_t i = 1; i < location.size(); ++i) {
    const char c = location[i];
    if (c == ':') return i + 1;
    if (!is_letter(c) && !(c >= '0' && c <= '9') && c != '+' && c != '-' && c != '.') return 0;
  }
  return 0;
}

std::string collapse_slashes(std::string_view path) {
  std::string out;
  out.reserve(path.size());
  for (const char c : path) {
    if (c != '/' || !out.ends_with('/')) out.push_back(c);
  }
  return out;
}

}  // namespace

std::string location_scheme(std::string_view location) {
  const std::size_t end = scheme_end(location);
  if (end == 0) return {};
  std::string scheme = to_lower(location.substr(0, end - 1));
  // `a:b` without slashes is a file name.
  if (scheme == "file" || !location.substr(end).starts_with("//")) return {};
  return scheme;
}

std::string normalize_location(std::string_view location) {
  const std::size_t end = scheme_end(location);
  if (end > 0 && equals_ignore_case(location.substr(0, end), "file:")) {
    std::string_view path = location.substr(end);
    if (path.starts_with("//localhost/")) path.remove_prefix(11);
    return collapse_slashes(path);
  }
  std::string scheme = location_scheme(location);
  if (scheme.empty()) return collapse_slashes(location);
  if (scheme == "s3a" || scheme == "s3n") scheme = "s3";
  return scheme.append(location.substr(end - 1));
}

std::string join_location(std::string_view folder, std::string_view name) {
  std::string out(folder);
  if (!out.empty() && !out.ends_with('/')) out.push_back('/');
  return out.append(name);
}

std::string_view location_name(std::string_view location) {
  return location.substr(location.rfind('/') + 1);
}

Result<void> Store::write(const std::string& location, std::string_view data, WriteMode mode) {
  const auto stream = TRY(open_write(location, mode));
  TRY(stream->write(data));
  return stream->finish();
}

Result<void> Store::remove_many(std::span<const std::string> locations) {
  std::optional<Error> failure;
  for (const auto& location : locations) {
    auto result = remove(location);
    if (!result && !failure) failure = std::move(result).error();
  }
  if (failure) return std::move(*failure);
  return {};
}

Result<bool> Store::exists(const std::string& location) {
  const auto found = info(location);
  if (found) return true;
  if (found.error().code == ErrorCode::NotFound) return false;
  return found.error();
}

Result<std::vector<ObjectInfo>> Store::list_all(const std::string& prefix) {
  std::vector<ObjectInfo> objects;
  TRY(list(prefix, [&](const ObjectInfo& object) -> Result<void> {
    objects.push_back(object);
    return {};
  }));
  std::sort(objects.begin(), objects.end(),
            [](const ObjectInfo& a, const ObjectInfo& b) { return a.location < b.location; });
  return objects;
}

}  // namespace tarn::storage
