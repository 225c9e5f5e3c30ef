// SPDX-License-Identifier: Apache-2.0
// map, select, reject, selectattr, rejectattr.
#include <algorithm>
#include <memory>

#include "jinja/builtins.h"
#include "jinja/methods.h"

namespace tarn::jinja {

namespace {

// Arguments that outlive their call.
struct KeptArguments {
  std::vector<Value> positional;
  std::vector<std::pair<std::string, Value>> named;

  explicit KeptArguments(const Arguments& arguments)
      : positional(arguments.positional.begin(), arguments.positional.end()) {
    for (const auto& argument : arguments.named) named.emplace_back(argument.name, argument.value);
  }
  // Calls a filter or test with what follows the first `skip` arguments.
  Result<Value> call(Runtime& runtime, const Filter& filter, const Value& item,
                     std::size_t skip) const {
    std::vector<NamedArgument> views;
    views.reserve(named.size());
    for (const auto& [name, value] : named) views.push_back({name, value});
    return filter(runtime, item, {std::span(positional).subspan(skip), views});
  }
};

Result<Value> map_filter(Runtime& runtime, const Value& subject, const Arguments& arguments) {
  if (!TRY(truth(runtime, subject))) {
    return make_generator([](Runtime&, Value&) -> Result<bool> { return false; });
  }
  auto kept = std::make_shared<KeptArguments>(arguments);
  std::optional<Iteration> iteration;
  const bool by_attribute =
      kept->positional.empty() && !kept->named.empty() &&
      std::any_of(kept->named.begin(), kept->named.end(),
                  [](const auto& named) { return named.first == "attribute"; });
  if (by_attribute) {
    std::vector<Value> path;
    Value missing;
    std::optional<std::string> unexpected;
    for (const auto& [name, value] : kept->named) {
      if (name == "attribute") {
        path = attribute_path(value);
      } else if (name == "default") {
        missing = value;
      } else {
        unexpected = name;
      }
    }
    return make_generator([subject, path, missing, unexpected, iteration](
                              Runtime& inner, Value& out) mutable -> Result<bool> {
      if (unexpected) {
        return fail(kFilterArgumentError, "Unexpected keyword argument '{}'", *unexpected);
      }
      if (!iteration) iteration = TRY(Iteration::over(inner, subject));
      Value item;
      if (!TRY(iteration->next(inner, item))) return false;
      out = TRY(follow_path(inner, std::move(item), path, missing));
      return true;
    });
  }
  return make_generator([subject, kept, iteration](Runtime& inner,
                                                   Value& out) mutable -> Result<bool> {
    if (kept->positional.empty()) {
      return fail(kFilterArgumentError, "map requires a filter argument");
    }
    if (!iteration) iteration = TRY(Iteration::over(inner, subject));
    Value item;
    if (!TRY(iteration->next(inner, item))) return false;
    const Value& name = kept->positional[0];
    const Filter* filter = name.is_text() ? inner.environment().find_filter(name.text()) : nullptr;
    if (filter == nullptr) {
      return fail(kRuntimeError, "No filter named {}.", TRY(to_repr(inner, name)));
    }
    out = TRY(kept->call(inner, *filter, item, 1));
    return true;
  });
}

Result<Value> select_values(Runtime& runtime, const Value& subject, const Arguments& arguments,
                            bool by_attribute, bool wanted) {
  if (!TRY(truth(runtime, subject))) {
    return make_generator([](Runtime&, Value&) -> Result<bool> { return false; });
  }
  auto kept = std::make_shared<KeptArguments>(arguments);
  std::optional<Iteration> iteration;
  std::vector<Value> path;
  if (by_attribute && !kept->positional.empty()) path = attribute_path(kept->positional[0]);
  return make_generator([=](Runtime& inner, Value& out) mutable -> Result<bool> {
    if (by_attribute && kept->positional.empty()) {
      return fail(kFilterArgumentError, "Missing parameter for attribute name");
    }
    if (!iteration) iteration = TRY(Iteration::over(inner, subject));
    const std::size_t skip = by_attribute ? 1 : 0;
    while (TRY(iteration->next(inner, out))) {
      const Value item = TRY(follow_path(inner, out, path, Value::none()));
      bool passes = false;
      if (kept->positional.size() <= skip) {
        passes = TRY(truth(inner, item));
      } else {
        const Value& name = kept->positional[skip];
        const Filter* test = name.is_text() ? inner.environment().find_test(name.text()) : nullptr;
        if (test == nullptr) {
          return fail(kRuntimeError, "No test named {}.", TRY(to_repr(inner, name)));
        }
        passes = TRY(truth(inner, TRY(kept->call(inner, *test, item, skip + 1))));
      }
      if (passes == wanted) return true;
    }
    return false;
  });
}

}  // namespace

void add_selection_filters(Environment& environment) {
  environment.add_filter("map", map_filter);
  environment.add_filter("select",
                         [](Runtime& runtime, const Value& subject, const Arguments& arguments) {
                           return select_values(runtime, subject, arguments, false, true);
                         });
  environment.add_filter("reject",
                         [](Runtime& runtime, const Value& subject, const Arguments& arguments) {
                           return select_values(runtime, subject, arguments, false, false);
                         });
  environment.add_filter("selectattr",
                         [](Runtime& runtime, const Value& subject, const Arguments& arguments) {
                           return select_values(runtime, subject, arguments, true, true);
                         });
  environment.add_filter("rejectattr",
                         [](Runtime& runtime, const Value& subject, const Arguments& arguments) {
                           return select_values(runtime, subject, arguments, true, false);
                         });
}

}  // namespace tarn::jinja
