// SPDX-License-Identifier: Apache-2.0
// Time in the exact model: clock cycles since the accepted doorbell. An event's cycle is the one at whose end it is stored.
#pragma once

#include <cstdint>

namespace weft {

using Cycle = int64_t;

constexpr Cycle kNever = INT64_MAX / 4;

}  // namespace weft
