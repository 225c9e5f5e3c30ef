// SPDX-License-Identifier: Apache-2.0
// Whether rows of one schema may be written into a table of another.
#include <algorithm>
#include <vector>

#include "base/text.h"
#include "iceberg/schema.h"

namespace tarn::iceberg {

namespace {

class Comparison {
 public:
  explicit Comparison(int format_version) : format_version_(format_version) {}

  void compare_fields(const std::vector<Field>& table, const std::vector<Field>& write,
                      const std::string& prefix) {
    for (const Field& field : write) {
      if (find(table, field.id) == nullptr) {
        add("column `{}` (id {}) is not in the table", prefix + field.name, field.id);
      }
    }
    for (const Field& field : table) {
      const Field* written = find(write, field.id);
      const std::string name = prefix + field.name;
      if (written == nullptr) {
        if (field.required && field.write_default.is_null()) add("column `{}` is missing", name);
        continue;
      }
      if (field.required && !written->required) add("column `{}` must not be null", name);
      compare_types(field.type, written->type, name);
    }
  }

  const std::vector<std::string>& findings() const { return findings_; }

 private:
  static const Field* find(const std::vector<Field>& fields, int id) {
    const auto found = std::find_if(fields.begin(), fields.end(),
                                    [id](const Field& field) { return field.id == id; });
    return found == fields.end() ? nullptr : &*found;
  }

  void compare_types(const Type& table, const Type& write, const std::string& name) {
    if (is_nested(table.kind) && table.kind == write.kind) {
      compare_fields(table.fields, write.fields, name + ".");
    } else if (!(table == write) && !is_promotion_allowed(write, table, format_version_)) {
      add("column `{}` has type `{}`, not `{}`", name, to_string(table), to_string(write));
    }
  }

  template <typename... Args>
  void add(fmt::format_string<Args...> format, Args&&... args) {
    findings_.push_back(fmt::format(format, std::forward<Args>(args)...));
  }

  int format_version_;
  std::vector<std::string> findings_;
};

}  // namespace

Result<void> check_write_compatible(const Schema& table, const Schema& write, int format_version) {
  Comparison comparison(format_version);
  comparison.compare_fields(table.fields, write.fields, "");
  if (comparison.findings().empty()) return {};
  return invalid_input("{}", join(comparison.findings(), "; "));
}

}  // namespace tarn::iceberg
