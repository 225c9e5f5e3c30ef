// SPDX-License-Identifier: Apache-2.0
// From nodes to SQL: templates run with `execute` true, ephemeral models become CTEs.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "project/code_map.h"
#include "project/context/contexts.h"
#include "project/deferral.h"
#include "project/microbatch.h"
#include "project/project.h"

namespace tarn::project {

struct CompiledNode {
  std::string code;                          // with CTEs in front
  std::vector<std::string_view> extra_ctes;  // unique ids of ephemeral models, in order
  std::shared_ptr<const CodeMap> map;        // where the code comes from
  std::vector<LogLine> logs;
  std::vector<std::string> warnings;
};

// Compiles nodes of one project, each at most once. Thread-safe.
class Compiler {
 public:
  // With a cache of its own, or the one of a run.
  Compiler(const Project& project, Adapter& adapter, RelationCache* cache = nullptr)
      : project_(project), adapter_(adapter), cache_(cache != nullptr ? *cache : own_cache_) {}

  // Errors carry the template's place in `context`. A batch is compiled anew each time.
  Result<CompiledNode> compile(const Node& node, const Batch* batch = nullptr,
                               bool is_incremental_batch = false);

  // --defer (see deferral.h). Before the first compile().
  void set_deferral(Deferral deferral) { deferral_ = std::move(deferral); }
  // Relations of the earlier run by unique id; none without --defer.
  const std::map<std::string, RelationParts>& deferred() const { return deferral_.relations; }
  const Deferral& deferral() const { return deferral_; }

 private:
  struct Rendered {
    std::string code;
    std::vector<std::string_view> ephemerals;  // referred to directly, in order, once each
    std::shared_ptr<const CodeMap::Rendering> rendering;
    std::vector<LogLine> logs;
    std::vector<std::string> warnings;
  };
  Result<Rendered> render(const Node& node, const Batch* batch = nullptr,
                          bool is_incremental_batch = false);
  struct Cte {
    std::string_view id;
    std::string head;  // ` __dbt__cte__x as (` and a line feed
    std::string code;
    std::shared_ptr<const CodeMap::Rendering> rendering;
  };
  Result<void> add_ctes(const std::vector<std::string_view>& ids, std::vector<Cte>& ctes,
                        int depth);

  const Project& project_;
  Adapter& adapter_;
  RelationCache own_cache_;
  RelationCache& cache_;
  Deferral deferral_;
  std::mutex mutex_;
  std::map<std::string_view, Rendered> ephemerals_;
};

// Puts CTEs in front of a query as dbt does: into its own WITH, or before everything.
std::string inject_ctes(const std::string& sql,
                        const std::vector<std::pair<std::string_view, std::string>>& ctes);

}  // namespace tarn::project
