// SPDX-License-Identifier: Apache-2.0
// Who this process is, and whether another one still lives.
#pragma once

#include <cstdint>

#include "iceberg/write_intent.h"

namespace tarn::catalog {

// This process. Valid until it forks.
iceberg::WriteOwner current_owner();

enum class OwnerState {
  Alive,     // runs on this machine
  Dead,      // ran on this machine, in its present boot and process namespace
  Elsewhere  // cannot be seen from here
};
OwnerState look_at_owner(const iceberg::WriteOwner& owner);

}  // namespace tarn::catalog
