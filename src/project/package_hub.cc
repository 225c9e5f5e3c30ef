// SPDX-License-Identifier: Apache-2.0
#include "project/package_hub.h"

#include <fmt/core.h>

#include <algorithm>
#include <boost/json.hpp>
#include <optional>

#include "base/json.h"
#include "base/text.h"

namespace tarn::project {

namespace {

namespace json = boost::json;

struct Version {
  std::int64_t numbers[3] = {0, 0, 0};
  std::vector<std::string> pre;  // `b1`, `rc`, `2`
};

Result<Version> parse_version(std::string_view text) {
  Version out;
  std::string_view rest = trim(text);
  if (rest.starts_with('v')) rest.remove_prefix(1);
  rest = rest.substr(0, rest.find('+'));
  const auto dash = rest.find('-');
  const auto parts = split(rest.substr(0, dash), '.');
  if (parts.size() != 3) return invalid_input("`{}` is no version: use three numbers", text);
  for (std::size_t i = 0; i < 3; ++i) {
    const auto number = parse_int64(parts[i]);
    if (!number || *number < 0) return invalid_input("`{}` is no version", text);
    out.numbers[i] = *number;
  }
  if (dash != std::string_view::npos) {
    for (const auto part : split(rest.substr(dash + 1), '.')) out.pre.emplace_back(part);
  }
  return out;
}

int compare_part(const std::string& a, const std::string& b) {
  const auto left = parse_int64(a);
  const auto right = parse_int64(b);
  if (left && right) return *left < *right ? -1 : *left > *right ? 1 : 0;
  if (left) return -1;
  if (right) return 1;
  return a < b ? -1 : a > b ? 1 : 0;
}

int compare(const Version& a, const Version& b) {
  for (int i = 0; i < 3; ++i) {
    if (a.numbers[i] != b.numbers[i]) return a.numbers[i] < b.numbers[i] ? -1 : 1;
  }
  if (a.pre.empty() != b.pre.empty()) return a.pre.empty() ? 1 : -1;
  for (std::size_t i = 0; i < std::min(a.pre.size(), b.pre.size()); ++i) {
    if (const int order = compare_part(a.pre[i], b.pre[i]); order != 0) return order;
  }
  return a.pre.size() < b.pre.size() ? -1 : a.pre.size() > b.pre.size() ? 1 : 0;
}

struct Bound {
  std::string op;
  Version version;
};

Result<std::vector<Bound>> parse_ranges(const std::vector<std::string>& ranges) {
  std::vector<Bound> out;
  for (const auto& range : ranges) {
    for (auto one : split(range, ',')) {
      one = trim(one);
      if (one.empty()) continue;
      Bound bound;
      const auto start = one.find_first_not_of("<>=");
      bound.op = std::string(one.substr(0, start));
      if (bound.op.empty()) bound.op = "=";
      bound.version = TRY(parse_version(start == std::string_view::npos ? "" : one.substr(start)));
      out.push_back(std::move(bound));
    }
  }
  return out;
}

bool allows(const Bound& bound, const Version& version) {
  const int order = compare(version, bound.version);
  if (bound.op == ">=") return order >= 0;
  if (bound.op == "<=") return order <= 0;
  if (bound.op == ">") return order > 0;
  if (bound.op == "<") return order < 0;
  return order == 0;
}

bool allows_all(const std::vector<Bound>& bounds, const Version& version) {
  bool names_pre = version.pre.empty();
  for (const auto& bound : bounds) {
    if (!allows(bound, version)) return false;
    if (!bound.version.pre.empty()) names_pre = true;
  }
  return names_pre;
}

std::string member(const json::value& value, std::string_view key) {
  const auto* object = value.if_object();
  const auto* found = object == nullptr ? nullptr : object->if_contains(key);
  return found != nullptr && found->is_string() ? std::string(found->as_string()) : std::string();
}

}  // namespace

Result<int> compare_versions(std::string_view a, std::string_view b) {
  return compare(TRY(parse_version(a)), TRY(parse_version(b)));
}

Result<HubRelease> find_release(const Fetch& fetch, std::string_view hub, std::string_view package,
                                const std::vector<std::string>& ranges) {
  const auto slash = package.find('/');
  if (slash == std::string_view::npos || package.find("..") != std::string_view::npos) {
    return invalid_input("`{}` is no package of the hub: use `owner/name`", package);
  }
  const auto bounds = TRY(parse_ranges(ranges));
  const std::string url =
      fmt::format("{}{}api/v1/{}.json", hub, hub.ends_with('/') ? "" : "/", package);
  auto body = fetch(url);
  if (!body) {
    if (body.error().code != ErrorCode::NotFound) return std::move(body).error();
    return not_found("package `{}` was not found in the package index ({})", package, url);
  }
  const json::value document = TRY(parse_json(*body));
  const auto* object = document.if_object();
  const auto* versions = object == nullptr ? nullptr : object->if_contains("versions");
  if (versions == nullptr || !versions->is_object()) {
    return invalid_input("the package index says nothing about versions of `{}` ({})", package,
                         url);
  }
  std::optional<std::pair<Version, const json::value*>> best;
  std::string known;
  for (const auto& [name, release] : versions->as_object()) {
    const auto version = parse_version(std::string_view(name));
    if (!version) continue;
    known += (known.empty() ? "" : ", ") + std::string(name);
    if (!allows_all(bounds, *version)) continue;
    if (!best || compare(*version, best->first) > 0) best = std::pair(*version, &release);
  }
  if (!best) {
    std::string wanted;
    for (const auto& range : ranges) wanted += (wanted.empty() ? "" : ", ") + range;
    return not_found("no release of `{}` is within {}; there are {}", package, wanted, known);
  }
  HubRelease out;
  const json::value& release = *best->second;
  out.name = member(release, "name");
  if (out.name.empty()) out.name = package.substr(slash + 1);
  out.version = member(release, "version");
  const auto* members = release.if_object();
  const auto* downloads = members == nullptr ? nullptr : members->if_contains("downloads");
  if (downloads != nullptr) {
    out.tarball = member(*downloads, "tarball");
    out.sha1 = member(*downloads, "sha1");
  }
  if (out.tarball.empty()) {
    return invalid_input("the package index has no archive of `{}` {}", package, out.version);
  }
  return out;
}

}  // namespace tarn::project
