// SPDX-License-Identifier: Apache-2.0
#include "duckdb/s3_signature.h"

#include <fmt/core.h>

#include <algorithm>

#include "base/bytes.h"
#include "base/hash.h"
#include "base/time.h"

namespace tarn::duckdb {
namespace {

bool is_unreserved(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' ||
         c == '_' || c == '.' || c == '~';
}

std::string canonical_query(const S3Request& request) {
  std::vector<std::pair<std::string, std::string>> encoded;
  encoded.reserve(request.query.size());
  for (const auto& [name, value] : request.query) {
    encoded.emplace_back(encode_url(name, UrlPart::Query), encode_url(value, UrlPart::Query));
  }
  std::sort(encoded.begin(), encoded.end());
  std::string text;
  for (const auto& [name, value] : encoded) {
    if (!text.empty()) text += '&';
    text += name + '=' + value;
  }
  return text;
}

// `20130524T000000Z`.
std::string basic_timestamp(std::int64_t micros) {
  const std::int64_t seconds = floor_divide(micros, kMicrosPerSecond);
  const CivilDate date = civil_from_days(floor_divide(seconds, 86'400));
  const std::int64_t of_day = floor_modulo(seconds, 86'400);
  return fmt::format("{:04}{:02}{:02}T{:02}{:02}{:02}Z", date.year, date.month, date.day,
                     of_day / 3'600, of_day / 60 % 60, of_day % 60);
}

}  // namespace

std::string encode_url(std::string_view text, UrlPart part) {
  static constexpr char kDigits[] = "0123456789ABCDEF";
  std::string out;
  out.reserve(text.size());
  for (char c : text) {
    if (is_unreserved(c) || (c == '/' && part == UrlPart::Path)) {
      out += c;
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    out += '%';
    out += kDigits[byte >> 4];
    out += kDigits[byte & 15];
  }
  return out;
}

std::string request_target(const S3Request& request) {
  std::string target = encode_url(request.path, UrlPart::Path);
  const std::string query = canonical_query(request);
  if (!query.empty()) target += '?' + query;
  return target;
}

void sign_request(S3Request& request, const S3Credentials& credentials,
                  const std::string& payload_hash, std::int64_t now_micros) {
  if (credentials.access_key.empty()) return;
  const std::string timestamp = basic_timestamp(now_micros);
  const std::string day = timestamp.substr(0, 8);
  auto& headers = request.headers;
  headers["host"] = request.host;
  headers["x-amz-date"] = timestamp;
  headers["x-amz-content-sha256"] = payload_hash;
  if (!credentials.session_token.empty()) {
    headers["x-amz-security-token"] = credentials.session_token;
  }

  std::string canonical =
      fmt::format("{}\n{}\n{}\n", request.method, encode_url(request.path, UrlPart::Path),
                  canonical_query(request));
  std::string names;
  for (const auto& [name, value] : headers) {
    canonical += name + ':' + value + '\n';
    if (!names.empty()) names += ';';
    names += name;
  }
  canonical += '\n' + names + '\n' + payload_hash;

  const std::string scope = fmt::format("{}/{}/s3/aws4_request", day, credentials.region);
  const std::string to_sign =
      fmt::format("AWS4-HMAC-SHA256\n{}\n{}\n{}", timestamp, scope, to_hex(sha256(canonical)));
  std::string key = hmac_sha256("AWS4" + credentials.secret_key, day);
  for (std::string_view part : {std::string_view(credentials.region), std::string_view("s3"),
                                std::string_view("aws4_request")}) {
    key = hmac_sha256(key, part);
  }
  headers["authorization"] =
      fmt::format("AWS4-HMAC-SHA256 Credential={}/{},SignedHeaders={},Signature={}",
                  credentials.access_key, scope, names, to_hex(hmac_sha256(key, to_sign)));
  headers.erase("host");  // the client sends it
}

}  // namespace tarn::duckdb
