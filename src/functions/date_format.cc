// SPDX-License-Identifier: Apache-2.0
// Timestamps by patterns: date_format and date_parse (MySQL), format_datetime and parse_datetime
// (Joda-Time).
#include <memory>

#include "functions/call_error.h"
#include "functions/date_pattern.h"
#include "functions/lists.h"
#include "functions/zone_arithmetic.h"
#include "types/datetime_text.h"

namespace tarn::functions {

namespace {

using types::TypeKind;
using types::Value;

enum class PatternLanguage : std::uint8_t { Mysql, Joda };

// Patterns are nearly always the same from row to row.
template <PatternLanguage language>
Result<std::shared_ptr<const DatePattern>> find_pattern(const std::string& text) {
  thread_local std::string last_text;
  thread_local std::shared_ptr<const DatePattern> last;
  if (last == nullptr || last_text != text) {
    DatePattern made = TRY(language == PatternLanguage::Mysql ? DatePattern::from_mysql(text)
                                                              : DatePattern::from_joda(text));
    last = std::make_shared<const DatePattern>(std::move(made));
    last_text = text;
  }
  return last;
}

bool names_zone(std::string_view pattern) {
  bool quoted = false;
  for (const char c : pattern) {
    if (c == '\'') quoted = !quoted;
    if (!quoted && (c == 'z' || c == 'Z')) return true;
  }
  return false;
}

template <PatternLanguage language>
BoundFunction bind_format(const CallSignature& signature) {
  if (signature.arguments.size() != 2 || !signature.arguments[1].is(TypeKind::Varchar)) return {};
  const bool zoned = signature.arguments[0].is(TypeKind::TimestampWithTimeZone);
  if (!zoned && !signature.arguments[0].is(TypeKind::Timestamp)) return {};
  return {[zoned](Arguments v) -> Result<Value> {
    if (language == PatternLanguage::Joda && !zoned && names_zone(v[1].as_text())) {
      return invalid_argument(
          "format_datetime for TIMESTAMP type, cannot use 'Z' nor 'z' in format, as this type does "
          "not contain TZ information");
    }
    const auto pattern = TRY(find_pattern<language>(v[1].as_text()));
    return Value(TRY(pattern->print(types::round_timestamp(v[0].as_timestamp(), 3))));
  }};
}

Result<Value> date_parse(Arguments v) {
  const auto pattern = TRY(find_pattern<PatternLanguage::Mysql>(v[1].as_text()));
  return Value(TRY(pattern->parse(v[0].as_text())).local);
}

BoundFunction bind_parse_datetime(const CallSignature& signature) {
  return {[session = signature.zone](Arguments v) -> Result<Value> {
    const auto pattern = TRY(find_pattern<PatternLanguage::Joda>(v[1].as_text()));
    const DatePattern::Parsed parsed = TRY(pattern->parse(v[0].as_text()));
    auto zoned = types::to_zoned(parsed.local, parsed.zone.value_or(session));
    if (!zoned)
      return invalid_argument("Cannot parse \"{}\": {}", v[0].as_text(), zoned.error().message);
    return Value(*zoned);
  }};
}

constexpr FunctionEntry kDateFormats[] = {
    {"date_format", bind_format<PatternLanguage::Mysql>},
    {"date_parse", takes<date_parse, TypeKind::Varchar, TypeKind::Varchar>},
    {"format_datetime", bind_format<PatternLanguage::Joda>},
    {"parse_datetime", bind_parse_datetime},
};

}  // namespace

FunctionList date_format_functions() { return kDateFormats; }

}  // namespace tarn::functions
