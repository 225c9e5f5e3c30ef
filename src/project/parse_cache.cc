// SPDX-License-Identifier: Apache-2.0
#include "project/parse_cache.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <sys/stat.h>
#include <unistd.h>

#include <charconv>
#include <cstdio>
#include <iterator>

#include "base/file_descriptor.h"

namespace tarn::project {

namespace {

constexpr std::string_view kFormat = "tarn parse cache 1";

// Fields of one line, parted by tabs.
class Fields {
 public:
  explicit Fields(std::string_view line) : rest_(line) {}
  std::string_view text() {
    const auto tab = rest_.find('\t');
    const std::string_view out = rest_.substr(0, tab);
    rest_ = tab == std::string_view::npos ? std::string_view() : rest_.substr(tab + 1);
    return out;
  }
  template <typename T>
  T number() {
    const auto field = text();
    T out{};
    const auto parsed = std::from_chars(field.data(), field.data() + field.size(), out);
    if (parsed.ec != std::errc() || parsed.ptr != field.data() + field.size()) good_ = false;
    return out;
  }
  bool good() const { return good_; }
  bool at_end() const { return rest_.empty(); }

 private:
  std::string_view rest_;
  bool good_ = true;
};

bool is_plain(std::string_view path) { return path.find_first_of("\t\n") == std::string::npos; }

void append_file(std::string& out, const CachedFile& file) {
  const auto at = std::back_inserter(out);
  fmt::format_to(at, "f\t{}\t{}\t{}\t{}", file.path, file.size, file.modified_micros, file.hash);
  if (file.digest != 0) {
    fmt::format_to(at, "\t{}\t{}\t{}\t{}\t{}\t{}", static_cast<int>(file.kind), file.package,
                   file.digest, file.checksum_offset, file.code_offset, file.code_size);
  }
  out += '\n';
}

CachedFile read_file_line(Fields& fields) {
  CachedFile file;
  file.path = fields.text();
  file.size = fields.number<std::uint64_t>();
  file.modified_micros = fields.number<std::int64_t>();
  file.hash = fields.number<std::uint64_t>();
  if (fields.at_end()) return file;
  file.kind = static_cast<FileKind>(fields.number<int>());
  file.package = fields.number<std::uint32_t>();
  file.digest = fields.number<std::uint64_t>();
  file.checksum_offset = fields.number<std::size_t>();
  file.code_offset = fields.number<std::size_t>();
  file.code_size = fields.number<std::size_t>();
  return file;
}

}  // namespace

std::string ParseCache::text() const {
  std::string out =
      fmt::format("{}\nm\t{}\t{}\t{}\t{}\t{}\t{}\t{}\n", kFormat, written_micros, manifest_size,
                  manifest_micros, time_offset, time_size, invocation_offset, invocation_size);
  for (const auto& [folder, files] : folders) {
    if (!is_plain(folder)) return {};
    fmt::format_to(std::back_inserter(out), "d\t{}\n", folder);
    for (const auto& file : files) {
      if (!is_plain(file.path)) return {};
      append_file(out, file);
    }
  }
  return out;
}

std::optional<ParseCache> ParseCache::parse(std::string_view text) {
  ParseCache out;
  std::vector<CachedFile>* files = nullptr;
  bool first = true;
  while (!text.empty()) {
    const auto end = text.find('\n');
    if (end == std::string_view::npos) return std::nullopt;  // cut off
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(end + 1);
    if (first) {
      if (line != kFormat) return std::nullopt;
      first = false;
      continue;
    }
    Fields fields(line);
    const auto kind = fields.text();
    if (kind == "m") {
      out.written_micros = fields.number<std::int64_t>();
      out.manifest_size = fields.number<std::uint64_t>();
      out.manifest_micros = fields.number<std::int64_t>();
      out.time_offset = fields.number<std::size_t>();
      out.time_size = fields.number<std::size_t>();
      out.invocation_offset = fields.number<std::size_t>();
      out.invocation_size = fields.number<std::size_t>();
    } else if (kind == "d") {
      files = &out.folders[std::string(fields.text())];
    } else if (kind == "f" && files != nullptr) {
      files->push_back(read_file_line(fields));
    } else {
      return std::nullopt;
    }
    if (!fields.good()) return std::nullopt;
  }
  return first ? std::nullopt : std::optional(std::move(out));
}

namespace {

Error io_error(const std::string& path) {
  return unavailable("{}: {}", path, std::generic_category().message(errno));
}

Result<void> write_all(int file, std::string_view text, const std::string& path) {
  while (!text.empty()) {
    const auto written = ::write(file, text.data(), text.size());
    if (written < 0) return io_error(path);
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  return ok();
}

Result<void> copy_range(int from, int to, std::size_t offset, std::size_t size,
                        const std::string& path) {
  auto at = static_cast<off_t>(offset);
  while (size > 0) {
    const auto copied = ::copy_file_range(from, &at, to, nullptr, size, 0);
    if (copied <= 0) break;
    size -= static_cast<std::size_t>(copied);
  }
  // Where the kernel cannot copy: by hand.
  std::string buffer;
  while (size > 0) {
    buffer.resize(std::min<std::size_t>(size, 1'048'576));
    const auto got = ::pread(from, buffer.data(), buffer.size(), at);
    if (got <= 0) return io_error(path);
    TRY(write_all(to, std::string_view(buffer).substr(0, static_cast<std::size_t>(got)), path));
    at += got;
    size -= static_cast<std::size_t>(got);
  }
  return ok();
}

}  // namespace

Result<FileTimes> file_times(const std::string& path) {
  struct stat info {};
  if (::stat(path.c_str(), &info) != 0) return io_error(path);
  return FileTimes{static_cast<std::uint64_t>(info.st_size),
                   info.st_mtim.tv_sec * std::int64_t{1'000'000} + info.st_mtim.tv_nsec / 1'000};
}

Result<void> edit_file(const std::string& path, const std::vector<Edit>& edits) {
  const FileDescriptor from(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (from.number() < 0) return io_error(path);
  const std::string beside = path + ".new";
  const FileDescriptor to(::open(beside.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644));
  if (to.number() < 0) return io_error(beside);
  const std::size_t size = TRY(file_times(path)).size;
  std::size_t at = 0;
  for (const auto& edit : edits) {
    if (edit.offset < at || edit.offset + edit.size > size) {
      return internal("an edit of {} is out of order", path);
    }
    TRY(copy_range(from.number(), to.number(), at, edit.offset - at, beside));
    TRY(write_all(to.number(), edit.text, beside));
    at = edit.offset + edit.size;
  }
  TRY(copy_range(from.number(), to.number(), at, size - at, beside));
  if (::rename(beside.c_str(), path.c_str()) != 0) return io_error(path);
  return ok();
}

}  // namespace tarn::project
