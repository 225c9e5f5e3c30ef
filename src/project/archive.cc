// SPDX-License-Identifier: Apache-2.0
#include "project/archive.h"

#include "base/compression.h"
#include "base/text.h"

namespace tarn::project {

namespace {

constexpr std::size_t kBlock = 512;
constexpr std::size_t kFilesMax = 100'000;

std::string_view field(std::string_view header, std::size_t offset, std::size_t size) {
  const std::string_view text = header.substr(offset, size);
  return text.substr(0, text.find('\0'));
}

Result<std::size_t> octal(std::string_view text) {
  std::size_t out = 0;
  for (const char c : trim(text)) {
    if (c < '0' || c > '7' || out > (std::size_t{1} << 48)) {
      return invalid_input("the archive has a broken number");
    }
    out = out * 8 + static_cast<std::size_t>(c - '0');
  }
  return out;
}

// `12 path=a/b\n` records of a pax header.
std::string pax_path(std::string_view records) {
  while (!records.empty()) {
    const auto space = records.find(' ');
    const auto length = parse_int64(records.substr(0, space));
    if (space == std::string_view::npos || !length || *length <= 0 ||
        static_cast<std::size_t>(*length) > records.size() ||
        static_cast<std::size_t>(*length) <= space + 1) {
      return {};
    }
    std::string_view record =
        records.substr(space + 1, static_cast<std::size_t>(*length) - space - 1);
    if (record.ends_with('\n')) record.remove_suffix(1);
    if (record.starts_with("path=")) return std::string(record.substr(5));
    records.remove_prefix(static_cast<std::size_t>(*length));
  }
  return {};
}

Result<std::string> checked_path(std::string_view path) {
  if (path.starts_with('/') || path.find('\0') != std::string_view::npos) {
    return invalid_input("the archive holds a file outside of its folder: `{}`", path);
  }
  std::string out;
  for (const auto part : split(path, '/')) {
    if (part.empty() || part == ".") continue;
    if (part == "..") {
      return invalid_input("the archive holds a file outside of its folder: `{}`", path);
    }
    if (!out.empty()) out += '/';
    out += part;
  }
  return out;
}

}  // namespace

Result<std::vector<ArchivedFile>> read_tar_gz(std::string_view data, std::size_t size_max) {
  const std::string text = TRY(gzip_decompress(data, size_max));
  const std::string_view all = text;
  std::vector<ArchivedFile> out;
  std::string long_path;
  for (std::size_t at = 0; at + kBlock <= all.size();) {
    const std::string_view header = all.substr(at, kBlock);
    if (header.find_first_not_of('\0') == std::string_view::npos) break;
    const std::size_t size = TRY(octal(field(header, 124, 12)));
    at += kBlock;
    if (size > all.size() - at) return invalid_input("the archive is cut off");
    const std::string_view content = all.substr(at, size);
    at += (size + kBlock - 1) / kBlock * kBlock;
    const char type = header[156];
    if (type == 'x') {
      long_path = pax_path(content);
      continue;
    }
    if (type == 'L') {
      long_path = std::string(content.substr(0, content.find('\0')));
      continue;
    }
    std::string path(field(header, 0, 100));
    const std::string_view prefix = field(header, 345, 155);
    if (header.substr(257, 5) == "ustar" && !prefix.empty())
      path = std::string(prefix) + "/" + path;
    if (!long_path.empty()) path = std::move(long_path);
    long_path.clear();
    if (type != '0' && type != '\0') continue;
    if (out.size() >= kFilesMax) return invalid_input("the archive holds too many files");
    out.push_back({TRY(checked_path(path)), std::string(content)});
  }
  return out;
}

}  // namespace tarn::project
