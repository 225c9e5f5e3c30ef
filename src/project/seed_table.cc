// SPDX-License-Identifier: Apache-2.0
#include "project/seed_table.h"

#include <algorithm>
#include <charconv>
#include <deque>
#include <optional>

#include "base/text.h"
#include "base/time.h"
#include "jinja/modules.h"
#include "project/config.h"

namespace tarn::project {

namespace {

using jinja::Value;
using Cells = std::vector<std::string_view>;

// Python's csv module: quotes anywhere at the start of a cell, doubled inside. Cells are parts of
// the text, or of the reader where the text has them in another form.
class CsvReader {
 public:
  CsvReader(std::string_view text, char delimiter) : text_(text), delimiter_(delimiter) {}

  // Appends the cells of one line; false at the end.
  bool next(Cells& cells) {
    while (at_ < text_.size() && (text_[at_] == '\n' || text_[at_] == '\r')) skip_line_end();
    if (at_ >= text_.size()) return false;
    for (;;) {
      cells.push_back(read_cell());
      if (at_ < text_.size() && text_[at_] == delimiter_) {
        ++at_;
        continue;
      }
      if (at_ < text_.size()) skip_line_end();
      return true;
    }
  }

 private:
  void skip_line_end() {
    if (text_[at_] == '\r') ++at_;
    if (at_ < text_.size() && text_[at_] == '\n') ++at_;
  }
  bool at_cell_end() const {
    return at_ >= text_.size() || text_[at_] == delimiter_ || text_[at_] == '\n' ||
           text_[at_] == '\r';
  }
  std::string_view rest_of_cell() {
    const std::size_t start = at_;
    while (!at_cell_end()) ++at_;
    return text_.substr(start, at_ - start);
  }
  std::string_view read_cell() {
    if (at_ >= text_.size() || text_[at_] != '"') return rest_of_cell();
    const std::size_t start = ++at_;
    const std::size_t quote = std::min(text_.find('"', start), text_.size());
    const std::size_t behind = std::min(quote + 1, text_.size());
    at_ = behind;
    if (at_cell_end()) return text_.substr(start, quote - start);
    at_ = start;
    return unquoted_.emplace_back(read_quoted());
  }
  // With quotes in it, or more behind its end.
  std::string read_quoted() {
    std::string out;
    while (at_ < text_.size()) {
      if (text_[at_] == '"') {
        if (at_ + 1 < text_.size() && text_[at_ + 1] == '"') {
          out += '"';
          at_ += 2;
          continue;
        }
        ++at_;
        break;
      }
      out += text_[at_++];
    }
    return out.append(rest_of_cell());
  }
  std::deque<std::string> unquoted_;
  std::string_view text_;
  char delimiter_;
  std::size_t at_ = 0;
};

bool is_null_text(std::string_view text) {
  return text.empty() || equals_ignore_case(text, "null");
}

std::optional<std::string> plain_number(std::string_view text) {
  std::string digits;
  text = trim(text);
  if (text.empty()) return std::nullopt;
  // Group separators, signs of money and percent are dropped, as agate does.
  const bool negative = text.front() == '-';
  for (const char c : text) {
    if (c == ',' || c == '%' || c == '$') continue;
    if (!digits.empty() || c != '-') digits += c;
  }
  if (negative) digits.insert(digits.begin(), '-');
  return digits;
}

std::optional<double> number_of(std::string_view text, bool& has_decimals) {
  const auto plain = plain_number(text);
  if (!plain) return std::nullopt;
  double out = 0;
  const char* begin = plain->data() + (plain->front() == '+' ? 1 : 0);
  const char* end = plain->data() + plain->size();
  const auto parsed = std::from_chars(begin, end, out);
  if (parsed.ec != std::errc() || parsed.ptr != end) return std::nullopt;
  // inf and nan are words to us.
  if (plain->find_first_not_of("+-0123456789.eE") != std::string::npos) return std::nullopt;
  const auto point = plain->find('.');
  if (point != std::string::npos || plain->find_first_of("eE") != std::string::npos) {
    has_decimals = true;
  }
  return out;
}

std::optional<std::int64_t> date_of(std::string_view text) {
  text = trim(text);
  if (text.size() != 10) return std::nullopt;
  const auto days = parse_date(text);
  return days ? std::optional<std::int64_t>(*days) : std::nullopt;
}

std::optional<std::int64_t> timestamp_of(std::string_view text) {
  text = trim(text);
  if (text.size() < 19 || text[4] != '-' || (text[10] != ' ' && text[10] != 'T')) {
    return std::nullopt;
  }
  std::string plain(text);
  plain[10] = ' ';
  if (plain.ends_with('Z')) plain.pop_back();
  const auto micros = parse_timestamp_micros(plain);
  return micros ? std::optional<std::int64_t>(*micros) : std::nullopt;
}

std::optional<bool> boolean_of(std::string_view text) {
  if (equals_ignore_case(trim(text), "true")) return true;
  if (equals_ignore_case(trim(text), "false")) return false;
  return std::nullopt;
}

// The first type that fits all values of a column.
ValueType find_type(const Cells& cells, std::size_t column, std::size_t width) {
  bool any = false;
  bool decimals = false;
  bool number = true, date = true, timestamp = true, boolean = true;
  for (std::size_t at = column; at < cells.size(); at += width) {
    const std::string_view text = cells[at];
    if (is_null_text(text)) continue;
    any = true;
    if (number) number = number_of(text, decimals).has_value();
    if (date) date = date_of(text).has_value();
    if (timestamp) timestamp = timestamp_of(text).has_value();
    if (boolean) boolean = boolean_of(text).has_value();
    if (!number && !date && !timestamp && !boolean) return ValueType::Text;
  }
  if (!any) return ValueType::Unknown;
  if (number) return decimals ? ValueType::Number : ValueType::Integer;
  if (date) return ValueType::Date;
  if (timestamp) return ValueType::DateTime;
  return boolean ? ValueType::Boolean : ValueType::Text;
}

Value cell_value(std::string_view text, ValueType type) {
  bool decimals = false;
  switch (type) {
    case ValueType::Integer: {
      const auto plain = plain_number(text);
      const auto small = plain ? parse_int64(*plain) : std::nullopt;
      if (small) return Value(*small);
      return Value(text);  // beyond 64 bits: the text is exact
    }
    case ValueType::Number:
      return Value(number_of(text, decimals).value_or(0));
    case ValueType::Date:
      return jinja::make_date(date_of(text).value_or(0));
    case ValueType::DateTime:
      return jinja::make_datetime(timestamp_of(text).value_or(0), false);
    case ValueType::Boolean:
      return Value(boolean_of(text).value_or(false));
    default:
      return Value(text);
  }
}

}  // namespace

Result<TableData> parse_seed(std::string_view csv, const SeedOptions& options) {
  if (csv.starts_with("\xef\xbb\xbf")) csv.remove_prefix(3);
  CsvReader reader(csv, options.delimiter);
  TableData out;
  Cells cells;
  if (!reader.next(cells)) return invalid_input("the seed has no line of names");
  out.names.assign(cells.begin(), cells.end());
  cells.clear();
  const std::size_t width = out.names.size();
  std::size_t count = 0;
  while (reader.next(cells)) {
    const std::size_t found = cells.size() - count * width;
    if (found > width) {
      return invalid_input("line {} of the seed has {} values, but there are {} names", count + 2,
                           found, width);
    }
    cells.resize(++count * width);
  }
  out.rows.resize(count);
  for (auto& row : out.rows) row.reserve(width);
  for (std::size_t column = 0; column < width; ++column) {
    const auto& texts = options.text_columns;
    const bool forced = std::find(texts.begin(), texts.end(), out.names[column]) != texts.end();
    const ValueType type = forced ? ValueType::Text : find_type(cells, column, width);
    out.types.push_back(type);
    const bool as_text = type == ValueType::DateTime && options.timestamps_as_texts;
    const ValueType made = as_text ? ValueType::Text : type;
    for (std::size_t i = 0; i < count; ++i) {
      const std::string_view text = cells[i * width + column];
      out.rows[i].push_back(is_null_text(text) ? Value() : cell_value(text, made));
    }
  }
  return out;
}

Result<TableData> load_seed(const Project& project, const Node& node, SeedOptions options) {
  const Data delimiter = config_value(node.type, node.config, "delimiter");
  if (delimiter.is_text() && delimiter.text().size() == 1) options.delimiter = delimiter.text()[0];
  const Data types = config_value(node.type, node.config, "column_types");
  for (const auto& [name, type] : types.members()) options.text_columns.push_back(name);
  const std::string path =
      join_path(project.packages[node.package]->root, std::string(node.original_path));
  auto table = parse_seed(TRY(project.files->read(path)), options);
  if (table) return table;
  return std::move(table.error()).with_context(fmt::format("in seed {} ({})", node.name, path));
}

}  // namespace tarn::project
