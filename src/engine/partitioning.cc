// SPDX-License-Identifier: Apache-2.0
// The texts of `partitioning` and `sorted_by`: parsing and printing.
#include <algorithm>

#include "base/text.h"
#include "engine/table_properties.h"
#include "iceberg/update_partition.h"
#include "types/error_name.h"

namespace tarn::engine {

namespace {

using iceberg::Transform;
using iceberg::TransformKind;

template <typename... Args>
Error bad_partitioning(fmt::format_string<Args...> format, Args&&... args) {
  return types::named_error("INVALID_TABLE_PROPERTY", {}, "Unable to parse partitioning value: {}",
                            fmt::format(format, std::forward<Args>(args)...));
}

bool is_name_character(char c, bool first) {
  const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
  return letter || (!first && c >= '0' && c <= '9');
}

// Reads the words of one text.
class Words {
 public:
  explicit Words(std::string_view text) : text_(text) {}

  void skip_blanks() {
    while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\t')) ++at_;
  }
  bool take(char c) {
    skip_blanks();
    if (at_ >= text_.size() || text_[at_] != c) return false;
    ++at_;
    return true;
  }
  bool at_end() {
    skip_blanks();
    return at_ == text_.size();
  }
  // A plain name in lower case, or one in double quotes as it is.
  std::optional<std::string> name(bool* quoted = nullptr) {
    skip_blanks();
    if (quoted != nullptr) *quoted = false;
    if (at_ < text_.size() && text_[at_] == '"') {
      if (quoted != nullptr) *quoted = true;
      return quoted_name();
    }
    const std::size_t start = at_;
    while (at_ < text_.size() && is_name_character(text_[at_], at_ == start)) ++at_;
    if (at_ == start) return std::nullopt;
    return to_lower(text_.substr(start, at_ - start));
  }
  std::optional<std::int64_t> number() {
    skip_blanks();
    const std::size_t start = at_;
    while (at_ < text_.size() && text_[at_] >= '0' && text_[at_] <= '9') ++at_;
    if (at_ == start) return std::nullopt;
    return parse_int64(text_.substr(start, at_ - start));
  }
  bool take_word(std::string_view word) {
    const std::size_t before = at_;
    bool quoted = false;
    auto text = name(&quoted);
    if (text && !quoted && *text == word) return true;
    at_ = before;
    return false;
  }

 private:
  std::optional<std::string> quoted_name() {
    std::string out;
    for (++at_; at_ < text_.size(); ++at_) {
      if (text_[at_] != '"') {
        out += text_[at_];
      } else if (at_ + 1 < text_.size() && text_[at_ + 1] == '"') {
        out += '"';
        ++at_;
      } else {
        ++at_;
        return out;
      }
    }
    return std::nullopt;
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

struct ParsedField {
  std::string column;
  Transform transform;
};

std::optional<TransformKind> time_transform(std::string_view name) {
  if (name == "year") return TransformKind::Year;
  if (name == "month") return TransformKind::Month;
  if (name == "day") return TransformKind::Day;
  if (name == "hour") return TransformKind::Hour;
  if (name == "void") return TransformKind::Void;
  return std::nullopt;
}

Result<ParsedField> parse_field(std::string_view text) {
  const auto invalid = [&] {
    return bad_partitioning("Invalid partition field declaration: {}", text);
  };
  Words words(text);
  bool quoted = false;
  auto first = words.name(&quoted);
  if (!first) return invalid();
  if (words.at_end()) return ParsedField{*first, {}};
  if (quoted || !words.take('(')) return invalid();
  auto column = words.name();
  if (!column) return invalid();
  ParsedField field{*column, {}};
  if (auto kind = time_transform(*first)) {
    field.transform.kind = *kind;
  } else if (*first == "bucket" || *first == "truncate") {
    if (!words.take(',')) return invalid();
    const auto number = words.number();
    if (!number || *number > 0x7fffffff) return invalid();
    if (*number == 0) {
      return *first == "bucket" ? bad_partitioning("Invalid number of buckets: 0 (must be > 0)")
                                : bad_partitioning("Invalid truncate width: 0 (must be > 0)");
    }
    field.transform = *first == "bucket" ? iceberg::bucket_transform(static_cast<int>(*number))
                                         : iceberg::truncate_transform(static_cast<int>(*number));
  } else {
    return invalid();
  }
  if (!words.take(')') || !words.at_end()) return invalid();
  return field;
}

// A column by its full name, letter case aside: `a`, `a.b`.
const iceberg::SchemaIndex::Entry* find_source(const iceberg::SchemaIndex& index,
                                               const std::string& name) {
  const auto* entry = index.find(std::string_view(name), iceberg::NameCase::Insensitive);
  return entry != nullptr && !entry->repeated ? entry : nullptr;
}

bool is_time(TransformKind kind) {
  return kind == TransformKind::Year || kind == TransformKind::Month ||
         kind == TransformKind::Day || kind == TransformKind::Hour;
}

std::string describe_field(const iceberg::PartitionField& field, std::size_t index) {
  return fmt::format("{}: {}: {}({})", iceberg::kFirstPartitionFieldId + static_cast<int>(index),
                     field.name, iceberg::to_string(field.transform), field.source_id);
}

Result<void> add_field(iceberg::PartitionSpec& spec, iceberg::PartitionField field,
                       const iceberg::Schema& schema) {
  const bool identity = field.transform.kind == TransformKind::Identity;
  for (const auto& known : spec.fields) {
    if (known.name == field.name) {
      return bad_partitioning("Cannot use partition name more than once: {}", field.name);
    }
  }
  // Another column may have the name: then a number makes it unique.
  const std::string wanted = field.name;
  for (int suffix = 2; !identity; ++suffix) {
    const bool taken = std::any_of(
        schema.fields.begin(), schema.fields.end(),
        [&](const iceberg::Field& column) { return equals_ignore_case(column.name, field.name); });
    if (!taken) break;
    field.name = fmt::format("{}_{}", wanted, suffix);
  }
  for (std::size_t i = 0; i < spec.fields.size(); ++i) {
    const auto& known = spec.fields[i];
    if (known.source_id != field.source_id) continue;
    const bool both_times = is_time(known.transform.kind) && is_time(field.transform.kind);
    if (both_times || known.transform == field.transform) {
      return bad_partitioning("Cannot add redundant partition: {} conflicts with {}",
                              describe_field(known, i), describe_field(field, spec.fields.size()));
    }
  }
  spec.fields.push_back(std::move(field));
  return {};
}

bool is_plain_name(std::string_view name) {
  if (name.empty()) return false;
  for (std::size_t i = 0; i < name.size(); ++i) {
    if (!is_name_character(name[i], i == 0) || (name[i] >= 'A' && name[i] <= 'Z')) return false;
  }
  return true;
}

std::string quoted_if_needed(std::string_view name) {
  return is_plain_name(name) ? std::string(name) : quote(name, '"');
}

std::string source_name(const iceberg::SchemaIndex& index, int field_id) {
  const auto* entry = index.find(field_id);
  return quoted_if_needed(entry != nullptr ? entry->name : "?");
}

}  // namespace

Result<iceberg::PartitionSpec> parse_partitioning(const std::vector<std::string>& texts,
                                                  const iceberg::Schema& schema) {
  const iceberg::SchemaIndex index(schema);
  iceberg::PartitionSpec spec;
  for (const std::string& text : texts) {
    const ParsedField parsed = TRY(parse_field(text));
    const auto* source = find_source(index, parsed.column);
    if (source == nullptr) {
      return bad_partitioning("Cannot find source column: {}", parsed.column);
    }
    const iceberg::Type& type = source->field->type;
    if (!type.is_primitive() && parsed.transform.kind == TransformKind::Identity) {
      return bad_partitioning("Cannot partition by non-primitive source field: {}",
                              iceberg::to_string(type));
    }
    if (!type.is_primitive() || !iceberg::can_transform(parsed.transform, type)) {
      return bad_partitioning("Invalid source type {} for transform: {}", iceberg::to_string(type),
                              iceberg::to_string(parsed.transform));
    }
    iceberg::PartitionField field;
    field.source_id = source->field->id;
    field.transform = parsed.transform;
    field.name = iceberg::default_partition_name(source->name, parsed.transform);
    TRY(add_field(spec, std::move(field), schema));
  }
  return spec;
}

Result<iceberg::SortOrder> parse_sorted_by(const std::vector<std::string>& texts,
                                           const iceberg::Schema& schema) {
  const iceberg::SchemaIndex index(schema);
  iceberg::SortOrder order;
  for (const std::string& text : texts) {
    const auto invalid = [&](std::string_view why) {
      return types::named_error("INVALID_TABLE_PROPERTY", {}, "Unable to parse sort field: [{}]{}",
                                text, why);
    };
    Words words(text);
    const auto name = words.name();
    if (!name) return invalid("");
    iceberg::SortField field;
    const bool descending = words.take_word("desc");
    if (!descending) words.take_word("asc");
    field.direction =
        descending ? iceberg::SortDirection::Descending : iceberg::SortDirection::Ascending;
    field.null_order = descending ? iceberg::NullOrder::Last : iceberg::NullOrder::First;
    if (words.take_word("nulls")) {
      if (words.take_word("first")) {
        field.null_order = iceberg::NullOrder::First;
      } else if (words.take_word("last")) {
        field.null_order = iceberg::NullOrder::Last;
      } else {
        return invalid("");
      }
    }
    if (!words.at_end()) return invalid("");
    const auto* source = find_source(index, *name);
    if (source == nullptr) {
      return types::named_error("COLUMN_NOT_FOUND", {}, "Column not found: {}", *name);
    }
    if (!source->field->type.is_primitive()) {
      return types::named_error("INVALID_TABLE_PROPERTY", {}, "Unable to parse sort field: [{}]",
                                text);
    }
    field.source_id = source->field->id;
    order.fields.push_back(field);
  }
  if (!order.fields.empty()) order.order_id = 1;
  return order;
}

std::vector<std::string> partitioning_texts(const iceberg::PartitionSpec& spec,
                                            const iceberg::Schema& schema) {
  const iceberg::SchemaIndex index(schema);
  std::vector<std::string> out;
  for (const iceberg::PartitionField& field : spec.fields) {
    const std::string name = source_name(index, field.source_id);
    switch (field.transform.kind) {
      case TransformKind::Identity:
        out.push_back(name);
        break;
      case TransformKind::Bucket:
        out.push_back(fmt::format("bucket({}, {})", name, field.transform.parameter));
        break;
      case TransformKind::Truncate:
        out.push_back(fmt::format("truncate({}, {})", name, field.transform.parameter));
        break;
      default:
        out.push_back(fmt::format("{}({})", iceberg::to_string(field.transform), name));
    }
  }
  return out;
}

std::vector<std::string> sorted_by_texts(const iceberg::SortOrder& order,
                                         const iceberg::Schema& schema) {
  const iceberg::SchemaIndex index(schema);
  std::vector<std::string> out;
  for (const iceberg::SortField& field : order.fields) {
    out.push_back(fmt::format("{} {} NULLS {}", source_name(index, field.source_id),
                              field.direction == iceberg::SortDirection::Ascending ? "ASC" : "DESC",
                              field.null_order == iceberg::NullOrder::First ? "FIRST" : "LAST"));
  }
  return out;
}

}  // namespace tarn::engine
