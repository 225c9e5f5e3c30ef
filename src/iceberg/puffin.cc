// SPDX-License-Identifier: Apache-2.0
#include "iceberg/puffin.h"

#include <boost/json.hpp>

#include "base/bytes.h"
#include "base/compression.h"
#include "base/json.h"

namespace tarn::iceberg {
namespace {

namespace json = boost::json;

constexpr std::string_view kPuffinMagic = "PFA1";
constexpr std::size_t kPuffinFooterMax = std::size_t{64} << 20;
constexpr std::size_t kPuffinBlobMax = std::size_t{1} << 30;
constexpr std::uint32_t kFooterCompressed = 1;

json::object properties_to_json(const std::map<std::string, std::string>& properties) {
  json::object object;
  for (const auto& [name, value] : properties) object.emplace(name, value);
  return object;
}

json::object blob_to_json(const PuffinBlob& blob) {
  json::object object;
  object["type"] = blob.type;
  json::array fields;
  for (int field : blob.fields) fields.emplace_back(field);
  object["fields"] = std::move(fields);
  object["snapshot-id"] = blob.snapshot_id;
  object["sequence-number"] = blob.sequence_number;
  object["offset"] = blob.offset;
  object["length"] = blob.length;
  if (blob.compression) object["compression-codec"] = *blob.compression;
  if (!blob.properties.empty()) object["properties"] = properties_to_json(blob.properties);
  return object;
}

Result<std::map<std::string, std::string>> read_properties(const json::object& object) {
  std::map<std::string, std::string> properties;
  const json::object* found = TRY(json_optional_object(object, "properties"));
  if (found == nullptr) return properties;
  for (const auto& [name, value] : *found) {
    properties[std::string(name)] = TRY(json_text(*found, name));
  }
  return properties;
}

Result<PuffinBlob> blob_from_json(const json::value& value) {
  if (!value.is_object()) return corrupt("a blob of a Puffin footer is not an object");
  const json::object& object = value.get_object();
  PuffinBlob blob;
  blob.type = TRY(json_text(object, "type"));
  for (const auto& field : *TRY(json_array(object, "fields"))) {
    if (!field.is_int64()) return corrupt("a field id of a Puffin blob is not a number");
    blob.fields.push_back(static_cast<int>(field.get_int64()));
  }
  blob.snapshot_id = TRY(json_int(object, "snapshot-id"));
  blob.sequence_number = TRY(json_int(object, "sequence-number"));
  blob.offset = TRY(json_int(object, "offset"));
  blob.length = TRY(json_int(object, "length"));
  blob.compression = TRY(json_optional_text(object, "compression-codec"));
  blob.properties = TRY(read_properties(object));
  return blob;
}

}  // namespace

PuffinWriter::PuffinWriter() : bytes_(kPuffinMagic) {}

const PuffinBlob& PuffinWriter::add(PuffinBlob blob, std::string_view data) {
  blob.offset = static_cast<std::int64_t>(bytes_.size());
  blob.length = static_cast<std::int64_t>(data.size());
  bytes_ += data;
  return footer_.blobs.emplace_back(std::move(blob));
}

void PuffinWriter::set_property(const std::string& name, std::string value) {
  footer_.properties[name] = std::move(value);
}

std::string PuffinWriter::finish() {
  json::object object;
  json::array blobs;
  for (const auto& blob : footer_.blobs) blobs.push_back(blob_to_json(blob));
  object["blobs"] = std::move(blobs);
  object["properties"] = properties_to_json(footer_.properties);
  std::string payload = write_json(json::value(std::move(object)));

  std::string file = std::move(bytes_);
  std::size_t begin = file.size();
  file += kPuffinMagic;
  file += payload;
  append_little_endian<std::uint32_t>(file, static_cast<std::uint32_t>(payload.size()));
  append_little_endian<std::uint32_t>(file, 0);
  file += kPuffinMagic;
  footer_size_ = static_cast<std::int64_t>(file.size() - begin);
  bytes_ = kPuffinMagic;
  footer_ = {};
  return file;
}

Result<std::size_t> puffin_footer_size(std::string_view tail) {
  if (tail.size() < kPuffinTailSize || !tail.ends_with(kPuffinMagic)) {
    return corrupt("not a Puffin file: it does not end with PFA1");
  }
  tail.remove_prefix(tail.size() - kPuffinTailSize);
  std::size_t payload = load_little_endian<std::uint32_t>(tail);
  if (payload > kPuffinFooterMax) return corrupt("Puffin footer of {} bytes is too large", payload);
  return payload + kPuffinMagic.size() + kPuffinTailSize;
}

Result<PuffinFooter> parse_puffin_footer(std::string_view footer) {
  if (TRY(puffin_footer_size(footer)) != footer.size() || !footer.starts_with(kPuffinMagic)) {
    return corrupt("Puffin footer does not have the size that it says");
  }
  std::string_view tail = footer.substr(footer.size() - kPuffinTailSize);
  auto flags = load_little_endian<std::uint32_t>(tail.substr(4));
  std::string_view payload =
      footer.substr(kPuffinMagic.size(), footer.size() - kPuffinMagic.size() - kPuffinTailSize);
  std::string plain;
  if ((flags & kFooterCompressed) != 0) {
    plain = TRY(lz4_decompress(payload, kPuffinFooterMax));
    payload = plain;
  }
  json::value value = TRY(with_context(parse_json(payload), "in a Puffin footer"));
  if (!value.is_object()) return corrupt("Puffin footer is not a JSON object");
  PuffinFooter result;
  for (const auto& blob : *TRY(json_array(value.get_object(), "blobs"))) {
    result.blobs.push_back(TRY(blob_from_json(blob)));
  }
  result.properties = TRY(read_properties(value.get_object()));
  return result;
}

Result<std::string> read_puffin_blob(std::string_view file, const PuffinBlob& blob) {
  auto size = static_cast<std::int64_t>(file.size());
  if (blob.offset < 0 || blob.length < 0 || blob.offset > size ||
      blob.length > size - blob.offset) {
    return corrupt("blob of a Puffin file lies outside of it");
  }
  std::string_view bytes =
      file.substr(static_cast<std::size_t>(blob.offset), static_cast<std::size_t>(blob.length));
  if (!blob.compression) return std::string(bytes);
  if (*blob.compression == "zstd") return zstd_decompress(bytes, kPuffinBlobMax);
  if (*blob.compression == "lz4") return lz4_decompress(bytes, kPuffinBlobMax);
  return unsupported("compression `{}` of a Puffin blob", *blob.compression);
}

}  // namespace tarn::iceberg
