// SPDX-License-Identifier: Apache-2.0
// What a program moves over the memory bus, counted from its commands.

#ifndef WEFT_COMPILER_TRAFFIC_H_
#define WEFT_COMPILER_TRAFFIC_H_

#include <cstdint>
#include <vector>

#include "model/config.h"

namespace weft {

// Bytes that a segment's events dram_rd_* and dram_wr_* count: whole beats that are read, bytes that are
// written, the commands and the layer records. The words must be well-formed.
int64_t DramBytes(const std::vector<uint32_t>& words, const Config& config);

}  // namespace weft

#endif  // WEFT_COMPILER_TRAFFIC_H_
