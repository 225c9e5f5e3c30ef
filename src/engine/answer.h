// SPDX-License-Identifier: Apache-2.0
// What a statement answers: rows with Trino's types, read while they are computed, or the kind and
// count of an update, and what changed in the session.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/result.h"
#include "types/value.h"

namespace tarn::engine {

struct AnswerColumn {
  std::string name;  // letters as in the statement
  types::Type type;
};

using Row = std::vector<types::Value>;

// One thread at a time. Going away stops the statement.
class RowReader {
 public:
  virtual ~RowReader() = default;
  // Up to some thousand rows; empty at the end.
  virtual Result<std::vector<Row>> next() = 0;
};

// As the headers of Trino's protocol tell a client.
struct SessionChanges {
  std::optional<std::string> set_catalog;
  std::optional<std::string> set_schema;
  std::map<std::string, std::string> set_session;
  std::vector<std::string> clear_session;
  std::map<std::string, std::string> added_prepare;
  std::vector<std::string> deallocated_prepare;
  bool started_transaction = false;
  bool cleared_transaction = false;
};

struct Answer {
  std::vector<AnswerColumn> columns;  // empty for statements without an answer
  std::unique_ptr<RowReader> rows;    // null then
  std::string update_type;            // `INSERT`, `CREATE TABLE`, …; empty for queries
  std::optional<std::int64_t> update_count;
  SessionChanges changes;
};

// All rows of an answer.
Result<std::vector<Row>> read_all(Answer& answer);

}  // namespace tarn::engine
