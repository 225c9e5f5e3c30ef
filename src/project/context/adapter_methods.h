// SPDX-License-Identifier: Apache-2.0
// Methods of `adapter` that do more than dispatch. Not for use outside the folder.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "jinja/object.h"
#include "project/context/contexts.h"
#include "project/context/table.h"

namespace tarn::project {

// An argument by name or place; nullptr: it is not given.
const jinja::Value* find_argument(const jinja::Arguments& arguments, std::string_view name,
                                  std::size_t place);
// Its text; empty for None, undefined and missing ones.
Result<std::string> argument_text(jinja::Runtime& runtime, const jinja::Arguments& arguments,
                                  std::string_view name, std::size_t place);

// Methods that are functions of their arguments; nullopt: this is none of them.
Result<std::optional<jinja::Value>> call_pure_method(jinja::Runtime& runtime, std::string_view name,
                                                     const jinja::Arguments& arguments);
// Methods that ask the warehouse. REQUIRES host.adapter.
Result<jinja::Value> call_warehouse_method(jinja::Runtime& runtime, std::string_view name,
                                           const jinja::Arguments& arguments);
// `adapter.behavior`.
jinja::Value make_behavior();
// AdapterResponse: prints its message.
jinja::Value make_response(Response response);
const Response* response_of(const jinja::Value& value);

// What constraints of a contract become: `id bigint not null`. Those that Trino has not are left
// out with a warning.
Result<std::vector<std::string>> render_columns(jinja::Runtime& runtime,
                                                const jinja::Value& columns);
Result<std::vector<std::string>> render_constraints(jinja::Runtime& runtime,
                                                    const jinja::Value& constraints);

// Relations through the cache; columns through the adapter's short cut or the macro.
Result<std::optional<RelationParts>> find_relation(jinja::Runtime& runtime,
                                                   const RelationParts& relation);
Result<std::vector<ColumnParts>> relation_columns(jinja::Runtime& runtime,
                                                  const RelationParts& relation);
// Sends each statement of a text; the result is the last one's.
Result<StatementResult> send(RenderHost& host, Statement text);

}  // namespace tarn::project
