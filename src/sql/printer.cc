// SPDX-License-Identifier: Apache-2.0
#include "sql/printer.h"

#include "sql/printer/writer.h"

namespace tarn::sql {

namespace {

template <typename Node>
std::string print_whole(const Node& node) {
  Writer writer;
  writer.put(node);
  return std::move(writer.out);
}

}  // namespace

std::string print(const Statement& statement) { return print_whole(statement); }
std::string print(const Query& query) { return print_whole(query); }
std::string print(const Expression& expression) { return print_whole(expression); }
std::string print(const DataType& type) { return print_whole(type); }
std::string print(const QualifiedName& name) { return print_whole(name); }
std::string print(const Identifier& name) { return print_whole(name); }

}  // namespace tarn::sql
