// SPDX-License-Identifier: Apache-2.0
// The Avro schemas of manifests and manifest lists, versions 2 and 3, with Iceberg's field ids.
// Spec: "Manifests", "Manifest Lists", "Appendix A: Avro".
#pragma once

#include <string>
#include <string_view>

#include "avro/codec.h"
#include "avro/schema.h"
#include "base/result.h"
#include "iceberg/type.h"

namespace tarn::iceberg {

// The type of a partition value; never of a nested type.
avro::Schema partition_value_schema(const Type& type);
// Letters, digits and underscores as Avro demands: others become `_x<hex>`.
std::string avro_name(std::string_view name);

// `partition` is partition_type() of the manifest's spec.
avro::Schema manifest_entry_schema(int format_version, const Type& partition);
avro::Schema manifest_file_schema(int format_version);

// From `write.manifest.compression-codec`: gzip, zstd, snappy, uncompressed or none.
Result<avro::Codec> manifest_codec(std::string_view property);

}  // namespace tarn::iceberg
