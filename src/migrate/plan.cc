// SPDX-License-Identifier: Apache-2.0
#include "migrate/plan.h"

#include <algorithm>
#include <map>
#include <set>

#include "base/text.h"
#include "iceberg/table_properties.h"
#include "migrate/layout.h"
#include "migrate/target_schema.h"
#include "postgres/quoting.h"

namespace tarn::migrate {
namespace {

// Data files of this size, unless a property says otherwise.
constexpr const char* kTargetFileBytes = "134217728";

class Planner {
 public:
  Planner(SourceSnapshot& snapshot, iceberg::Catalog* catalog, const PlanOptions& options)
      : snapshot_(snapshot), catalog_(catalog), options_(options) {}

  Result<MigrationPlan> plan() {
    auto& connection = snapshot_.connection();
    types_ = TRY(read_types(connection));
    policy_.money_scale = TRY(read_money_scale(connection));
    for (const auto& [name, value] : options_.policies) {
      TRY(postgres::set_type_policy(policy_, name, value));
    }
    auto tables = TRY(describe_sources(connection, snapshot_.names()));
    MigrationPlan plan{.failures = snapshot_.failures()};
    if (!options_.name.empty() && tables.size() + plan.failures.size() != 1) {
      return invalid_input("{} tables cannot all become `{}`: name a schema of the lake",
                           tables.size(), options_.name);
    }
    for (SourceTable& table : tables) {
      const SourceName id = table.id;
      auto planned = plan_table(std::move(table));
      if (planned) {
        plan.tables.push_back(std::move(*planned));
      } else if (ends_migration(planned.error())) {
        return std::move(planned.error()).with_context("in table " + show_name(id));
      } else {
        plan.failures.push_back({id, std::move(planned.error())});
      }
    }
    TRY(check_targets(plan.tables));
    return plan;
  }

 private:
  Result<TablePlan> plan_table(SourceTable table) {
    TablePlan plan;
    TRY(check_policies(table));
    TRY(select_columns(table));
    plan.target = target_of(table.id);
    plan.where = options_.where;
    const postgres::TypePolicy policy = TRY(find_existing(plan));
    plan.policy = postgres::to_string(policy);
    TRY(plan_columns(table, policy, plan));
    plan.source = std::move(table);
    if (plan.action == TableAction::Skip) return plan;
    TRY(check_condition(plan));
    if (plan.action == TableAction::Append) {
      TRY(check_append(plan));
      return plan;
    }
    TRY(make_creation(plan));
    return plan;
  }

  Result<void> check_policies(const SourceTable& table) const {
    std::vector<std::string> names;
    for (const SourceColumn& column : table.columns) names.push_back(column.name);
    return postgres::check_policy_columns(options_.column_policies, table.id.schema, table.id.name,
                                          names);
  }

  Result<void> select_columns(SourceTable& table) const {
    if (options_.columns.empty()) return {};
    std::vector<SourceColumn> selected;
    std::vector<std::string> names;
    for (const SourceColumn& column : table.columns) names.push_back(column.name);
    for (const std::string& wanted : options_.columns) {
      const auto found = std::find(names.begin(), names.end(), wanted);
      if (found == names.end()) {
        return invalid_input("there is no column `{}`{}", wanted, did_you_mean(wanted, names));
      }
      selected.push_back(table.columns[static_cast<std::size_t>(found - names.begin())]);
    }
    std::set<std::string> once(options_.columns.begin(), options_.columns.end());
    if (once.size() != selected.size()) return invalid_input("a column is named twice");
    table.columns = std::move(selected);
    return {};
  }

  iceberg::TableIdentifier target_of(const SourceName& source) const {
    iceberg::TableIdentifier target;
    target.space = options_.into.value_or(iceberg::Namespace{{source.schema}});
    target.name = options_.name.empty() ? source.name : options_.name;
    return target;
  }

  // What is there already decides on the action; its own policies count when rows are appended.
  Result<postgres::TypePolicy> find_existing(TablePlan& plan) {
    postgres::TypePolicy policy = policy_;
    if (catalog_ == nullptr) return policy;
    auto loaded = catalog_->load_table(plan.target);
    if (!loaded && loaded.error().code == ErrorCode::NotFound) return policy;
    if (!loaded) return loaded.error();
    plan.existing = std::move(*loaded);
    switch (options_.if_exists) {
      case IfExists::Fail:
        break;
      case IfExists::Replace:
        plan.action = TableAction::Replace;
        break;
      case IfExists::Skip:
        plan.action = TableAction::Skip;
        break;
      case IfExists::Append: {
        plan.action = TableAction::Append;
        const auto& properties = plan.existing->metadata->properties;
        const auto kept = properties.find(kPolicyProperty);
        if (kept == properties.end()) break;
        postgres::TypePolicy own;
        own.money_scale = policy_.money_scale;
        for (const std::string_view part : split(kept->second, ';')) {
          const std::size_t equals = part.find('=');
          if (equals == std::string_view::npos) continue;
          TRY(postgres::set_type_policy(own, part.substr(0, equals), part.substr(equals + 1)));
        }
        for (const auto& [name, value] : options_.policies) {
          TRY(postgres::set_type_policy(own, name, value));
        }
        policy = own;
        break;
      }
    }
    return policy;
  }

  Result<void> plan_columns(const SourceTable& table, const postgres::TypePolicy& policy,
                            TablePlan& plan) const {
    for (const SourceColumn& column : table.columns) {
      const auto own = TRY(postgres::column_policy(policy, options_.column_policies,
                                                   table.id.schema, table.id.name, column.name));
      plan.columns.push_back(
          TRY(postgres::plan_column(column.name, column.type, column.modifier, types_, own)));
    }
    if (plan.columns.empty()) {
      return unsupported("the table has no columns, so there is nothing to copy");
    }
    std::map<std::string, std::string> names;
    for (const auto& column : plan.columns) {
      const auto [at, is_new] = names.emplace(to_lower(column.name), column.name);
      if (is_new) continue;
      return unsupported(
          "columns `{}` and `{}` differ only by case, which readers of a lake do not tell apart: "
          "choose with --columns",
          at->second, column.name);
    }
    return {};
  }

  // Mistakes in --where are told before anything is read.
  Result<void> check_condition(const TablePlan& plan) const {
    if (plan.where.empty()) return {};
    auto worker = TRY(snapshot_.take());  // an error would end the transaction that holds all
    TRY(with_context(
        worker->query(fmt::format(
            "EXPLAIN SELECT 1 FROM {} WHERE ({}\n)",
            postgres::quote_qualified(plan.source.id.schema, plan.source.id.name), plan.where)),
        "in --where"));
    return {};
  }

  Result<void> make_creation(TablePlan& plan) const {
    auto target = make_target_schema(plan.columns, plan.source.columns, plan.source.primary_key);
    plan.warnings = std::move(target.warnings);
    plan.creation.schema = std::move(target.schema);
    plan.creation.spec =
        TRY(parse_partitioning(join(options_.partition_by, ", "), plan.creation.schema));
    plan.creation.sort_order =
        TRY(parse_sort_order(join(options_.sort_by, ", "), plan.creation.schema));
    auto& properties = plan.creation.properties;
    properties = options_.properties;
    properties[std::string(iceberg::property::kFormatVersion)] =
        fmt::format("{}", options_.format_version);
    properties.emplace(iceberg::property::kTargetFileBytes.name, kTargetFileBytes);
    properties[kSourceProperty] = show_name(plan.source.id);
    if (!plan.policy.empty()) properties[kPolicyProperty] = plan.policy;
    if (!plan.source.comment.empty()) properties["comment"] = plan.source.comment;
    return iceberg::validate_schema(plan.creation.schema, options_.format_version);
  }

  // Each column of the source has one of the same type; the others may stay empty.
  Result<void> check_append(TablePlan& plan) const {
    const iceberg::TableMetadata& metadata = *plan.existing->metadata;
    if (!options_.partition_by.empty() || !options_.sort_by.empty()) {
      return invalid_input(
          "rows are appended in the layout that the table has: leave out "
          "--partition-by and --sort-by");
    }
    std::set<std::string> given;
    for (const auto& column : plan.columns) {
      const iceberg::Field* field = TRY(iceberg::find_column(metadata.schema(), column.name));
      const iceberg::Type type = to_iceberg_type(column);
      if (field == nullptr) {
        return invalid_input("table {} has no column `{}` to append to", to_string(plan.target),
                             column.name);
      }
      if (!iceberg::same_shape(field->type, type)) {
        return invalid_input("column `{}` of table {} is of type {}, the source gives {}",
                             column.name, to_string(plan.target), iceberg::to_string(field->type),
                             iceberg::to_string(type));
      }
      given.insert(column.name);
    }
    for (const auto& field : metadata.schema().fields) {
      if (!field.required || given.contains(field.name)) continue;
      return invalid_input("the source gives nothing for the required column `{}` of table {}",
                           field.name, to_string(plan.target));
    }
    return {};
  }

  Result<void> check_targets(const std::vector<TablePlan>& plans) const {
    std::map<iceberg::TableIdentifier, std::string> sources;
    std::string in_the_way;
    for (const TablePlan& plan : plans) {
      const std::string source = show_name(plan.source.id);
      const auto [at, is_new] = sources.emplace(plan.target, source);
      if (!is_new) {
        return invalid_input("{} and {} would both become {}: name a schema of the lake for each",
                             at->second, source, to_string(plan.target));
      }
      if (!plan.existing || options_.if_exists != IfExists::Fail) continue;
      in_the_way += (in_the_way.empty() ? "" : ", ") + to_string(plan.target);
    }
    if (in_the_way.empty()) return {};
    return already_exists(
        "already in the lake: {}; choose with --if-exists replace, append or skip", in_the_way);
  }

  SourceSnapshot& snapshot_;
  iceberg::Catalog* catalog_;
  const PlanOptions& options_;
  postgres::TypeTable types_;
  postgres::TypePolicy policy_;
};

std::string describe_layout(const TablePlan& plan) {
  const auto& schema = plan.creation.schema;
  const auto term = [&](const iceberg::Transform& transform, int source_id) {
    const iceberg::Field* field = iceberg::find_field(schema, source_id);
    const std::string name = field == nullptr ? "?" : field->name;
    const std::string text = iceberg::to_string(transform);
    return transform.kind == iceberg::TransformKind::Identity ? name
                                                              : fmt::format("{}({})", text, name);
  };
  std::string out;
  for (const auto& field : plan.creation.spec.fields) {
    out += (out.empty() ? "  partitioned by " : ", ") + term(field.transform, field.source_id);
  }
  std::string order;
  for (const auto& field : plan.creation.sort_order.fields) {
    order += (order.empty() ? "  sorted by " : ", ") + term(field.transform, field.source_id);
    if (field.direction == iceberg::SortDirection::Descending) order += " desc";
  }
  if (!out.empty()) out += '\n';
  if (!order.empty()) order += '\n';
  return out + order;
}

std::string describe_losses(const postgres::ColumnPlan& column) {
  std::string out;
  for (const postgres::Loss loss : column.may_lose) {
    if (loss == postgres::Loss::FarTime) continue;
    const auto policy = column.policies[static_cast<std::size_t>(loss)];
    out += fmt::format("{}{}: {}", out.empty() ? "" : ", ", policy_name(loss), to_string(policy));
  }
  return out;
}

}  // namespace

std::string_view policy_name(postgres::Loss loss) {
  switch (loss) {
    case postgres::Loss::NumericSpecial:
      return "numeric-special";
    case postgres::Loss::NumericOverflow:
      return "numeric-overflow";
    case postgres::Loss::NumericScale:
      return "numeric-scale";
    case postgres::Loss::InfiniteTime:
      return "infinity";
    case postgres::Loss::EndOfDay:
      return "end-of-day";
    case postgres::Loss::ArrayShape:
      return "array-shape";
    case postgres::Loss::ArrayBounds:
      return "array-bounds";
    case postgres::Loss::InvalidText:
      return "invalid-text";
    case postgres::Loss::FarTime:
      return "far-time";
  }
  return "";
}

std::string_view to_string(postgres::LossPolicy policy) {
  switch (policy) {
    case postgres::LossPolicy::Error:
      return "error";
    case postgres::LossPolicy::Null:
      return "null";
    case postgres::LossPolicy::Clamp:
      return "clamp";
  }
  return "";
}

bool ends_migration(const Error& error) {
  return error.code == ErrorCode::Cancelled || error.code == ErrorCode::Unavailable;
}

Result<MigrationPlan> plan_migration(SourceSnapshot& snapshot, iceberg::Catalog* catalog,
                                     const PlanOptions& options) {
  return Planner(snapshot, catalog, options).plan();
}

std::string describe_plan(const TablePlan& plan) {
  static constexpr const char* kActions[] = {"create", "replace", "append to", "skip"};
  std::string out = fmt::format("{} -> {} {}\n", show_name(plan.source.id),
                                kActions[static_cast<int>(plan.action)], to_string(plan.target));
  const std::string rows = plan.source.row_estimate
                               ? "about " + human_count(*plan.source.row_estimate) + " rows"
                               : "an unknown number of rows (never analyzed)";
  out += fmt::format("  {}, {} in {}\n", rows, human_bytes(plan.source.bytes),
                     plan.source.leaves.size() == 1
                         ? std::string("one table")
                         : fmt::format("{} tables", plan.source.leaves.size()));
  std::size_t widths[3] = {6, 6, 6};
  for (std::size_t i = 0; i < plan.columns.size(); ++i) {
    widths[0] = std::max(widths[0], display_width(plan.columns[i].name));
    widths[1] = std::max(widths[1], display_width(plan.source.columns[i].type_text));
    widths[2] = std::max(widths[2], display_width(plan.columns[i].target_type));
  }
  const auto pad = [](std::string_view text, std::size_t width) {
    const std::size_t size = display_width(text);
    return std::string(text) + std::string(size < width ? width - size : 0, ' ');
  };
  for (std::size_t i = 0; i < plan.columns.size(); ++i) {
    const auto& column = plan.columns[i];
    std::string line = fmt::format("  {}  {}  {}", pad(column.name, widths[0]),
                                   pad(plan.source.columns[i].type_text, widths[1]),
                                   pad(column.target_type, widths[2]));
    const std::string losses = describe_losses(column);
    if (!losses.empty()) line += "  " + losses;
    if (!column.note.empty()) line += "  " + column.note;
    out += std::string(trim_right(line)) + '\n';
  }
  out += describe_layout(plan);
  for (const std::string& warning : plan.warnings) out += "  warning: " + warning + '\n';
  return out;
}

}  // namespace tarn::migrate
