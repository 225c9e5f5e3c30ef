// SPDX-License-Identifier: Apache-2.0
// AWS Signature Version 4 for S3 requests. Pure: the time is a parameter.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tarn::duckdb {

struct S3Credentials {
  std::string access_key;  // "": requests are not signed (public buckets)
  std::string secret_key;
  std::string session_token;  // "" for long-lived keys
  std::string region = "us-east-1";
};

struct S3Request {
  std::string method;  // `GET`, …
  std::string host;    // with the port unless it is the scheme's own
  std::string path;    // absolute, decoded: `/bucket/a b`
  std::vector<std::pair<std::string, std::string>> query;  // decoded
  std::map<std::string, std::string> headers;              // lower-case names, to be signed
};

// Everything but unreserved characters as `%XX`; `/` stays if it is a path.
enum class UrlPart { Path, Query };
std::string encode_url(std::string_view text, UrlPart part);
// `/bucket/a%20b?list-type=2`.
std::string request_target(const S3Request& request);

// Adds `x-amz-date`, `x-amz-content-sha256`, `x-amz-security-token` and `authorization` to the
// request's headers. `payload_hash` is the SHA-256 of the body in hexadecimal.
void sign_request(S3Request& request, const S3Credentials& credentials,
                  const std::string& payload_hash, std::int64_t now_micros);

}  // namespace tarn::duckdb
