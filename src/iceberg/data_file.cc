// SPDX-License-Identifier: Apache-2.0
#include "iceberg/data_file.h"

#include "base/text.h"

namespace tarn::iceberg {

std::string_view to_string(FileFormat format) {
  switch (format) {
    case FileFormat::Avro:
      return "AVRO";
    case FileFormat::Orc:
      return "ORC";
    case FileFormat::Parquet:
      return "PARQUET";
    case FileFormat::Puffin:
      return "PUFFIN";
  }
  return "";
}

Result<FileFormat> parse_file_format(std::string_view text) {
  for (const FileFormat format :
       {FileFormat::Parquet, FileFormat::Puffin, FileFormat::Avro, FileFormat::Orc}) {
    if (equals_ignore_case(text, to_string(format))) return format;
  }
  return unsupported("file format `{}`", text);
}

}  // namespace tarn::iceberg
