// SPDX-License-Identifier: Apache-2.0
// The rows of an answer in the formats of `tarn query`: for people, and for programs, which get
// every value exactly.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "cli/terminal.h"
#include "engine/answer.h"

namespace tarn::cli {

// Text goes out through it, piece by piece.
using TextSink = std::function<void(std::string_view)>;

class ResultWriter {
 public:
  virtual ~ResultWriter() = default;
  virtual void begin(const std::vector<engine::AnswerColumn>& columns) = 0;
  virtual void rows(const std::vector<engine::Row>& rows) = 0;
  virtual void end() = 0;
};

// `table`, `vertical`, `csv`, `tsv`, `json`, `jsonl`, `markdown`.
const std::vector<std::string>& result_formats();
// REQUIRES: one of result_formats(). The sink and the terminal outlive the writer.
std::unique_ptr<ResultWriter> make_result_writer(std::string_view format, TextSink sink,
                                                 const Terminal& terminal);

// The text of a value for people: as CAST to varchar, nested values as JSON.
std::string value_text(const types::Type& type, const types::Value& value);

}  // namespace tarn::cli
