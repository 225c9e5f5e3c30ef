// SPDX-License-Identifier: Apache-2.0
// What a server may send to the Trino client, as in tests/interop/trino: headers and pages, a line
// each. Pages give rows of their columns or an error; nothing crashes or takes much memory.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "base/text.h"
#include "trino/login.h"
#include "trino/page.h"
#include "trino/session.h"

namespace {

using namespace tarn;

void check_width(const std::vector<trino::Row>& rows, const std::vector<trino::Column>& columns) {
  for (const auto& row : rows) {
    if (row.size() != columns.size()) std::abort();
  }
}

void read_page(std::string_view line, std::vector<trino::Column>& columns) {
  auto page = trino::parse_page(line, columns);
  if (!page) return;
  if (!page->columns.empty()) columns = page->columns;
  check_width(page->rows, columns);
  if (page->failure) static_cast<void>(trino::make_error(*page->failure, line, page->query_id));
  for (const auto& segment : page->segments) {
    if (segment.uncompressed_size.value_or(0) > (1 << 20)) continue;
    const auto rows = trino::decode_segment(page->encoding, segment, columns);
    if (rows) check_width(*rows, columns);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  std::vector<trino::Column> columns;
  trino::Session session;
  for (const auto line : split(text, '\n')) {
    const auto colon = line.find(": ");
    if (line.starts_with('{')) {
      read_page(line, columns);
    } else if (colon != std::string_view::npos) {
      const http::Header header{std::string(line.substr(0, colon)),
                                std::string(line.substr(colon + 2))};
      static_cast<void>(trino::apply_headers(session, {header}));
      static_cast<void>(trino::find_login_challenge({header}));
      static_cast<void>(trino::url_origin(header.value));
    }
  }
  static_cast<void>(trino::session_headers(session));
  return 0;
}
