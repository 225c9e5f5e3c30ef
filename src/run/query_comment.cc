// SPDX-License-Identifier: Apache-2.0
#include "run/query_comment.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "jinja/runtime.h"
#include "project/adapter.h"
#include "project/context/node_object.h"
#include "project/relation_cache.h"
#include "project/session.h"

namespace tarn::run {

using project::Data;

namespace {

// Says the same as dbt's own.
constexpr std::string_view kDefaultComment =
    "{%- set said = {'app': 'dbt', 'dbt_version': dbt_version, "
    "'profile_name': target.get('profile_name'), 'target_name': target.get('target_name')} -%}"
    "{%- do said.update({'connection_name': connection_name} if node is none "
    "else {'node_id': node.unique_id}) -%}"
    "{{ tojson(said) }}";

// dbt's name of the connection that is no node's.
constexpr std::string_view kMainConnection = "master";
constexpr std::string_view kPlace = "in `query-comment` of dbt_project.yml";

Result<jinja::Value> make_macro(const project::Project& project, std::string_view source) {
  auto text = TRY(project.contexts->run_environment().compile(
      fmt::format(
          "{{%- macro query_comment_macro(connection_name, node) -%}}\n{}\n{{% endmacro %}}",
          source),
      "query-comment"));
  const std::string name = text->macro_names().front();
  return jinja::Value(TRY(jinja::Macro::make(std::move(text), name, "query_comment_macro", "")));
}

}  // namespace

Error CommentedSql::in_statement(Error error) const {
  if (!error.where || bytes_before == 0) return error;
  if (error.where->offset < bytes_before || error.where->line <= lines_before) {
    error.where.reset();
    return error;
  }
  error.where->offset -= static_cast<std::uint32_t>(bytes_before);
  error.where->line -= lines_before;
  return error;
}

Result<std::unique_ptr<QueryComment>> QueryComment::make(const project::Project& project) {
  const Data* config = project.root().file.rendered.find("query-comment");
  std::string source(kDefaultComment);
  bool append = false;
  if (config != nullptr && config->is_map()) {
    for (const auto& member : config->members()) {
      if (member.key == "comment") {
        source = member.value.is_null() ? std::string() : project::to_python(member.value);
      } else if (member.key == "append") {
        append = member.value.truthy();
      } else if (member.key != "job-label" && member.key != "job_label") {
        return invalid_input("`query-comment` of dbt_project.yml has no member `{}`", member.key);
      }
    }
  } else if (config != nullptr && config->is_text()) {
    source = config->text();
  } else if (config != nullptr && !config->truthy()) {
    source.clear();
  } else if (config != nullptr) {
    return invalid_input("`query-comment` of dbt_project.yml must be a text or a mapping");
  }
  if (trim(source).empty()) {
    return std::unique_ptr<QueryComment>(new QueryComment(project, jinja::Value::none(), append));
  }
  // A macro, so that return() works in it.
  auto macro = make_macro(project, source);
  if (!macro) return std::move(macro.error()).with_context(std::string(kPlace));
  return std::unique_ptr<QueryComment>(new QueryComment(project, std::move(*macro), append));
}

Result<std::string> QueryComment::render(std::string_view node_id) const {
  const auto node = project_.nodes_by_id.find(node_id);
  const bool known = node != project_.nodes_by_id.end();
  project::SessionOptions options;
  options.names.emplace_back("connection_name",
                             jinja::Value(node_id.empty() ? kMainConnection : node_id));
  options.names.emplace_back(
      "node", known ? project::make_node_object(project_, *node->second) : jinja::Value::none());
  options.names.emplace_back("query_comment_macro", macro_);
  project::NoAdapter adapter;
  project::RelationCache cache;
  project::Session session(project_, adapter, cache, std::move(options));
  auto text = session.render("{{ query_comment_macro(connection_name, node) }}");
  if (!text) return std::move(text.error()).with_context(std::string(kPlace));
  std::string out(trim(*text));
  if (out.find("*/") != std::string::npos) {
    return invalid_input("query comment contains illegal value \"*/\": {}", out);
  }
  return out;
}

Result<std::string> QueryComment::comment_of(std::string_view node_id) {
  if (macro_.is_none()) return std::string();
  {
    const std::lock_guard lock(mutex_);
    if (const auto found = rendered_.find(node_id); found != rendered_.end()) return found->second;
  }
  std::string text = TRY(render(node_id));
  const std::lock_guard lock(mutex_);
  return rendered_.emplace(node_id, std::move(text)).first->second;
}

Result<CommentedSql> QueryComment::add(const std::string& sql, std::string_view node_id) {
  const std::string comment = TRY(comment_of(node_id));
  if (comment.empty()) return CommentedSql{sql};
  if (append_) {
    std::string_view body = trim_right(sql);
    if (body.ends_with(';')) body.remove_suffix(1);
    return CommentedSql{fmt::format("{}\n/* {} */", body, comment)};
  }
  const std::string before = fmt::format("/* {} */\n", comment);
  CommentedSql out;
  out.text = before + sql;
  out.bytes_before = before.size();
  out.lines_before = static_cast<std::uint32_t>(std::count(before.begin(), before.end(), '\n'));
  return out;
}

}  // namespace tarn::run
