// SPDX-License-Identifier: Apache-2.0
// Calls of functions and operators: native expressions of native.def, and else `tarn_call`.
#include <algorithm>

#include "base/text.h"
#include "duckdb/physical_type.h"
#include "engine/print_state.h"
#include "types/error_name.h"

namespace tarn::engine {

using types::Type;
using types::TypeKind;

namespace {

struct NativeForm {
  std::string_view name;
  std::string_view arguments;
  std::string_view text;
};

constexpr NativeForm kNativeForms[] = {
#define NATIVE(name, arguments, text) {name, arguments, text},
#include "engine/native.def"
#undef NATIVE
};

using FormsByName = std::unordered_map<std::string_view, std::vector<const NativeForm*>>;

const FormsByName& forms_by_name() {
  static const FormsByName forms = [] {
    FormsByName out;
    for (const NativeForm& form : kNativeForms) out[form.name].push_back(&form);
    return out;
  }();
  return forms;
}

bool is_short_time(const Type& type, TypeKind kind) { return type.is(kind) && type.precision <= 6; }

bool fits_kind(std::string_view kind, const Type& type) {
  if (kind == "any") return true;
  if (kind == "int") return types::is_integral(type);
  if (kind == "bigint") return type.is(TypeKind::BigInt);
  if (kind == "float") return is_floating(type);
  if (kind == "varchar") return type.is(TypeKind::Varchar);
  if (kind == "boolean") return type.is(TypeKind::Boolean);
  if (kind == "date") return type.is(TypeKind::Date);
  if (kind == "timestamp") return is_short_time(type, TypeKind::Timestamp);
  if (kind == "local") {
    return type.is(TypeKind::Date) || is_short_time(type, TypeKind::Timestamp);
  }
  if (kind == "time") return is_short_time(type, TypeKind::Time);
  if (kind == "days") return type.is(TypeKind::IntervalDayToSecond);
  if (kind == "months") return type.is(TypeKind::IntervalYearToMonth);
  if (kind == "array") return type.is(TypeKind::Array);
  if (kind == "map") return type.is(TypeKind::Map);
  return false;
}

bool fits_argument(std::string_view word, const TypedExpression& argument) {
  char mark = word.back();
  bool is_marked = mark == '+' || mark == '!' || mark == '\'';
  if (is_marked) word.remove_suffix(1);
  if (!fits_kind(word, argument.type)) return false;
  if (!is_marked) return true;
  if (mark == '\'') {
    auto text = constant_text(argument);
    return text && !text->empty();
  }
  auto number = constant_integer(argument);
  if (!number) return false;
  return mark == '+' ? *number > 0 && *number <= 2147483647 : *number != 0 && *number != -1;
}

bool fits_arguments(const NativeForm& form, const TypedExpression& node) {
  auto words = split(form.arguments, ' ');
  if (words.size() != node.children.size()) return false;
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (!fits_argument(words[i], *node.children[i])) return false;
  }
  return true;
}

std::string fill_in(std::string_view text, std::span<const std::string> arguments) {
  std::string out;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] == '{' && at + 2 < text.size() && text[at + 2] == '}') {
      out += arguments[static_cast<std::size_t>(text[at + 1] - '0')];
      at += 2;
    } else {
      out += text[at];
    }
  }
  return out;
}

bool has_time(std::string_view unit) {
  return unit == "hour" || unit == "minute" || unit == "second";
}

bool is_calendar_unit(std::string_view unit) {
  return unit == "day" || unit == "week" || unit == "month" || unit == "quarter" || unit == "year";
}

// Of DuckDB 1.5; the name of the function that makes an interval.
std::string interval_text(std::string_view unit, const std::string& count) {
  if (unit == "quarter") return fmt::format("to_months(CAST({} * 3 AS INTEGER))", count);
  if (has_time(unit)) return fmt::format("to_{}s({})", unit, count);
  return fmt::format("to_{}s(CAST({} AS INTEGER))", unit, count);
}

bool is_call_of(const TypedExpression& node, std::string_view name) {
  return node.kind == TypedKind::Call && node.function->name == name && node.children.size() == 1;
}

bool is_comparison(std::string_view name) {
  return name == "$equal" || name == "$not_equal" || name == "$less_than" ||
         name == "$less_than_or_equal" || name == "$is_distinct_from";
}

}  // namespace

Text Printer::tarn_call(std::string name, std::vector<Type> types, const Type& result,
                        std::span<const std::string> arguments, bool is_volatile) {
  functions::CallSignature signature{std::move(name), std::move(types), result, session_.time_zone};
  std::string out = is_volatile ? "tarn_call_volatile(" : "tarn_call(";
  out += quote(functions::to_text(signature), '\'');
  for (const auto& argument : arguments) out += ", " + argument;
  return out + ")";
}

Text Printer::call(const TypedExpression& node) {
  if (is_comparison(node.function->name)) return comparison(node);
  if (auto text = TRY(lambda_call(node))) return std::move(*text);
  if (auto text = TRY(session_call(node))) return std::move(*text);
  if (auto text = TRY(digest_call(node))) return std::move(*text);
  std::vector<std::string> arguments;
  std::vector<Type> types;
  // What a plain instant can be asked for is asked of its UTC time.
  if (node.children.size() == 1 && can_be_plain(*node.children[0])) {
    TypedExpression local;
    auto found = forms_by_name().find(node.function->name);
    local.kind = TypedKind::Call;
    local.function = node.function;
    local.children.push_back(std::make_unique<TypedExpression>());
    local.children[0]->type = types::make_timestamp(node.children[0]->type.precision);
    if (found != forms_by_name().end()) {
      for (const NativeForm* form : found->second) {
        if (!fits_arguments(*form, local)) continue;
        const std::string argument[] = {TRY(plain_as_timestamp(*node.children[0]))};
        return fill_in(form->text, argument);
      }
    }
  }
  for (const auto& child : node.children) {
    arguments.push_back(TRY(expression(*child)));
    types.push_back(child->type);
  }
  if (auto text = TRY(native_call(node, arguments))) return std::move(*text);
  return tarn_call(node.function->name, std::move(types), node.type, arguments,
                   !node.function->deterministic);
}

// Functions of the session, constant in a statement.
Result<std::optional<std::string>> Printer::session_call(const TypedExpression& node) {
  const std::string& name = node.function->name;
  if (!node.children.empty()) return std::optional<std::string>();
  if (name == "now") {
    return std::optional(TRY(print_constant(node.type, session_timestamp(node.type.precision))));
  }
  if (name == "current_timezone") {
    return std::optional(TRY(print_constant(node.type, session_.time_zone.name())));
  }
  if (name == "current_groups") return std::optional(std::string("CAST([] AS VARCHAR[])"));
  return std::optional<std::string>();
}

// `lower(to_hex(md5(to_utf8(text))))`, as surrogate keys are made: DuckDB's functions give the text
// of a digest at once.
Result<std::optional<std::string>> Printer::digest_call(const TypedExpression& node) {
  constexpr std::string_view kOuter[] = {"lower", "to_hex"};
  const TypedExpression* inner = &node;
  for (const auto name : kOuter) {
    if (!is_call_of(*inner, name)) return std::optional<std::string>();
    inner = inner->children[0].get();
  }
  for (const std::string_view digest : {"md5", "sha1", "sha256"}) {
    if (!is_call_of(*inner, digest) || !is_call_of(*inner->children[0], "to_utf8")) continue;
    const TypedExpression& text = *inner->children[0]->children[0];
    if (!text.type.is(TypeKind::Varchar)) continue;
    return std::optional(fmt::format("{}({})", digest, TRY(expression(text))));
  }
  return std::optional<std::string>();
}

Result<std::optional<std::string>> Printer::native_call(const TypedExpression& node,
                                                        std::span<const std::string> arguments) {
  auto found = forms_by_name().find(node.function->name);
  if (found != forms_by_name().end()) {
    for (const NativeForm* form : found->second) {
      if (fits_arguments(*form, node)) return std::optional(fill_in(form->text, arguments));
    }
  }
  if (auto text = native_decimal(node, arguments)) return text;
  if (auto text = native_date(node, arguments)) return text;
  return native_text(node, arguments);
}

// Sums, differences and products of up to 18 digits. Wider ones are vectorized below tarn_call,
// faster than DuckDB's.
std::optional<std::string> Printer::native_decimal(const TypedExpression& node,
                                                   std::span<const std::string> arguments) {
  const std::string& name = node.function->name;
  if (!node.type.is(TypeKind::Decimal) || arguments.empty()) return std::nullopt;
  if (!node.children[0]->type.is(TypeKind::Decimal)) return std::nullopt;
  // DuckDB forgets the type where an operand is a typed NULL.
  auto typed = [&](const std::string& text) {
    return fmt::format("CAST({} AS DECIMAL({},{}))", text, node.type.precision, node.type.scale);
  };
  if (name == "$negate") return typed("-(" + arguments[0] + ")");
  if (name == "abs") return typed("abs(" + arguments[0] + ")");
  char sign = name == "$add" ? '+' : name == "$subtract" ? '-' : name == "$multiply" ? '*' : ' ';
  bool fits =
      sign != ' ' && node.type.precision <= 18 && node.children[1]->type.is(TypeKind::Decimal);
  if (!fits) return std::nullopt;
  return typed(fmt::format("{} {} {}", arguments[0], sign, arguments[1]));
}

std::optional<std::string> Printer::native_date(const TypedExpression& node,
                                                std::span<const std::string> arguments) {
  const std::string& name = node.function->name;
  const auto& children = node.children;
  bool is_sum = name == "$add" || name == "$subtract";
  if (is_sum && children[0]->type.is(TypeKind::Date)) {
    constexpr std::int64_t kDay = 86'400'000;
    auto interval = constant_integer(*children[1]);
    bool days = children[1]->type.is(TypeKind::IntervalDayToSecond);
    if (!days || !interval || *interval % kDay != 0) return std::nullopt;
    std::int64_t count = *interval / kDay;
    if (count > 1'000'000 || count < -1'000'000) return std::nullopt;
    return fmt::format("({} {} ({}))", arguments[0], name == "$add" ? '+' : '-', count);
  }
  bool by_unit = name == "date_trunc" || name == "date_add" || name == "date_diff";
  if (!by_unit) return std::nullopt;
  auto given = constant_text(*children[0]);
  if (!given) return std::nullopt;
  std::string unit = to_lower(*given);
  const Type& type = children.back()->type;
  bool is_date = type.is(TypeKind::Date);
  bool fits = is_calendar_unit(unit) || (has_time(unit) && !is_date);
  if (!fits || !(is_date || is_short_time(type, TypeKind::Timestamp))) return std::nullopt;
  if (name == "date_trunc") {
    std::string text = fmt::format("date_trunc('{}', {})", unit, arguments[1]);
    return is_date ? "CAST(" + text + " AS DATE)" : text;
  }
  if (name == "date_add") {
    if (has_time(unit) && type.precision < 1) return std::nullopt;
    std::string text = fmt::format("({} + {})", arguments[2], interval_text(unit, arguments[1]));
    return is_date ? "CAST(" + text + " AS DATE)" : text;
  }
  bool exact = unit == "day" || has_time(unit);
  if (!exact) return std::nullopt;
  if (is_date) return fmt::format("CAST({} - {} AS BIGINT)", arguments[2], arguments[1]);
  return fmt::format("date_sub('{}', {}, {})", unit, arguments[1], arguments[2]);
}

std::optional<std::string> Printer::native_text(const TypedExpression& node,
                                                std::span<const std::string> arguments) {
  const std::string& name = node.function->name;
  if (name == "concat" && node.type.is(TypeKind::Varchar) && arguments.size() > 1) {
    // DuckDB forgets the type where an operand is NULL.
    return "CAST(" + tarn::join(arguments, " || ") + " AS VARCHAR)";
  }
  if (name == "greatest" || name == "least") {
    const Type& type = node.type;
    bool native = duckdb::compares_natively(type) && !is_floating(type);
    std::string tests;
    for (const auto& argument : arguments) {
      native = native && may_repeat(argument);
      if (!tests.empty()) tests += " OR ";
      tests += argument + " IS NULL";
    }
    if (!native) return std::nullopt;
    std::string list = tarn::join(arguments, ", ");
    return fmt::format("CASE WHEN {} THEN NULL ELSE {}({}) END", tests, name, list);
  }
  bool at_map = name == "element_at" && node.children[0]->type.is(TypeKind::Map);
  if (at_map) {
    const Type& key = node.children[1]->type;
    if (!duckdb::compares_natively(key) || is_floating(key)) return std::nullopt;
    return fmt::format("map_extract_value({}, {})", arguments[0], arguments[1]);
  }
  return std::nullopt;
}

}  // namespace tarn::engine
