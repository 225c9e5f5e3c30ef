// SPDX-License-Identifier: Apache-2.0
#include "duckdb/s3_answer.h"

#include "base/bytes.h"
#include "base/text.h"
#include "base/time.h"

namespace tarn::duckdb {
namespace {

std::string decode_entities(std::string_view text) {
  std::string out(text);
  for (auto [from, to] : {std::pair("&lt;", "<"), std::pair("&gt;", ">"), std::pair("&quot;", "\""),
                          std::pair("&apos;", "'"), std::pair("&#39;", "'"),
                          std::pair("&#34;", "\""), std::pair("&amp;", "&")}) {
    if (out.find('&') == std::string::npos) break;
    out = replace_all(out, from, to);
  }
  return out;
}

Result<std::string> decode_url(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '+') {
      out += ' ';
    } else if (text[i] == '%' && i + 2 < text.size()) {
      out += TRY(from_hex(text.substr(i + 1, 2)));
      i += 2;
    } else {
      out += text[i];
    }
  }
  return out;
}

ErrorCode code_of_answer(int status, std::string_view code) {
  if (code == "NoSuchKey" || code == "NoSuchBucket" || code == "NoSuchUpload") {
    return ErrorCode::NotFound;
  }
  if (code == "PreconditionFailed" || code == "ConditionalRequestConflict") {
    return ErrorCode::AlreadyExists;
  }
  for (std::string_view denied :
       {"AccessDenied", "InvalidAccessKeyId", "SignatureDoesNotMatch", "ExpiredToken",
        "InvalidToken", "AccountProblem", "AllAccessDisabled", "RequestTimeTooSkewed"}) {
    if (code == denied) return ErrorCode::Denied;
  }
  if (code == "SlowDown" || code == "RequestTimeout" || code == "ServiceUnavailable") {
    return ErrorCode::Unavailable;
  }
  switch (status) {
    case 401:
    case 403:
      return ErrorCode::Denied;
    case 404:
      return ErrorCode::NotFound;
    case 409:
    case 412:
      return ErrorCode::AlreadyExists;
    default:
      return status >= 500 || status == 429 || status == 408 || status <= 0
                 ? ErrorCode::Unavailable
                 : ErrorCode::InvalidInput;
  }
}

}  // namespace

std::vector<std::string_view> elements(std::string_view xml, std::string_view name) {
  const std::string open = fmt::format("<{}>", name);
  const std::string close = fmt::format("</{}>", name);
  std::vector<std::string_view> found;
  std::size_t at = 0;
  for (;;) {
    const std::size_t begin = xml.find(open, at);
    if (begin == std::string_view::npos) return found;
    const std::size_t end = xml.find(close, begin);
    if (end == std::string_view::npos) return found;
    found.push_back(xml.substr(begin + open.size(), end - begin - open.size()));
    at = end + close.size();
  }
}

std::string element_text(std::string_view xml, std::string_view name) {
  const std::string open = fmt::format("<{}>", name);
  const std::size_t begin = xml.find(open);
  if (begin == std::string_view::npos) return {};
  const std::size_t end = xml.find('<', begin + open.size());
  if (end == std::string_view::npos) return {};
  return decode_entities(xml.substr(begin + open.size(), end - begin - open.size()));
}

Result<S3Listing> parse_listing(std::string_view xml) {
  S3Listing listing;
  for (std::string_view entry : elements(xml, "Contents")) {
    storage::ObjectInfo object;
    object.location = TRY(decode_url(element_text(entry, "Key")));
    const auto size = parse_int64(element_text(entry, "Size"));
    if (object.location.empty() || !size || *size < 0) {
      return corrupt("the listing of the S3 store cannot be read");
    }
    object.size = static_cast<std::uint64_t>(*size);
    object.modified_micros = TRY(parse_timestamp_micros(element_text(entry, "LastModified")));
    listing.objects.push_back(std::move(object));
  }
  if (element_text(xml, "IsTruncated") == "true") {
    listing.next_token = element_text(xml, "NextContinuationToken");
    if (listing.next_token.empty()) return corrupt("the listing of the S3 store is cut off");
  }
  return listing;
}

Error s3_error(int status, std::string_view body, std::string_view what) {
  const std::string code = element_text(body, "Code");
  std::string message = element_text(body, "Message");
  if (message.size() > 300) message.resize(300);
  std::string text(what);
  if (status > 0) text += fmt::format(": HTTP status {}", status);
  if (!code.empty()) text += fmt::format(", {}", code);
  if (!message.empty()) text += fmt::format(": {}", message);
  const ErrorCode kind = code_of_answer(status, code);
  // Answers without a body (to HEAD) say no more than the number.
  if (kind == ErrorCode::Denied) text += " (access denied: check the keys and their rights)";
  return Error{kind, std::move(text), {}, {}};
}

}  // namespace tarn::duckdb
