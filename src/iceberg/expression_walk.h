// SPDX-License-Identifier: Apache-2.0
// The connectives of filters, for all that is decided or built from their predicates. Internal to
// this folder.
#pragma once

#include <algorithm>
#include <utility>

#include "iceberg/expression.h"

namespace tarn::iceberg {

// `holds` decides the predicates: `bool(const Expression&)`.
template <typename Predicate>
bool decide(const Expression& filter, const Predicate& holds) {
  const auto decide_child = [&](const Expression& child) { return decide(child, holds); };
  switch (filter.kind) {
    case ExpressionKind::True:
      return true;
    case ExpressionKind::False:
      return false;
    case ExpressionKind::And:
      return std::all_of(filter.children.begin(), filter.children.end(), decide_child);
    case ExpressionKind::Or:
      return std::any_of(filter.children.begin(), filter.children.end(), decide_child);
    case ExpressionKind::Not:
      return decide_child(negate(filter.children.at(0)));
    default:
      return holds(filter);
  }
}

// The same filter with every predicate replaced: `Result<Expression>(const Expression&)`.
template <typename Replacement>
Result<Expression> replace_predicates(const Expression& filter, const Replacement& replace) {
  switch (filter.kind) {
    case ExpressionKind::True:
    case ExpressionKind::False:
      return filter;
    case ExpressionKind::And:
    case ExpressionKind::Or: {
      const bool conjunction = filter.kind == ExpressionKind::And;
      Expression result = conjunction ? always_true() : always_false();
      for (const Expression& child : filter.children) {
        Expression next = TRY(replace_predicates(child, replace));
        result = conjunction ? both(std::move(result), std::move(next))
                             : either(std::move(result), std::move(next));
      }
      return result;
    }
    case ExpressionKind::Not:
      return replace_predicates(negate(filter.children.at(0)), replace);
    default:
      return replace(filter);
  }
}

}  // namespace tarn::iceberg
