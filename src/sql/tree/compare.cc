// SPDX-License-Identifier: Apache-2.0
#include "sql/tree/compare.h"

#include <fmt/format.h>

#include <concepts>
#include <type_traits>

#include "base/text.h"
#include "sql/tree/visit.h"

namespace tarn::sql {

namespace {

template <typename T>
concept HasFields = requires(const T& value) {
  T::fields(value);
};
template <typename T>
concept Family = std::same_as<T, Expression> || std::same_as<T, Relation> ||
    std::same_as<T, QueryBody> || std::same_as<T, Statement>;
template <typename T>
concept Pointer = requires(const T& value) {
  value.get();
};
template <typename T>
concept Scalar = std::is_arithmetic_v<T> || std::is_enum_v<T> || std::same_as<T, std::string>;

struct Comparer {
  template <Scalar T>
  bool equal(const T& a, const T& b) const {
    return a == b;
  }
  template <typename T>
  bool equal(const std::optional<T>& a, const std::optional<T>& b) const {
    return a.has_value() == b.has_value() && (!a || equal(*a, *b));
  }
  template <typename T>
  bool equal(const std::vector<T>& a, const std::vector<T>& b) const {
    if (a.size() != b.size()) return false;
    for (std::size_t i = 0; i < a.size(); ++i) {
      if (!equal(a[i], b[i])) return false;
    }
    return true;
  }
  template <Pointer T>
  bool equal(const T& a, const T& b) const {
    if (!a || !b) return !a && !b;
    return equal(*a, *b);
  }
  template <Family T>
  bool equal(const T& a, const T& b) const {
    if (a.kind != b.kind) return false;
    return visit(a, [&](const auto& node) {
      using Node = std::remove_cvref_t<decltype(node)>;
      return equal_fields(node, static_cast<const Node&>(b));
    });
  }
  template <HasFields T>
  requires(!Family<T>) bool equal(const T& a, const T& b) const { return equal_fields(a, b); }

  template <typename T>
  bool equal_fields(const T& a, const T& b) const {
    return std::apply(
        [&](const auto&... left) {
          return std::apply([&](const auto&... right) { return (equal(left, right) && ...); },
                            T::fields(b));
        },
        T::fields(a));
  }
};

class Dumper {
 public:
  std::string out;

  template <Scalar T>
  void put(const T& value) {
    if constexpr (std::same_as<T, bool>) {
      out += value ? " true" : " false";
    } else if constexpr (std::same_as<T, std::string>) {
      out += ' ';
      out += quote(value, '\'');
    } else if constexpr (std::is_enum_v<T>) {
      out += fmt::format(" #{}", static_cast<int>(value));
    } else {
      out += fmt::format(" {}", value);
    }
  }
  template <typename T>
  void put(const std::optional<T>& value) {
    if (value) {
      put(*value);
    } else {
      out += " -";
    }
  }
  template <typename T>
  void put(const std::vector<T>& values) {
    out += " [";
    for (const auto& value : values) put(value);
    out += values.empty() ? "]" : " ]";
  }
  template <Pointer T>
  void put(const T& value) {
    if (value) {
      put(*value);
    } else {
      out += " -";
    }
  }
  void put(const Identifier& name) {
    out += ' ';
    out += name.quoted ? quote(name.value, '"') : name.value;
    if (name.value.empty() && !name.quoted) out += "_";
  }
  template <Family T>
  void put(const T& node) {
    visit(node, [&](const auto& actual) {
      open(to_string(node.kind));
      put_fields(actual);
      close();
    });
  }
  void put(const Query& query) {
    open("Query");
    put_fields(query);
    close();
  }
  template <HasFields T>
  requires(!Family<T>) void put(const T& value) {
    out += " {";
    put_fields(value);
    out += " }";
  }

 private:
  template <typename T>
  void put_fields(const T& node) {
    std::apply([&](const auto&... fields) { (put(fields), ...); }, T::fields(node));
  }
  void open(std::string_view name) {
    if (!out.empty()) {
      out += '\n';
      out.append(static_cast<std::size_t>(depth_) * 2, ' ');
    }
    ++depth_;
    out += fmt::format("({}", name);
  }
  void close() {
    --depth_;
    out += ")";
  }
  int depth_ = 0;
};

}  // namespace

bool same(const Statement& a, const Statement& b) { return Comparer{}.equal(a, b); }
bool same(const Expression& a, const Expression& b) { return Comparer{}.equal(a, b); }
bool same(const Query& a, const Query& b) { return Comparer{}.equal_fields(a, b); }

std::string dump(const Statement& statement) {
  Dumper dumper;
  dumper.put(statement);
  return std::move(dumper.out);
}

std::string dump(const Expression& expression) {
  Dumper dumper;
  dumper.put(expression);
  return std::move(dumper.out);
}

}  // namespace tarn::sql
