// SPDX-License-Identifier: Apache-2.0
#include "duckdb/s3_signature.h"

#include "base/bytes.h"
#include "base/hash.h"
#include "base/testing.h"
#include "base/time.h"

namespace tarn::duckdb {
namespace {

const S3Credentials kExample{.access_key = "AKIAIOSFODNN7EXAMPLE",
                             .secret_key = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
                             .session_token = "",
                             .region = "us-east-1"};

std::string signature(S3Request request, const std::string& body) {
  request.host = "examplebucket.s3.amazonaws.com";
  const auto now = CHECK_OK(parse_timestamp_micros("2013-05-24T00:00:00Z"));
  sign_request(request, kExample, to_hex(sha256(body)), now);
  const std::string& text = request.headers.at("authorization");
  return text.substr(text.find("Signature=") + 10);
}

// The examples of "Authenticating Requests: Using the Authorization Header" in the S3 manual.
TEST_CASE("signatures are those of the S3 manual") {
  S3Request get{.method = "GET", .host = "", .path = "/test.txt", .query = {}, .headers = {}};
  get.headers["range"] = "bytes=0-9";
  CHECK(signature(get, "") == "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41");

  S3Request put{.method = "PUT", .host = "", .path = "/test$file.text", .query = {}, .headers = {}};
  put.headers["date"] = "Fri, 24 May 2013 00:00:00 GMT";
  put.headers["x-amz-storage-class"] = "REDUCED_REDUNDANCY";
  CHECK(signature(put, "Welcome to Amazon S3.") ==
        "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd");

  S3Request list{.method = "GET",
                 .host = "",
                 .path = "/",
                 .query = {{"prefix", "J"}, {"max-keys", "2"}},
                 .headers = {}};
  CHECK(signature(list, "") == "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7");
}

TEST_CASE("without a key nothing is signed") {
  S3Request request{.method = "GET", .host = "h", .path = "/", .query = {}, .headers = {}};
  sign_request(request, {}, "x", 0);
  CHECK(request.headers.empty());
}

TEST_CASE("targets are encoded") {
  const S3Request request{.method = "GET",
                          .host = "h",
                          .path = "/b/ts=2017-12-01 10:00/ä+.txt",
                          .query = {{"uploads", ""}, {"prefix", "a/b"}},
                          .headers = {}};
  CHECK(request_target(request) ==
        "/b/ts%3D2017-12-01%2010%3A00/%C3%A4%2B.txt?prefix=a%2Fb&uploads=");
}

}  // namespace
}  // namespace tarn::duckdb
