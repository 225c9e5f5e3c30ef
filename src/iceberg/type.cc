// SPDX-License-Identifier: Apache-2.0
#include "iceberg/type.h"

#include <algorithm>
#include <array>

#include "base/check.h"
#include "base/decimal.h"
#include "base/text.h"

namespace tarn::iceberg {

namespace {

constexpr std::array<std::string_view, 24> kTypeNames = {
    "boolean",  "int",       "long",      "float",       "double",       "decimal",
    "date",     "time",      "timestamp", "timestamptz", "timestamp_ns", "timestamptz_ns",
    "string",   "uuid",      "fixed",     "binary",      "unknown",      "variant",
    "geometry", "geography", "struct",    "list",        "map",          "",
};

constexpr std::string_view kDefaultCrs = "OGC:CRS84";
constexpr std::string_view kDefaultAlgorithm = "spherical";

std::string geography_text(const Type& type) {
  if (type.crs.empty() && type.algorithm.empty()) return "geography";
  const std::string crs = type.crs.empty() ? std::string(kDefaultCrs) : type.crs;
  if (type.algorithm.empty()) return fmt::format("geography({})", crs);
  return fmt::format("geography({}, {})", crs, type.algorithm);
}

// The text between `open` and `close` if `text` is `name open … close`.
std::optional<std::string_view> parameters_of(std::string_view text, std::string_view name,
                                              char open, char close) {
  if (!text.starts_with(name)) return std::nullopt;
  const std::string_view rest = trim(text.substr(name.size()));
  if (rest.size() < 2 || rest.front() != open || rest.back() != close) return std::nullopt;
  return trim(rest.substr(1, rest.size() - 2));
}

Result<Type> parse_decimal_type(std::string_view parameters, std::string_view text) {
  const auto parts = split(parameters, ',');
  if (parts.size() != 2) return corrupt("bad type `{}`", text);
  const auto precision = parse_int64(trim(parts[0]));
  const auto scale = parse_int64(trim(parts[1]));
  if (!precision || !scale || *precision < 1 || *precision > kDecimalPrecisionMax || *scale < 0 ||
      *scale > *precision) {
    return corrupt("bad decimal type `{}`", text);
  }
  return decimal_type(static_cast<int>(*precision), static_cast<int>(*scale));
}

Type parse_geo_type(TypeKind kind, std::string_view parameters) {
  Type type(kind);
  std::string_view crs = parameters;
  if (kind == TypeKind::Geography) {
    const auto comma = parameters.find(',');
    if (comma != std::string_view::npos) {
      crs = trim(parameters.substr(0, comma));
      const auto algorithm = trim(parameters.substr(comma + 1));
      if (!equals_ignore_case(algorithm, kDefaultAlgorithm)) type.algorithm = to_lower(algorithm);
    }
  }
  if (!equals_ignore_case(crs, kDefaultCrs)) type.crs = crs;
  return type;
}

}  // namespace

std::string_view to_string(TypeKind kind) { return kTypeNames[static_cast<std::size_t>(kind)]; }

Type::Type() = default;
Type::Type(TypeKind primitive) : kind(primitive) {}
Type::Type(const Type&) = default;
Type::Type(Type&&) noexcept = default;
Type& Type::operator=(const Type&) = default;
Type& Type::operator=(Type&&) noexcept = default;
Type::~Type() = default;

bool Type::operator==(const Type& other) const {
  return kind == other.kind && precision == other.precision && scale == other.scale &&
         length == other.length && crs == other.crs && algorithm == other.algorithm &&
         fields == other.fields;
}

const Field& Type::element() const {
  VERIFY(kind == TypeKind::List && fields.size() == 1);
  return fields[0];
}

const Field& Type::key() const {
  VERIFY(kind == TypeKind::Map && fields.size() == 2);
  return fields[0];
}

const Field& Type::value() const {
  VERIFY(kind == TypeKind::Map && fields.size() == 2);
  return fields[1];
}

bool Field::operator==(const Field& other) const {
  return id == other.id && required == other.required && name == other.name && type == other.type &&
         doc == other.doc && initial_default == other.initial_default &&
         write_default == other.write_default;
}

Type decimal_type(int precision, int scale) {
  Type type(TypeKind::Decimal);
  type.precision = precision;
  type.scale = scale;
  return type;
}

Type fixed_type(int length) {
  Type type(TypeKind::Fixed);
  type.length = length;
  return type;
}

Type struct_type(std::vector<Field> fields) {
  Type type(TypeKind::Struct);
  type.fields = std::move(fields);
  return type;
}

Type list_type(int element_id, Type element, bool element_required) {
  Type type(TypeKind::List);
  Field field = optional_field(element_id, "element", std::move(element));
  field.required = element_required;
  type.fields.push_back(std::move(field));
  return type;
}

Type map_type(Field key, Field value) {
  Type type(TypeKind::Map);
  key.name = "key";
  key.required = true;
  value.name = "value";
  type.fields.push_back(std::move(key));
  type.fields.push_back(std::move(value));
  return type;
}

Field required_field(int id, std::string name, Type type) {
  Field field = optional_field(id, std::move(name), std::move(type));
  field.required = true;
  return field;
}

Field optional_field(int id, std::string name, Type type) {
  Field field;
  field.id = id;
  field.name = std::move(name);
  field.type = std::move(type);
  return field;
}

std::string to_string(const Type& type) {
  switch (type.kind) {
    case TypeKind::Decimal:
      return fmt::format("decimal({}, {})", type.precision, type.scale);
    case TypeKind::Fixed:
      return fmt::format("fixed[{}]", type.length);
    case TypeKind::Geometry:
      return type.crs.empty() ? "geometry" : fmt::format("geometry({})", type.crs);
    case TypeKind::Geography:
      return geography_text(type);
    case TypeKind::List:
      return fmt::format("list<{}>", to_string(type.element().type));
    case TypeKind::Map:
      return fmt::format("map<{}, {}>", to_string(type.key().type), to_string(type.value().type));
    case TypeKind::Struct: {
      std::string text = "struct<";
      for (const Field& field : type.fields) {
        if (text.size() > 7) text += ", ";
        text += fmt::format("{}: {}: {} {}", field.id, field.name,
                            field.required ? "required" : "optional", to_string(field.type));
      }
      return text + ">";
    }
    default:
      return std::string(to_string(type.kind));
  }
}

Result<Type> parse_primitive_type(std::string_view text) {
  const std::string lower = to_lower(trim(text));
  for (std::size_t i = 0; i < static_cast<std::size_t>(TypeKind::Struct); ++i) {
    const auto kind = static_cast<TypeKind>(i);
    if (kind != TypeKind::Decimal && kind != TypeKind::Fixed && lower == kTypeNames[i]) {
      return Type(kind);
    }
  }
  if (const auto inside = parameters_of(lower, "decimal", '(', ')')) {
    return parse_decimal_type(*inside, text);
  }
  if (const auto inside = parameters_of(lower, "fixed", '[', ']')) {
    const auto length = parse_int64(*inside);
    if (!length || *length < 0 || *length > INT32_MAX) return corrupt("bad type `{}`", text);
    return fixed_type(static_cast<int>(*length));
  }
  // The reference system keeps its letter case.
  const std::string_view trimmed = trim(text);
  for (const TypeKind kind : {TypeKind::Geometry, TypeKind::Geography}) {
    const std::string_view name = to_string(kind);
    if (!lower.starts_with(name)) continue;
    if (const auto inside = parameters_of(trimmed.substr(name.size()), "", '(', ')')) {
      return parse_geo_type(kind, *inside);
    }
  }
  return unsupported("unknown type `{}`", text);
}

bool same_shape(const Type& a, const Type& b) {
  if (a.kind != b.kind || a.precision != b.precision || a.scale != b.scale ||
      a.length != b.length || a.crs != b.crs || a.algorithm != b.algorithm) {
    return false;
  }
  return std::equal(a.fields.begin(), a.fields.end(), b.fields.begin(), b.fields.end(),
                    [](const Field& x, const Field& y) {
                      return x.name == y.name && x.required == y.required &&
                             same_shape(x.type, y.type);
                    });
}

int format_version_needed(const Type& type) {
  switch (type.kind) {
    case TypeKind::TimestampNs:
    case TypeKind::TimestampTzNs:
    case TypeKind::Unknown:
    case TypeKind::Variant:
    case TypeKind::Geometry:
    case TypeKind::Geography:
      return 3;
    default:
      break;
  }
  int version = 1;
  for (const Field& field : type.fields) {
    version = std::max(version, format_version_needed(field.type));
  }
  return version;
}

bool is_promotion_allowed(const Type& from, const Type& to, int format_version) {
  if (!from.is_primitive() || !to.is_primitive()) return false;
  if (from == to) return true;
  switch (from.kind) {
    case TypeKind::Int:
      return to.kind == TypeKind::Long;
    case TypeKind::Float:
      return to.kind == TypeKind::Double;
    case TypeKind::Decimal:
      return to.kind == TypeKind::Decimal && to.scale == from.scale &&
             to.precision >= from.precision;
    case TypeKind::Date:
      return format_version >= 3 &&
             (to.kind == TypeKind::Timestamp || to.kind == TypeKind::TimestampNs);
    case TypeKind::Unknown:
      return format_version >= 3;
    default:
      return false;
  }
}

}  // namespace tarn::iceberg
