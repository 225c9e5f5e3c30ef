// SPDX-License-Identifier: Apache-2.0
// `tarn_first_seen(varchar) -> boolean`: whether no row before had this text, NULL for NULL. Finds
// a repeated key in the pass that reads the rows anyway. One set of texts for each call that is
// bound, shared by all threads, as hashes of 128 bits: two texts are taken for one with a
// probability of n² / 2^129. Which of several rows is the first is up to the threads. Internal.
#pragma once

#include "duckdb/native.h"

namespace tarn::duckdb {

void register_first_seen(dk::DatabaseInstance& database);

}  // namespace tarn::duckdb
