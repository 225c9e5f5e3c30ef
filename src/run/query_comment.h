// SPDX-License-Identifier: Apache-2.0
// dbt's `query-comment`: every statement says in a comment who sent it.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include "base/result.h"
#include "jinja/value.h"
#include "project/project.h"

namespace tarn::run {

// A statement with its comment.
struct CommentedSql {
  std::string text;
  std::size_t bytes_before = 0;  // of the comment in front
  std::uint32_t lines_before = 0;

  // A failure of `text` with its place in the statement as it was.
  Error in_statement(Error error) const;
};

// Thread-safe. The project must outlive it.
class QueryComment {
 public:
  // Reads `query-comment` of dbt_project.yml: a text, a mapping of `comment`, `append` and
  // `job-label` (which means nothing on Trino), null or false for none. InvalidInput for others.
  static Result<std::unique_ptr<QueryComment>> make(const project::Project& project);

  // `node_id` is empty for statements of no node. InvalidInput if the comment cannot be rendered or
  // would end early.
  Result<CommentedSql> add(const std::string& sql, std::string_view node_id);

 private:
  QueryComment(const project::Project& project, jinja::Value macro, bool append)
      : project_(project), macro_(std::move(macro)), append_(append) {}
  Result<std::string> comment_of(std::string_view node_id);
  Result<std::string> render(std::string_view node_id) const;

  const project::Project& project_;
  jinja::Value macro_;  // makes the comment; None: there is none
  bool append_;
  std::mutex mutex_;  // guards the map
  std::map<std::string, std::string, std::less<>> rendered_;
};

}  // namespace tarn::run
