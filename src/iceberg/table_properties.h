// SPDX-License-Identifier: Apache-2.0
// Names and defaults of the table properties that Tarn knows, as other engines spell them.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace tarn::iceberg {

using Properties = std::map<std::string, std::string>;

template <typename T>
struct Property {
  std::string_view name;
  T fallback;
};

// The value, or the fallback when it is missing. Text that does not parse is
// ErrorCode::InvalidInput with the name. Booleans are `true` and `false` in any case; everything
// else counts as false, as in other engines.
std::string read_property(const Properties& properties, const Property<std::string_view>& property);
Result<std::int64_t> read_property(const Properties& properties,
                                   const Property<std::int64_t>& property);
Result<double> read_property(const Properties& properties, const Property<double>& property);
bool read_property(const Properties& properties, const Property<bool>& property);

namespace property {

using Text = Property<std::string_view>;
using Number = Property<std::int64_t>;
using Real = Property<double>;
using Flag = Property<bool>;

// Reserved: set at creation, never stored.
inline constexpr std::string_view kFormatVersion = "format-version";

inline constexpr Number kCommitRetries{"commit.retry.num-retries", 4};
inline constexpr Number kCommitRetryMinWaitMs{"commit.retry.min-wait-ms", 100};
inline constexpr Number kCommitRetryMaxWaitMs{"commit.retry.max-wait-ms", 60'000};
inline constexpr Number kCommitRetryTotalMs{"commit.retry.total-timeout-ms", 1'800'000};
inline constexpr Number kStatusChecks{"commit.status-check.num-retries", 3};
inline constexpr Number kStatusCheckMinWaitMs{"commit.status-check.min-wait-ms", 1'000};
inline constexpr Number kStatusCheckMaxWaitMs{"commit.status-check.max-wait-ms", 60'000};
inline constexpr Number kManifestTargetBytes{"commit.manifest.target-size-bytes", 8'388'608};
inline constexpr Number kManifestMinCount{"commit.manifest.min-count-to-merge", 100};
inline constexpr Flag kManifestMerge{"commit.manifest-merge.enabled", true};

inline constexpr Text kFileFormat{"write.format.default", "parquet"};
inline constexpr Number kRowGroupBytes{"write.parquet.row-group-size-bytes", 134'217'728};
inline constexpr Number kPageBytes{"write.parquet.page-size-bytes", 1'048'576};
inline constexpr Number kDictionaryBytes{"write.parquet.dict-size-bytes", 2'097'152};
inline constexpr Text kParquetCodec{"write.parquet.compression-codec", "zstd"};
inline constexpr Text kParquetLevel{"write.parquet.compression-level", ""};
inline constexpr Text kManifestCodec{"write.manifest.compression-codec", "gzip"};
inline constexpr Text kMetadataCodec{"write.metadata.compression-codec", "none"};
inline constexpr Number kTargetFileBytes{"write.target-file-size-bytes", 536'870'912};
inline constexpr Number kDeleteTargetFileBytes{"write.delete.target-file-size-bytes", 67'108'864};
inline constexpr Flag kObjectStorage{"write.object-storage.enabled", false};
inline constexpr Flag kObjectStoragePartitioned{"write.object-storage.partitioned-paths", true};
inline constexpr Text kDataPath{"write.data.path", ""};
inline constexpr Text kMetadataPath{"write.metadata.path", ""};
inline constexpr Text kDistributionMode{"write.distribution-mode", ""};
inline constexpr Text kDeleteMode{"write.delete.mode", "copy-on-write"};
inline constexpr Text kUpdateMode{"write.update.mode", "copy-on-write"};
inline constexpr Text kMergeMode{"write.merge.mode", "copy-on-write"};
inline constexpr Text kDeleteIsolation{"write.delete.isolation-level", "serializable"};
inline constexpr Text kUpdateIsolation{"write.update.isolation-level", "serializable"};
inline constexpr Text kMergeIsolation{"write.merge.isolation-level", "serializable"};
inline constexpr Text kDeleteGranularity{"write.delete.granularity", "partition"};

inline constexpr Number kPreviousVersionsMax{"write.metadata.previous-versions-max", 100};
inline constexpr Flag kDeleteOldMetadata{"write.metadata.delete-after-commit.enabled", false};
inline constexpr Number kMetricsColumnsMax{"write.metadata.metrics.max-inferred-column-defaults",
                                           100};
inline constexpr Text kMetricsDefault{"write.metadata.metrics.default", "truncate(16)"};
inline constexpr std::string_view kMetricsColumnPrefix = "write.metadata.metrics.column.";
inline constexpr Number kSummaryPartitionLimit{"write.summary.partition-limit", 0};

inline constexpr Number kSplitTargetBytes{"read.split.target-size", 134'217'728};
inline constexpr Number kSplitLookback{"read.split.planning-lookback", 10};
inline constexpr Number kSplitOpenFileCost{"read.split.open-file-cost", 4'194'304};

inline constexpr Flag kGcEnabled{"gc.enabled", true};
inline constexpr Number kMaxSnapshotAgeMs{"history.expire.max-snapshot-age-ms", 432'000'000};
inline constexpr Number kMinSnapshotsToKeep{"history.expire.min-snapshots-to-keep", 1};
inline constexpr Number kMaxRefAgeMs{"history.expire.max-ref-age-ms", INT64_MAX};

inline constexpr Text kNameMapping{"schema.name-mapping.default", ""};

inline constexpr Number kViewVersionsMax{"version.history.num-entries", 10};
inline constexpr Flag kViewDropDialect{"replace.drop-dialect.allowed", false};

}  // namespace property

}  // namespace tarn::iceberg
