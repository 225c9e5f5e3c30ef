// SPDX-License-Identifier: Apache-2.0
// Completion at the prompt of `tarn query`: words of SQL, and names of catalogs, schemas, tables
// and columns, asked from the session when they are needed.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "cli/query_session.h"

namespace tarn::cli {

class QueryCompletion {
 public:
  explicit QueryCompletion(QuerySession& session) : session_(session) {}

  // `before`: all of the statement before the word.
  std::vector<std::string> complete(std::string_view word, std::string_view before);
  // Names may have changed.
  void forget() { names_.clear(); }

 private:
  const std::vector<std::string>& names(const std::string& sql);
  std::vector<std::string> qualified(std::string_view word);
  std::vector<std::string> columns_of(std::string_view statement);

  QuerySession& session_;
  std::map<std::string, std::vector<std::string>> names_;  // statement → first column
};

}  // namespace tarn::cli
