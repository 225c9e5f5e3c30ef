// SPDX-License-Identifier: Apache-2.0
#include "avro/value.h"

#include <fmt/format.h>

#include "base/text.h"

namespace tarn::avro {

namespace {

class ValuePrinter {
 public:
  explicit ValuePrinter(std::string& out) : out_(out) {}

  void operator()(const Value::Null&) { out_ += "null"; }
  void operator()(bool value) { out_ += value ? "true" : "false"; }
  void operator()(std::int64_t value) { out_ += fmt::format("{}", value); }
  void operator()(double value) { out_ += shortest_double(value); }
  void operator()(const std::string& value) { out_ += quote(value, '"'); }
  void operator()(const Value::Record& record) { print_items("{", record.fields, "}"); }
  void operator()(const Value::Array& array) { print_items("[", array.items, "]"); }
  void operator()(const Value::Map& map) {
    out_ += "{";
    for (std::size_t i = 0; i < map.items.size(); ++i) {
      if (i > 0) out_ += ", ";
      out_ += quote(map.items[i].first, '"') + ": ";
      std::visit(*this, map.items[i].second.data);
    }
    out_ += "}";
  }

 private:
  void print_items(std::string_view open, const std::vector<Value>& items, std::string_view close) {
    out_ += open;
    for (std::size_t i = 0; i < items.size(); ++i) {
      if (i > 0) out_ += ", ";
      std::visit(*this, items[i].data);
    }
    out_ += close;
  }

  std::string& out_;
};

}  // namespace

std::string to_string(const Value& value) {
  std::string out;
  std::visit(ValuePrinter(out), value.data);
  return out;
}

}  // namespace tarn::avro
