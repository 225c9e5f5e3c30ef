// SPDX-License-Identifier: Apache-2.0
#include "base/compression.h"

#include <lz4.h>
#include <lz4frame.h>
#include <snappy.h>
#include <zlib.h>
#include <zstd.h>

#include <algorithm>
#include <limits>
#include <memory>

#include "base/bytes.h"
#include "base/check.h"

namespace tarn {

namespace {

constexpr int kGzipWindow = 15 + 16;
constexpr int kRawDeflateWindow = -15;
constexpr std::size_t kFirstOutputMin = 4'096;
// What a header claims is believed up to this; beyond it the output must really come.
constexpr std::size_t kTrustedOutput = std::size_t{8} << 20;

// An output that doubles up to a limit.
class GrowingOutput {
 public:
  GrowingOutput(std::size_t first, std::size_t size_max) : size_max_(size_max) {
    resize_uninitialized(text_, std::min(first, size_max));
  }
  char* free_begin() { return text_.data() + used_; }
  std::size_t free_size() const { return text_.size() - used_; }
  void take(std::size_t size) { used_ += size; }
  // False at the limit.
  bool grow() {
    if (text_.size() >= size_max_) return false;
    const std::size_t doubled = std::max(text_.size() * 2, kFirstOutputMin);
    resize_uninitialized(text_, std::min(doubled, size_max_));
    return true;
  }
  std::string finish() && {
    text_.resize(used_);
    return std::move(text_);
  }

 private:
  std::string text_;
  std::size_t used_ = 0;
  std::size_t size_max_;
};

Error too_long(std::string_view codec, std::size_t size_max) {
  return corrupt("{} data is longer than {} bytes when decompressed", codec, size_max);
}

uInt zlib_size(std::size_t size) {
  return static_cast<uInt>(std::min<std::size_t>(size, std::numeric_limits<uInt>::max()));
}

Bytef* zlib_bytes(const char* data) {
  return const_cast<Bytef*>(reinterpret_cast<const Bytef*>(data));
}

std::string zlib_compress(std::string_view data, int window) {
  z_stream stream{};
  VERIFY(deflateInit2(&stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, window, 8, Z_DEFAULT_STRATEGY) ==
         Z_OK);
  std::string out;
  resize_uninitialized(out, deflateBound(&stream, data.size()));
  std::size_t used = 0;
  int status = Z_OK;
  while (status != Z_STREAM_END) {
    stream.next_in = zlib_bytes(data.data());
    stream.avail_in = zlib_size(data.size());
    stream.next_out = zlib_bytes(out.data() + used);
    stream.avail_out = zlib_size(out.size() - used);
    const std::size_t taken = stream.avail_in;
    const std::size_t given = stream.avail_out;
    status = deflate(&stream, taken == data.size() ? Z_FINISH : Z_NO_FLUSH);
    VERIFY(status == Z_OK || status == Z_STREAM_END);
    data.remove_prefix(taken - stream.avail_in);
    used += given - stream.avail_out;
  }
  deflateEnd(&stream);
  out.resize(used);
  return out;
}

Result<std::string> zlib_decompress(std::string_view data, int window, std::string_view codec,
                                    std::size_t size_max) {
  z_stream stream{};
  VERIFY(inflateInit2(&stream, window) == Z_OK);
  const std::unique_ptr<z_stream, decltype(&inflateEnd)> guard(&stream, &inflateEnd);
  GrowingOutput out(std::max(kFirstOutputMin, std::min(data.size() * 4, kTrustedOutput)), size_max);
  for (;;) {
    stream.next_in = zlib_bytes(data.data());
    stream.avail_in = zlib_size(data.size());
    // At the limit one byte of room shows whether more would come.
    Bytef beyond = 0;
    const bool full = out.free_size() == 0 && !out.grow();
    stream.next_out = full ? &beyond : zlib_bytes(out.free_begin());
    stream.avail_out = full ? 1 : zlib_size(out.free_size());
    const std::size_t taken = stream.avail_in;
    const std::size_t given = stream.avail_out;
    const int status = inflate(&stream, Z_NO_FLUSH);
    data.remove_prefix(taken - stream.avail_in);
    const std::size_t made = given - stream.avail_out;
    if (full && made > 0) return too_long(codec, size_max);
    if (!full) out.take(made);
    if (status == Z_STREAM_END) {
      // A gzip file may have several members; what is behind raw deflate data does not count.
      if (data.empty()) return std::move(out).finish();
      if (window != kGzipWindow) return std::move(out).finish();
      VERIFY(inflateReset(&stream) == Z_OK);
      continue;
    }
    const bool stuck = status == Z_BUF_ERROR && data.empty();
    if (stuck || (status == Z_OK && data.empty() && stream.avail_out > 0)) {
      return corrupt("{} data ends too early", codec);
    }
    if (status != Z_OK && status != Z_BUF_ERROR) return corrupt("damaged {} data", codec);
  }
}

}  // namespace

std::string gzip_compress(std::string_view data) { return zlib_compress(data, kGzipWindow); }

Result<std::string> gzip_decompress(std::string_view data, std::size_t size_max) {
  return zlib_decompress(data, kGzipWindow, "gzip", size_max);
}

std::string deflate_compress(std::string_view data) {
  return zlib_compress(data, kRawDeflateWindow);
}

Result<std::string> deflate_decompress(std::string_view data, std::size_t size_max) {
  return zlib_decompress(data, kRawDeflateWindow, "deflate", size_max);
}

std::string zstd_compress(std::string_view data, int level) {
  std::string out;
  resize_uninitialized(out, ZSTD_compressBound(data.size()));
  const std::size_t size = ZSTD_compress(out.data(), out.size(), data.data(), data.size(), level);
  VERIFY(!ZSTD_isError(size));
  out.resize(size);
  return out;
}

Result<std::string> zstd_decompress(std::string_view data, std::size_t size_max) {
  if (data.empty()) return corrupt("zstandard data ends too early");
  const unsigned long long claimed = ZSTD_getFrameContentSize(data.data(), data.size());
  if (claimed == ZSTD_CONTENTSIZE_ERROR) return corrupt("damaged zstandard data");
  const bool known = claimed != ZSTD_CONTENTSIZE_UNKNOWN;
  if (known && claimed > size_max) return too_long("zstandard", size_max);
  // A frame of known size is decoded in one go into a buffer of exactly that size.
  const std::size_t first = known ? static_cast<std::size_t>(claimed) : data.size() * 4;
  GrowingOutput out(std::min(first, kTrustedOutput), size_max);

  thread_local const std::unique_ptr<ZSTD_DCtx, decltype(&ZSTD_freeDCtx)> context(ZSTD_createDCtx(),
                                                                                  &ZSTD_freeDCtx);
  VERIFY(context != nullptr);
  ZSTD_DCtx_reset(context.get(), ZSTD_reset_session_only);
  ZSTD_inBuffer input{data.data(), data.size(), 0};
  for (;;) {
    char beyond = 0;
    const bool full = out.free_size() == 0 && input.pos < input.size && !out.grow();
    ZSTD_outBuffer output{full ? &beyond : out.free_begin(), full ? 1 : out.free_size(), 0};
    const std::size_t before = input.pos;
    const std::size_t status = ZSTD_decompressStream(context.get(), &output, &input);
    if (ZSTD_isError(status)) return corrupt("damaged zstandard data");
    if (full && output.pos > 0) return too_long("zstandard", size_max);
    if (!full) out.take(output.pos);
    if (status == 0 && input.pos == input.size) return std::move(out).finish();
    if (output.pos > 0 || input.pos > before) continue;
    // No progress: the output was full, or the input is over.
    if (out.free_size() > 0) return corrupt("zstandard data ends too early");
    if (!out.grow()) return too_long("zstandard", size_max);
  }
}

std::string snappy_compress(std::string_view data) {
  std::string out;
  snappy::Compress(data.data(), data.size(), &out);
  return out;
}

Result<std::string> snappy_decompress(std::string_view data, std::size_t size_max) {
  std::size_t size = 0;
  if (!snappy::GetUncompressedLength(data.data(), data.size(), &size)) {
    return corrupt("damaged snappy data");
  }
  if (size > size_max) return too_long("snappy", size_max);
  // Three bytes make at most 64.
  if (size / 64 > data.size()) return corrupt("damaged snappy data");
  std::string out;
  resize_uninitialized(out, size);
  if (!snappy::RawUncompress(data.data(), data.size(), out.data())) {
    return corrupt("damaged snappy data");
  }
  return out;
}

std::string lz4_compress(std::string_view data) {
  LZ4F_preferences_t preferences{};
  preferences.frameInfo.contentSize = data.size();
  std::string out;
  resize_uninitialized(out, LZ4F_compressFrameBound(data.size(), &preferences));
  const std::size_t size =
      LZ4F_compressFrame(out.data(), out.size(), data.data(), data.size(), &preferences);
  VERIFY(!LZ4F_isError(size));
  out.resize(size);
  return out;
}

Result<std::string> lz4_decompress(std::string_view data, std::size_t size_max) {
  LZ4F_dctx* raw = nullptr;
  VERIFY(!LZ4F_isError(LZ4F_createDecompressionContext(&raw, LZ4F_VERSION)));
  const std::unique_ptr<LZ4F_dctx, decltype(&LZ4F_freeDecompressionContext)> context(
      raw, &LZ4F_freeDecompressionContext);
  GrowingOutput out(std::max(kFirstOutputMin, std::min(data.size() * 4, kTrustedOutput)), size_max);
  for (;;) {
    char beyond = 0;
    const bool full = out.free_size() == 0 && !out.grow();
    std::size_t made = full ? 1 : out.free_size();
    std::size_t taken = data.size();
    const std::size_t status = LZ4F_decompress(context.get(), full ? &beyond : out.free_begin(),
                                               &made, data.data(), &taken, nullptr);
    if (LZ4F_isError(status)) return corrupt("damaged lz4 data");
    if (full && made > 0) return too_long("lz4", size_max);
    if (!full) out.take(made);
    data.remove_prefix(taken);
    if (status == 0) {
      if (!data.empty()) return corrupt("{} bytes follow the lz4 data", data.size());
      return std::move(out).finish();
    }
    if (made == 0 && taken == 0) return corrupt("lz4 data ends too early");
  }
}

std::string lz4_block_compress(std::string_view data) {
  VERIFY(data.size() <= LZ4_MAX_INPUT_SIZE);
  const int size = static_cast<int>(data.size());
  std::string out;
  resize_uninitialized(out, static_cast<std::size_t>(LZ4_compressBound(size)));
  const int made =
      LZ4_compress_default(data.data(), out.data(), size, static_cast<int>(out.size()));
  VERIFY(made > 0);
  out.resize(static_cast<std::size_t>(made));
  return out;
}

Result<std::string> lz4_block_decompress(std::string_view data, std::size_t size) {
  // No block grows more than 255-fold, so that a wrong size cannot ask for much memory.
  if (data.size() > LZ4_MAX_INPUT_SIZE || size > LZ4_MAX_INPUT_SIZE || size / 255 > data.size()) {
    return corrupt("lz4 data of {} bytes cannot become {} bytes", data.size(), size);
  }
  std::string out;
  resize_uninitialized(out, size);
  const int made = LZ4_decompress_safe(data.data(), out.data(), static_cast<int>(data.size()),
                                       static_cast<int>(size));
  if (made < 0) return corrupt("damaged lz4 data");
  if (static_cast<std::size_t>(made) != size) {
    return corrupt("lz4 data of {} bytes where {} were announced", made, size);
  }
  return out;
}

}  // namespace tarn
