// SPDX-License-Identifier: Apache-2.0
// The store on S3 and its like. Requests go through the HTTP client of DuckDB's extension httpfs,
// signed here; the same credentials are given to DuckDB for its own reads and writes of data files.
#pragma once

#include <memory>
#include <string>

#include "base/clock.h"
#include "base/result.h"
#include "duckdb/instance.h"
#include "duckdb/s3_signature.h"
#include "storage/store.h"

namespace tarn::duckdb {

enum class S3UrlStyle { VirtualHost, Path };

struct S3Options {
  S3Credentials credentials;
  std::string endpoint;  // `host` or `host:port`; "": AWS in the region
  S3UrlStyle url_style = S3UrlStyle::VirtualHost;
  bool use_ssl = true;
  // For which locations DuckDB uses the credentials: `s3://bucket` or deeper. "": all.
  std::string scope;
  // Objects above this size go up in parts of this size (5 MiB at least, as S3 demands).
  std::uint64_t part_size = 16 << 20;
  int attempts = 4;  // of each request, while the server is unavailable
};

// Loads httpfs. `instance` and `clock` must outlive the store. An exclusive create is a conditional
// PUT (`If-None-Match: *`), also at the end of an upload in parts; servers that do not know it
// would overwrite.
Result<std::unique_ptr<storage::Store>> open_s3_store(Instance& instance, S3Options options,
                                                      Clock& clock = system_clock());

}  // namespace tarn::duckdb
