// SPDX-License-Identifier: Apache-2.0
// From the settings in tarn.yml to keys: environment, profiles of the AWS tools, roles of the
// machine or container. No key ever shows in an error.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "duckdb/s3_store.h"
#include "lakehouse/config.h"

namespace tarn::lakehouse {

// May read ~/.aws and ask the metadata service (InstanceRole, or Default inside of a container).
// Denied says where was looked when there are no keys. Keys of a role end after some hours.
Result<duckdb::S3Options> resolve_s3(const S3Settings& settings, const std::string& warehouse,
                                     const Environment& environment);

// A section of an INI file as the AWS tools write them. Pure.
struct AwsProfile {
  std::string access_key;
  std::string secret_key;
  std::string session_token;
  std::string region;
};
// nullopt when there is no such section. In `config` files sections are `[profile NAME]`.
std::optional<AwsProfile> read_aws_profile(std::string_view ini, std::string_view section);

}  // namespace tarn::lakehouse
