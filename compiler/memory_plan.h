// SPDX-License-Identifier: Apache-2.0
#ifndef WEFT_COMPILER_MEMORY_PLAN_H_
#define WEFT_COMPILER_MEMORY_PLAN_H_

#include <cstdint>
#include <vector>

#include "compiler/plan.h"

namespace weft {

// Gives every activation buffer an address such that buffers alive in the same step do not
// overlap: largest first, each at the lowest 64-byte aligned place that is free during its life.
// Returns the bytes used. Constants are left out.
int64_t PlanMemory(std::vector<Buffer>* buffers);

}  // namespace weft

#endif  // WEFT_COMPILER_MEMORY_PLAN_H_
