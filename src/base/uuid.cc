// SPDX-License-Identifier: Apache-2.0
#include "base/uuid.h"

#include <cstring>

#include "base/bytes.h"

namespace tarn {

namespace {

void store_big_endian(Uuid& uuid, std::size_t at, std::uint64_t value) {
  for (std::size_t i = 0; i < 8; ++i) {
    uuid.bytes[at + i] = static_cast<std::uint8_t>(value >> (56 - 8 * i));
  }
}

void mark_version(Uuid& uuid, unsigned version) {
  uuid.bytes[6] = static_cast<std::uint8_t>((uuid.bytes[6] & 0x0Fu) | version << 4);
  uuid.bytes[8] = static_cast<std::uint8_t>((uuid.bytes[8] & 0x3Fu) | 0x80u);
}

}  // namespace

Uuid make_uuid4(Random& random) {
  Uuid uuid;
  store_big_endian(uuid, 0, random.next());
  store_big_endian(uuid, 8, random.next());
  mark_version(uuid, 4);
  return uuid;
}

Uuid make_uuid7(Clock& clock, Random& random) {
  Uuid uuid;
  const auto millis = static_cast<std::uint64_t>(clock.now_micros() / 1'000);
  store_big_endian(uuid, 0, millis << 16 | (random.next() & 0xFFFFu));
  store_big_endian(uuid, 8, random.next());
  mark_version(uuid, 7);
  return uuid;
}

std::string to_string(const Uuid& uuid) {
  const std::string hex =
      to_hex({reinterpret_cast<const char*>(uuid.bytes.data()), uuid.bytes.size()});
  std::string out;
  out.reserve(36);
  out.append(hex, 0, 8).push_back('-');
  out.append(hex, 8, 4).push_back('-');
  out.append(hex, 12, 4).push_back('-');
  out.append(hex, 16, 4).push_back('-');
  out.append(hex, 20, 12);
  return out;
}

Result<Uuid> parse_uuid(std::string_view text) {
  const bool has_form =
      text.size() == 36 && text[8] == '-' && text[13] == '-' && text[18] == '-' && text[23] == '-';
  if (!has_form) return invalid_input("not a UUID: `{}`", text);
  std::string hex;
  hex.reserve(32);
  hex.append(text, 0, 8).append(text, 9, 4).append(text, 14, 4).append(text, 19, 4);
  hex.append(text, 24, 12);
  const auto bytes = from_hex(hex);
  if (!bytes) return invalid_input("not a UUID: `{}`", text);
  Uuid uuid;
  std::memcpy(uuid.bytes.data(), bytes->data(), 16);
  return uuid;
}

}  // namespace tarn
