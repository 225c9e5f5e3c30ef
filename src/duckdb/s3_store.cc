// SPDX-License-Identifier: Apache-2.0
#include "duckdb/s3_store.h"

#include <algorithm>
#include <duckdb/common/http_util.hpp>
#include <duckdb/main/secret/secret.hpp>
#include <duckdb/main/secret/secret_manager.hpp>
#include <duckdb/parser/parsed_data/create_info.hpp>

#include "base/bytes.h"
#include "base/hash.h"
#include "base/text.h"
#include "base/time.h"
#include "duckdb/native.h"
#include "duckdb/s3_answer.h"

namespace tarn::duckdb {
namespace {

constexpr std::uint64_t kPartSizeMin = 5 << 20;
constexpr std::size_t kKeysPerDelete = 1000;

struct S3Answer {
  int status = 0;
  std::string body;
  dk::HTTPHeaders headers;
  std::string request_error;  // no answer came
  int attempts = 1;

  bool is_success() const { return status >= 200 && status < 300; }
};

struct S3Location {
  std::string bucket;
  std::string key;
};

Result<S3Location> parse_location(const std::string& location) {
  const std::string normal = storage::normalize_location(location);
  if (!normal.starts_with("s3://")) {
    return invalid_input("`{}` is not a location on S3", location);
  }
  const std::string rest = normal.substr(5);
  const std::size_t slash = rest.find('/');
  S3Location result{rest.substr(0, slash),
                    slash == std::string::npos ? "" : rest.substr(slash + 1)};
  if (result.bucket.empty()) return invalid_input("`{}` names no bucket", location);
  return result;
}

// A request that could not even be sent has no effect.
bool was_never_sent(std::string_view request_error) {
  for (std::string_view mark : {"Could not connect", "Couldn't connect", "Could not resolve",
                                "Couldn't resolve", "Failed to connect", "Connection refused"}) {
    if (request_error.find(mark) != std::string_view::npos) return true;
  }
  return false;
}

class S3Client {
 public:
  S3Client(Instance& instance, S3Options options, Clock& clock)
      : instance_(instance), options_(std::move(options)), clock_(clock) {}

  const S3Options& options() const { return options_; }

  S3Request make_request(std::string method, const S3Location& location) const {
    S3Request request;
    request.method = std::move(method);
    std::string host = options_.endpoint.empty()
                           ? fmt::format("s3.{}.amazonaws.com", options_.credentials.region)
                           : options_.endpoint;
    const bool by_path =
        options_.url_style == S3UrlStyle::Path || location.bucket.find('.') != std::string::npos;
    request.host = by_path ? host : location.bucket + '.' + host;
    request.path = by_path ? '/' + location.bucket + '/' + location.key : '/' + location.key;
    return request;
  }

  // Sends it, again while the server is unavailable. An Error only if the engine itself failed.
  Result<S3Answer> send(const S3Request& request, std::string_view body = {}) {
    for (int attempt = 1;; ++attempt) {
      S3Answer answer = TRY(send_once(request, body));
      answer.attempts = attempt;
      const bool retry = answer.status <= 0 || answer.status == 429 || answer.status == 408 ||
                         answer.status >= 500;
      if (!retry || attempt >= options_.attempts) return answer;
      clock_.sleep_micros(100'000LL << (2 * (attempt - 1)));
    }
  }

  Error error_of(const S3Answer& answer, std::string_view action, const std::string& location) {
    std::string what = fmt::format("cannot {} `{}`", action, location);
    if (!answer.request_error.empty()) what += ": " + answer.request_error;
    return s3_error(answer.status, answer.body, what);
  }

 private:
  Result<S3Answer> send_once(S3Request request, std::string_view body) {
    sign_request(request, options_.credentials, to_hex(sha256(body)), clock_.now_micros());
    return guard([&]() -> Result<S3Answer> { return transmit(request, body); });
  }

  S3Answer transmit(const S3Request& request, std::string_view body) {
    const std::string url = fmt::format("{}://{}{}", options_.use_ssl ? "https" : "http",
                                        request.host, request_target(request));
    auto& database = instance_.impl().native();
    auto& http = dk::HTTPUtil::Get(database);
    auto parameters = http.InitializeParameters(database, url);
    parameters->retries = 0;
    dk::HTTPHeaders headers(database);
    for (const auto& [name, value] : request.headers) headers.Insert(name, value);

    S3Answer answer;
    dk::unique_ptr<dk::HTTPResponse> response;
    const auto* data = reinterpret_cast<dk::const_data_ptr_t>(body.data());
    const std::string content_type = "application/octet-stream";
    if (request.method == "GET") {
      dk::GetRequestInfo get(
          url, headers, *parameters, [](const dk::HTTPResponse&) { return true; },
          [&](dk::const_data_ptr_t bytes, dk::idx_t size) {
            answer.body.append(reinterpret_cast<const char*>(bytes), size);
            return true;
          });
      response = request_once(http, get);
    } else if (request.method == "HEAD") {
      dk::HeadRequestInfo head(url, headers, *parameters);
      response = request_once(http, head);
    } else if (request.method == "PUT") {
      dk::PutRequestInfo put(url, headers, *parameters, data, body.size(), content_type);
      response = request_once(http, put);
    } else if (request.method == "DELETE") {
      dk::DeleteRequestInfo remove(url, headers, *parameters);
      response = request_once(http, remove);
    } else {
      dk::PostRequestInfo post(url, headers, *parameters, data, body.size());
      response = request_once(http, post);
      answer.body = post.buffer_out;
    }
    answer.request_error = response->HasRequestError() ? response->GetRequestError() : "";
    answer.status = answer.request_error.empty() ? static_cast<int>(response->status) : 0;
    if (answer.body.empty()) answer.body = response->body;
    answer.headers = response->headers;
    return answer;
  }

  static dk::unique_ptr<dk::HTTPResponse> request_once(dk::HTTPUtil& http, dk::BaseRequest& info) {
    info.try_request = true;
    return http.Request(info);
  }

  Instance& instance_;
  S3Options options_;
  Clock& clock_;
};

class S3WriteStream final : public storage::WriteStream {
 public:
  S3WriteStream(S3Client& client, std::string location, S3Location target, storage::WriteMode mode)
      : client_(client), location_(std::move(location)), target_(std::move(target)), mode_(mode) {}

  ~S3WriteStream() override { abandon(); }

  Result<void> write(std::string_view data) override {
    size_ += data.size();
    while (!data.empty()) {
      const std::size_t part = client_.options().part_size;
      const std::size_t take = std::min(data.size(), part - buffer_.size());
      buffer_.append(data.substr(0, take));
      data.remove_prefix(take);
      // The last part waits for finish(): small objects go up in one request.
      if (buffer_.size() == part && !data.empty()) TRY(upload_part());
    }
    return {};
  }

  Result<void> finish() override {
    if (upload_id_.empty()) return put_whole();
    TRY(upload_part());
    return complete();
  }

  std::uint64_t size() const override { return size_; }

 private:
  Result<void> put_whole() {
    S3Request request = client_.make_request("PUT", target_);
    if (mode_ == storage::WriteMode::CreateExclusive) request.headers["if-none-match"] = "*";
    const S3Answer answer = TRY(client_.send(request, buffer_));
    if (answer.is_success()) return {};
    if (answer.status == 412 && answer.attempts > 1 && TRY(is_ours())) return {};
    return publishing_error(answer);
  }

  // After a lost answer the object that is in the way may be the one we sent.
  Result<bool> is_ours() {
    const S3Answer answer = TRY(client_.send(client_.make_request("GET", target_)));
    return answer.is_success() && answer.body == buffer_;
  }

  Error publishing_error(const S3Answer& answer) {
    Error error = client_.error_of(answer, "write", location_);
    if (error.code == ErrorCode::Unavailable && !was_never_sent(answer.request_error)) {
      error.code = ErrorCode::UnknownOutcome;
    }
    if (error.code == ErrorCode::AlreadyExists) {
      error.message = fmt::format("`{}` exists already", location_);
    }
    return error;
  }

  Result<void> upload_part() {
    if (upload_id_.empty()) {
      S3Request start = client_.make_request("POST", target_);
      start.query = {{"uploads", ""}};
      const S3Answer answer = TRY(client_.send(start));
      upload_id_ = element_text(answer.body, "UploadId");
      if (!answer.is_success() || upload_id_.empty()) {
        upload_id_.clear();
        return client_.error_of(answer, "write", location_);
      }
    }
    S3Request request = client_.make_request("PUT", target_);
    request.query = {{"partNumber", std::to_string(tags_.size() + 1)}, {"uploadId", upload_id_}};
    const S3Answer answer = TRY(client_.send(request, buffer_));
    if (!answer.is_success()) return client_.error_of(answer, "write", location_);
    tags_.push_back(answer.headers.GetHeaderValue("ETag"));
    buffer_.clear();
    return {};
  }

  Result<void> complete() {
    std::string body = "<CompleteMultipartUpload>";
    for (std::size_t i = 0; i < tags_.size(); ++i) {
      body += fmt::format("<Part><PartNumber>{}</PartNumber><ETag>{}</ETag></Part>", i + 1,
                          replace_all(tags_[i], "\"", "&quot;"));
    }
    body += "</CompleteMultipartUpload>";
    S3Request request = client_.make_request("POST", target_);
    request.query = {{"uploadId", upload_id_}};
    if (mode_ == storage::WriteMode::CreateExclusive) request.headers["if-none-match"] = "*";
    const S3Answer answer = TRY(client_.send(request, body));
    // S3 may answer 200 and put the error into the body.
    const bool failed_inside = !element_text(answer.body, "Code").empty();
    if (answer.is_success() && !failed_inside) {
      upload_id_.clear();
      return {};
    }
    Error error = failed_inside && answer.is_success()
                      ? s3_error(0, answer.body, fmt::format("cannot write `{}`", location_))
                      : publishing_error(answer);
    if (error.code == ErrorCode::UnknownOutcome) upload_id_.clear();  // it may have landed
    return error;
  }

  void abandon() {
    if (upload_id_.empty()) return;
    S3Request request = client_.make_request("DELETE", target_);
    request.query = {{"uploadId", upload_id_}};
    // Best effort: an upload that stays open is the bucket's lifecycle rule to remove.
    auto answer = client_.send(request);
    if (answer) upload_id_.clear();
  }

  S3Client& client_;
  std::string location_;
  S3Location target_;
  storage::WriteMode mode_;
  std::string buffer_;
  std::string upload_id_;
  std::vector<std::string> tags_;
  std::uint64_t size_ = 0;
};

class S3Store final : public storage::Store {
 public:
  S3Store(Instance& instance, S3Options options, Clock& clock)
      : client_(instance, std::move(options), clock) {}

  Result<std::string> read(const std::string& location) override {
    S3Answer answer = TRY(client_.send(client_.make_request("GET", TRY(parse_location(location)))));
    if (!answer.is_success()) return client_.error_of(answer, "read", location);
    return std::move(answer.body);
  }

  Result<std::string> read_range(const std::string& location, std::uint64_t offset,
                                 std::size_t size) override {
    if (size == 0) return std::string();
    S3Request request = client_.make_request("GET", TRY(parse_location(location)));
    request.headers["range"] = fmt::format("bytes={}-{}", offset, offset + size - 1);
    S3Answer answer = TRY(client_.send(request));
    if (answer.status == 416) return std::string();  // behind the end
    if (!answer.is_success()) return client_.error_of(answer, "read", location);
    if (answer.status == 200) {  // a server that does not know ranges
      if (offset >= answer.body.size()) return std::string();
      return answer.body.substr(offset, size);
    }
    return std::move(answer.body);
  }

  Result<storage::ObjectInfo> info(const std::string& location) override {
    const S3Answer answer =
        TRY(client_.send(client_.make_request("HEAD", TRY(parse_location(location)))));
    if (!answer.is_success()) return client_.error_of(answer, "find", location);
    storage::ObjectInfo object;
    object.location = location;
    const auto size = parse_int64(answer.headers.GetHeaderValue("Content-Length"));
    if (!size || *size < 0) return corrupt("the S3 store gave no size for `{}`", location);
    object.size = static_cast<std::uint64_t>(*size);
    object.modified_micros = TRY(parse_http_date(answer.headers.GetHeaderValue("Last-Modified")));
    return object;
  }

  Result<std::unique_ptr<storage::WriteStream>> open_write(const std::string& location,
                                                           storage::WriteMode mode) override {
    S3Location target = TRY(parse_location(location));
    if (target.key.empty()) return invalid_input("`{}` names no object", location);
    return std::make_unique<S3WriteStream>(client_, location, std::move(target), mode);
  }

  Result<void> list(const std::string& prefix, const Visit& visit) override {
    S3Location root = TRY(parse_location(prefix));
    const bool is_folder = root.key.empty() || root.key.ends_with('/');
    if (!is_folder) {
      auto object = info(prefix);
      if (object) TRY(visit(*object));
      if (!object && object.error().code != ErrorCode::NotFound) return std::move(object).error();
      root.key += '/';
    }
    const S3Location bucket{root.bucket, ""};
    std::string token;
    do {
      S3Request request = client_.make_request("GET", bucket);
      request.query = {{"list-type", "2"}, {"encoding-type", "url"}, {"prefix", root.key}};
      if (!token.empty()) request.query.emplace_back("continuation-token", token);
      const S3Answer answer = TRY(client_.send(request));
      if (!answer.is_success()) return client_.error_of(answer, "list", prefix);
      S3Listing listing = TRY(parse_listing(answer.body));
      for (storage::ObjectInfo& object : listing.objects) {
        object.location = fmt::format("s3://{}/{}", root.bucket, object.location);
        TRY(visit(object));
      }
      token = std::move(listing.next_token);
    } while (!token.empty());
    return {};
  }

  Result<void> remove(const std::string& location) override {
    const S3Answer answer =
        TRY(client_.send(client_.make_request("DELETE", TRY(parse_location(location)))));
    if (answer.is_success()) return {};
    Error error = client_.error_of(answer, "remove", location);
    const bool gone =
        error.code == ErrorCode::NotFound && element_text(answer.body, "Code") != "NoSuchBucket";
    if (gone) return {};
    return error;
  }

  Result<void> remove_many(std::span<const std::string> locations) override {
    std::map<std::string, std::vector<std::string>> keys_by_bucket;
    std::optional<Error> first;
    for (const std::string& location : locations) {
      auto parsed = parse_location(location);
      if (!parsed) {
        if (!first) first = std::move(parsed).error();
        continue;
      }
      keys_by_bucket[parsed->bucket].push_back(std::move(parsed->key));
    }
    for (const auto& [bucket, keys] : keys_by_bucket) {
      for (std::size_t at = 0; at < keys.size(); at += kKeysPerDelete) {
        const std::size_t count = std::min(kKeysPerDelete, keys.size() - at);
        auto removed = remove_keys(bucket, std::span(keys).subspan(at, count));
        if (!removed && !first) first = std::move(removed).error();
      }
    }
    if (first) return *std::move(first);
    return {};
  }

 private:
  Result<void> remove_keys(const std::string& bucket, std::span<const std::string> keys) {
    std::string body = "<Delete><Quiet>true</Quiet>";
    for (const std::string& key : keys) {
      std::string text = replace_all(replace_all(key, "&", "&amp;"), "<", "&lt;");
      body += fmt::format("<Object><Key>{}</Key></Object>", replace_all(text, ">", "&gt;"));
    }
    body += "</Delete>";
    S3Request request = client_.make_request("POST", {bucket, ""});
    request.query = {{"delete", ""}};
    request.headers["content-md5"] = to_base64(md5(body));
    const S3Answer answer = TRY(client_.send(request, body));
    const std::string where = fmt::format("s3://{}", bucket);
    if (!answer.is_success()) return client_.error_of(answer, "remove objects in", where);
    for (std::string_view failure : elements(answer.body, "Error")) {
      if (element_text(failure, "Code") == "NoSuchKey") continue;
      return s3_error(0, failure,
                      fmt::format("cannot remove `{}/{}`", where, element_text(failure, "Key")));
    }
    return {};
  }

  // `Wed, 12 Oct 2009 17:50:00 GMT`.
  static Result<std::int64_t> parse_http_date(std::string_view text) {
    static constexpr std::string_view kMonths = "JanFebMarAprMayJunJulAugSepOctNovDec";
    if (text.size() < 25) return corrupt("the S3 store gave a bad time `{}`", text);
    const std::size_t month = kMonths.find(text.substr(8, 3));
    if (month == std::string_view::npos) return corrupt("the S3 store gave a bad time `{}`", text);
    return parse_timestamp_micros(fmt::format("{}-{:02}-{}T{}", text.substr(12, 4), month / 3 + 1,
                                              text.substr(5, 2), text.substr(17, 8)));
  }

  S3Client client_;
};

// DuckDB's own access to the same objects, as a secret in memory. Not by SQL: texts of statements
// end up in messages.
void give_secret(Instance& instance, const S3Options& options) {
  dk::Connection connection(instance.impl().database);
  auto& context = *connection.context;
  context.RunFunctionInTransaction([&] {
    dk::CreateSecretInput input;
    input.type = "s3";
    input.provider = "config";
    input.storage_type = "";
    input.name = "tarn_s3_" + to_hex(sha256(options.scope)).substr(0, 16);
    if (!options.scope.empty()) {
      for (const char* scheme : {"s3", "s3a", "s3n"}) {
        input.scope.push_back(scheme + options.scope.substr(options.scope.find(':')));
      }
    }
    auto& values = input.options;
    const S3Credentials& credentials = options.credentials;
    if (!credentials.access_key.empty()) {
      values["key_id"] = dk::Value(credentials.access_key);
      values["secret"] = dk::Value(credentials.secret_key);
    }
    if (!credentials.session_token.empty()) {
      values["session_token"] = dk::Value(credentials.session_token);
    }
    values["region"] = dk::Value(credentials.region);
    if (!options.endpoint.empty()) values["endpoint"] = dk::Value(options.endpoint);
    values["url_style"] = dk::Value(options.url_style == S3UrlStyle::Path ? "path" : "vhost");
    values["use_ssl"] = dk::Value::BOOLEAN(options.use_ssl);
    input.on_conflict = dk::OnCreateConflict::REPLACE_ON_CONFLICT;
    input.persist_type = dk::SecretPersistType::TEMPORARY;
    dk::SecretManager::Get(context).CreateSecret(context, input);
  });
}

}  // namespace

Result<std::unique_ptr<storage::Store>> open_s3_store(Instance& instance, S3Options options,
                                                      Clock& clock) {
  if (!options.scope.empty() && !options.scope.starts_with("s3://")) {
    return invalid_input("the scope of S3 credentials must begin with `s3://`, not `{}`",
                         options.scope);
  }
  if (options.credentials.access_key.empty() != options.credentials.secret_key.empty()) {
    return invalid_input("S3 credentials need both an access key and a secret key");
  }
  options.part_size = std::max(options.part_size, kPartSizeMin);
  TRY(instance.load_extension("httpfs"));
  auto given = guard([&]() -> Result<void> {
    give_secret(instance, options);
    // Parts of 10 MB instead of 80 MB for DuckDB's own uploads: one buffer per open file.
    dk::Connection connection(instance.impl().database);
    auto set = connection.Query("SET GLOBAL s3_uploader_max_filesize = '100GB'");
    if (set->HasError()) return to_error(set->GetErrorObject());
    return {};
  });
  if (!given) {
    // The engine's text may repeat the values.
    return Error{given.error().code, "the engine refused the S3 credentials or options", {}, {}};
  }
  return std::make_unique<S3Store>(instance, std::move(options), clock);
}

}  // namespace tarn::duckdb
