// SPDX-License-Identifier: Apache-2.0
// Names and texts as parts of SQL for Postgres. Pure; no connection needed. Values belong into
// parameters; these are for what cannot be one (identifiers, COPY, SET).
#pragma once

#include <string>
#include <string_view>

namespace tarn::postgres {

// `a"b` → `"a""b"`. Always quoted, so that letter case and key words do not matter.
// REQUIRES: no zero byte.
std::string quote_identifier(std::string_view name);
// `schema.name`, each part quoted; without schema just the name.
std::string quote_qualified(std::string_view schema, std::string_view name);
// `it's` → `'it''s'`; a backslash gives ` E'…'` so that the server's setting for standard strings
// does not matter. REQUIRES: no zero byte.
std::string quote_literal(std::string_view text);

}  // namespace tarn::postgres
