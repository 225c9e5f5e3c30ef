// SPDX-License-Identifier: Apache-2.0
// Rows of a query and columns of a relation as templates see them: agate.Table and Column.
#pragma once

#include <string>
#include <vector>

#include "jinja/object.h"

namespace tarn::project {

jinja::Value make_table(std::vector<std::string> columns,
                        std::vector<std::vector<jinja::Value>> rows);
// `api.Column` of a name and a Trino type text such as `decimal(18,2)`.
jinja::Value make_column(std::string name, std::string type);
// As the constructor of api.Column makes it: `dtype` is kept as it is, `type` begins with it.
jinja::Value make_declared_column(std::string name, std::string type, std::string dtype);

}  // namespace tarn::project
