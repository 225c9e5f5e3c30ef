// SPDX-License-Identifier: Apache-2.0
#include "cli/result_writer.h"

#include <algorithm>

#include "base/text.h"
#include "cli/text_table.h"
#include "types/nested.h"
#include "types/value_text.h"
#include "types/wire.h"

namespace tarn::cli {

namespace {

using engine::AnswerColumn;
using engine::Row;
using types::TypeKind;

std::string hex_of(std::string_view bytes) {
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string out;
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    out += kDigits[byte >> 4];
    out += kDigits[byte & 15];
  }
  return out;
}

std::string quoted_json(std::string_view text) {
  std::string out;
  types::append_wire_json(out, types::make_varchar(), types::Value(std::string(text)));
  return out;
}

class TableWriter final : public ResultWriter {
 public:
  TableWriter(TextSink sink, const Terminal& terminal)
      : sink_(std::move(sink)), terminal_(terminal) {}

  void begin(const std::vector<AnswerColumn>& columns) override {
    columns_ = columns;
    table_.absent = "NULL";
    for (const auto& column : columns) {
      table_.columns.push_back(
          {column.name, types::is_numeric(column.type) ? Align::Right : Align::Left});
    }
  }
  void rows(const std::vector<Row>& rows) override {
    for (const Row& row : rows) {
      std::vector<std::optional<std::string>> cells;
      for (std::size_t i = 0; i < row.size(); ++i) {
        cells.push_back(row[i].is_null() ? std::nullopt
                                         : std::optional(value_text(columns_[i].type, row[i])));
      }
      table_.add(std::move(cells));
    }
  }
  void end() override { sink_(format_table(table_, terminal_)); }

 private:
  TextSink sink_;
  const Terminal& terminal_;
  std::vector<AnswerColumn> columns_;
  TextTable table_;
};

class VerticalWriter final : public ResultWriter {
 public:
  explicit VerticalWriter(TextSink sink) : sink_(std::move(sink)) {}
  void begin(const std::vector<AnswerColumn>& columns) override {
    columns_ = columns;
    for (const auto& column : columns) width_ = std::max(width_, display_width(column.name));
  }
  void rows(const std::vector<Row>& rows) override {
    for (const Row& row : rows) {
      std::string out = fmt::format("-[ row {} ]\n", ++count_);
      for (std::size_t i = 0; i < row.size(); ++i) {
        const std::string& name = columns_[i].name;
        out += name + std::string(width_ - display_width(name), ' ') + " | ";
        out += row[i].is_null() ? "NULL" : value_text(columns_[i].type, row[i]);
        out += '\n';
      }
      sink_(out);
    }
  }
  void end() override {}

 private:
  TextSink sink_;
  std::vector<AnswerColumn> columns_;
  std::size_t width_ = 0;
  std::int64_t count_ = 0;
};

// RFC 4180; a null is an empty field, an empty text is `""`.
class SeparatedWriter final : public ResultWriter {
 public:
  SeparatedWriter(TextSink sink, char separator) : sink_(std::move(sink)), separator_(separator) {}
  void begin(const std::vector<AnswerColumn>& columns) override {
    columns_ = columns;
    std::string out;
    for (std::size_t i = 0; i < columns.size(); ++i) {
      if (i > 0) out += separator_;
      append(out, columns[i].name);
    }
    sink_(out + "\n");
  }
  void rows(const std::vector<Row>& rows) override {
    std::string out;
    for (const Row& row : rows) {
      for (std::size_t i = 0; i < row.size(); ++i) {
        if (i > 0) out += separator_;
        if (!row[i].is_null()) append(out, value_text(columns_[i].type, row[i]));
      }
      out += '\n';
    }
    sink_(out);
  }
  void end() override {}

 private:
  void append(std::string& out, std::string_view text) const {
    if (separator_ == '\t') {
      for (const char c : text) {
        if (c == '\t') {
          out += "\\t";
        } else if (c == '\n') {
          out += "\\n";
        } else if (c == '\r') {
          out += "\\r";
        } else if (c == '\\') {
          out += "\\\\";
        } else {
          out += c;
        }
      }
      return;
    }
    const bool plain = !text.empty() && text.find_first_of(",\"\r\n") == std::string_view::npos;
    out += plain ? std::string(text) : quote(text, '"');
  }

  TextSink sink_;
  char separator_;
  std::vector<AnswerColumn> columns_;
};

// One object a row; `lines`: a row a line, else one array.
class JsonWriter final : public ResultWriter {
 public:
  JsonWriter(TextSink sink, bool lines) : sink_(std::move(sink)), lines_(lines) {}
  void begin(const std::vector<AnswerColumn>& columns) override {
    columns_ = columns;
    if (!lines_) sink_("[");
  }
  void rows(const std::vector<Row>& rows) override {
    std::string out;
    for (const Row& row : rows) {
      if (!lines_) out += first_ ? "\n  " : ",\n  ";
      first_ = false;
      out += '{';
      for (std::size_t i = 0; i < row.size(); ++i) {
        if (i > 0) out += ',';
        out += quoted_json(columns_[i].name) + ":";
        if (row[i].is_null()) {
          out += "null";
        } else {
          types::append_wire_json(out, columns_[i].type, row[i]);
        }
      }
      out += lines_ ? "}\n" : "}";
    }
    sink_(out);
  }
  void end() override {
    if (!lines_) sink_(first_ ? "]\n" : "\n]\n");
  }

 private:
  TextSink sink_;
  bool lines_;
  bool first_ = true;
  std::vector<AnswerColumn> columns_;
};

class MarkdownWriter final : public ResultWriter {
 public:
  explicit MarkdownWriter(TextSink sink) : sink_(std::move(sink)) {}
  void begin(const std::vector<AnswerColumn>& columns) override {
    columns_ = columns;
    std::string names = "|";
    std::string rule = "|";
    for (const auto& column : columns) {
      names += " " + escaped(column.name) + " |";
      rule += types::is_numeric(column.type) ? " ---: |" : " --- |";
    }
    sink_(names + "\n" + rule + "\n");
  }
  void rows(const std::vector<Row>& rows) override {
    std::string out;
    for (const Row& row : rows) {
      out += '|';
      for (std::size_t i = 0; i < row.size(); ++i) {
        out += " " + (row[i].is_null() ? "" : escaped(value_text(columns_[i].type, row[i]))) + " |";
      }
      out += '\n';
    }
    sink_(out);
  }
  void end() override {}

 private:
  static std::string escaped(std::string_view text) {
    return replace_all(replace_all(text, "|", "\\|"), "\n", "<br>");
  }
  TextSink sink_;
  std::vector<AnswerColumn> columns_;
};

}  // namespace

std::string value_text(const types::Type& type, const types::Value& value) {
  if (type.is(TypeKind::Varbinary)) return hex_of(value.as_text());
  std::string out;
  if (types::is_nested(type)) {
    types::append_wire_json(out, type, value);
    return out;
  }
  types::append_wire_json(out, type, value);
  // The wire's text without the quotes, unless it has escapes.
  if (out.size() >= 2 && out.front() == '"' && out.find('\\') == std::string::npos) {
    return out.substr(1, out.size() - 2);
  }
  if (out.empty() || out.front() != '"') return out;
  return types::cast_to_text(type, value);
}

const std::vector<std::string>& result_formats() {
  static const std::vector<std::string> kFormats = {"table", "vertical", "csv",     "tsv",
                                                    "json",  "jsonl",    "markdown"};
  return kFormats;
}

std::unique_ptr<ResultWriter> make_result_writer(std::string_view format, TextSink sink,
                                                 const Terminal& terminal) {
  if (format == "vertical") return std::make_unique<VerticalWriter>(std::move(sink));
  if (format == "csv") return std::make_unique<SeparatedWriter>(std::move(sink), ',');
  if (format == "tsv") return std::make_unique<SeparatedWriter>(std::move(sink), '\t');
  if (format == "json") return std::make_unique<JsonWriter>(std::move(sink), false);
  if (format == "jsonl") return std::make_unique<JsonWriter>(std::move(sink), true);
  if (format == "markdown") return std::make_unique<MarkdownWriter>(std::move(sink));
  return std::make_unique<TableWriter>(std::move(sink), terminal);
}

}  // namespace tarn::cli
