// SPDX-License-Identifier: Apache-2.0
#include "jinja/pretty_print.h"

#include "base/text.h"
#include "jinja/methods.h"
#include "jinja/unicode.h"

namespace tarn::jinja {

namespace {

constexpr std::size_t kWidth = 80;

class PrettyPrinter {
 public:
  explicit PrettyPrinter(Runtime& runtime) : runtime_(runtime) {}
  std::string take() { return std::move(out_); }

  Result<void> print(const Value& value, std::size_t indent, std::size_t allowance, int level) {
    if (level > kNestingMax) return fail(kLimitError, "value is nested too deeply");
    const std::string flat = TRY(flat_repr(value, level));
    const std::size_t room = kWidth > indent + allowance ? kWidth - indent - allowance : 0;
    if (count_code_points(flat) <= room) {
      out_ += flat;
      return {};
    }
    TRY(check_size(runtime_, out_.size() + flat.size()));
    switch (value.kind()) {
      case Kind::List:
      case Kind::Tuple: {
        out_ += value.is_list() ? "[" : "(";
        const bool single = value.is_tuple() && value.items().size() == 1;
        TRY(print_items(value.items(), indent, allowance + (single ? 2 : 1), level + 1));
        out_ += value.is_list() ? "]" : single ? ",)" : ")";
        return {};
      }
      case Kind::Dict:
        return print_dict(value.dict_items(), indent, allowance + 1, level + 1);
      case Kind::Text:
        if (value.flavor() == Flavor::Plain) return print_text(value, indent, allowance, level + 1);
        break;
      default:
        break;
    }
    out_ += flat;
    return {};
  }

 private:
  // repr with dicts sorted by key.
  Result<std::string> flat_repr(const Value& value, int level) {
    if (level > kNestingMax) return fail(kLimitError, "value is nested too deeply");
    TRY(runtime_.charge(1));
    std::string text;
    if (value.is_list() || value.is_tuple()) {
      text = value.is_list() ? "[" : "(";
      for (std::size_t i = 0; i < value.items().size(); ++i) {
        if (i > 0) text += ", ";
        text += TRY(flat_repr(value.items()[i], level + 1));
      }
      if (value.is_tuple() && value.items().size() == 1) text += ",";
      return text + (value.is_list() ? "]" : ")");
    }
    if (!value.is_dict()) return to_repr(runtime_, value);
    text = "{";
    bool first = true;
    for (const auto* entry : TRY(sorted(value.dict_items()))) {
      if (!first) text += ", ";
      first = false;
      text += TRY(flat_repr(entry->key, level + 1)) + ": ";
      text += TRY(flat_repr(entry->value, level + 1));
    }
    return text + "}";
  }

  Result<std::vector<const Table::Entry*>> sorted(const Dict& dict) {
    std::vector<const Table::Entry*> entries;
    std::vector<Value> order;
    std::vector<Value> keys;
    for (const auto& entry : dict.entries()) {
      if (!entry.live) continue;
      order.push_back(Value(entries.size()));
      entries.push_back(&entry);
      keys.push_back(entry.key);
    }
    // Keys of several types stay in their order.
    auto sorted_order = sort_values(runtime_, order, std::move(keys), false);
    if (!sorted_order) return entries;
    std::vector<const Table::Entry*> result;
    for (const auto& index : order) {
      result.push_back(entries[static_cast<std::size_t>(index.as_int())]);
    }
    return result;
  }

  void new_line(std::size_t indent) {
    out_ += "\n";
    out_.append(indent, ' ');
  }

  Result<void> print_items(const std::vector<Value>& items, std::size_t indent,
                           std::size_t allowance, int level) {
    for (std::size_t i = 0; i < items.size(); ++i) {
      if (i > 0) {
        out_ += ",";
        new_line(indent + 1);
      }
      TRY(print(items[i], indent + 1, i + 1 == items.size() ? allowance : 1, level));
    }
    return {};
  }

  Result<void> print_dict(const Dict& dict, std::size_t indent, std::size_t allowance, int level) {
    out_ += "{";
    const auto entries = TRY(sorted(dict));
    for (std::size_t i = 0; i < entries.size(); ++i) {
      if (i > 0) {
        out_ += ",";
        new_line(indent + 1);
      }
      const std::string key = TRY(flat_repr(entries[i]->key, level));
      out_ += key + ": ";
      TRY(print(entries[i]->value, indent + 1 + count_code_points(key) + 2,
                i + 1 == entries.size() ? allowance : 1, level));
    }
    out_ += "}";
    return {};
  }

  // Blank-separated parts, each with the blanks behind it.
  static std::vector<std::string> parts_of(std::string_view line) {
    std::vector<std::string> parts;
    std::size_t start = 0;
    std::size_t offset = 0;
    bool in_space = false;
    while (offset < line.size()) {
      const std::size_t at = offset;
      const bool space = is_space(next_code_point(line, offset));
      if (in_space && !space) {
        parts.emplace_back(line.substr(start, at - start));
        start = at;
      }
      in_space = space;
    }
    if (start < line.size()) parts.emplace_back(line.substr(start));
    return parts;
  }

  Result<void> print_text(const Value& value, std::size_t indent, std::size_t allowance,
                          int level) {
    if (level == 1) {
      ++indent;
      ++allowance;
    }
    const Value keep(true);
    const Value lines = TRY(call_method(runtime_, value, "splitlines", {{&keep, 1}, {}}));
    const std::size_t width = kWidth > indent ? kWidth - indent : 0;
    std::vector<std::string> chunks;
    for (std::size_t i = 0; i < lines.items().size(); ++i) {
      const bool last_line = i + 1 == lines.items().size();
      const std::size_t room = last_line && width > allowance ? width - allowance : width;
      const std::string whole = TRY(to_repr(runtime_, lines.items()[i]));
      if (count_code_points(whole) <= room) {
        chunks.push_back(whole);
        continue;
      }
      const auto parts = parts_of(lines.items()[i].text());
      std::string current;
      for (std::size_t j = 0; j < parts.size(); ++j) {
        const bool last_part = last_line && j + 1 == parts.size();
        const std::size_t part_room = last_part && width > allowance ? width - allowance : width;
        const std::string candidate = TRY(to_repr(runtime_, Value(current + parts[j])));
        if (count_code_points(candidate) > part_room) {
          if (!current.empty()) chunks.push_back(TRY(to_repr(runtime_, Value(current))));
          current = parts[j];
        } else {
          current += parts[j];
        }
      }
      if (!current.empty()) chunks.push_back(TRY(to_repr(runtime_, Value(current))));
    }
    const bool brackets = level == 1 && chunks.size() > 1;
    if (brackets) out_ += "(";
    for (std::size_t i = 0; i < chunks.size(); ++i) {
      if (i > 0) new_line(indent);
      out_ += chunks[i];
    }
    if (brackets) out_ += ")";
    return {};
  }

  Runtime& runtime_;
  std::string out_;
};

}  // namespace

Result<std::string> pretty_print(Runtime& runtime, const Value& value) {
  PrettyPrinter printer(runtime);
  TRY(printer.print(value, 0, 0, 0));
  return printer.take();
}

}  // namespace tarn::jinja
