// SPDX-License-Identifier: Apache-2.0
// Methods of str that lay text out or cut it in two; private to the folder.
#pragma once

#include <string>
#include <string_view>

#include "jinja/methods.h"

namespace tarn::jinja {

// A text of the same flavor: methods of Markup give Markup.
Value text_like(const Value& self, std::string_view text);
// An argument of a method of Markup is escaped first. REQUIRES a text.
std::string argument_text(const Value& self, const Value& argument);

Result<Value> text_center(Runtime& runtime, const Value& self, const Arguments& arguments);
Result<Value> text_ljust(Runtime& runtime, const Value& self, const Arguments& arguments);
Result<Value> text_rjust(Runtime& runtime, const Value& self, const Arguments& arguments);
Result<Value> text_zfill(Runtime& runtime, const Value& self, const Arguments& arguments);
Result<Value> text_expandtabs(Runtime& runtime, const Value& self, const Arguments& arguments);
Result<Value> text_partition(Runtime& runtime, const Value& self, const Arguments& arguments);
Result<Value> text_rpartition(Runtime& runtime, const Value& self, const Arguments& arguments);
Result<Value> text_removeprefix(Runtime& runtime, const Value& self, const Arguments& arguments);
Result<Value> text_removesuffix(Runtime& runtime, const Value& self, const Arguments& arguments);

}  // namespace tarn::jinja
