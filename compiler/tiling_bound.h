// SPDX-License-Identifier: Apache-2.0
// How few DRAM bytes a layer can do with in a buffer of a given size: every tiling is tried, whatever an
// array could make of it. A mapper is measured against this (tests/unit/tiling_bound_test.cc).

#ifndef WEFT_COMPILER_TILING_BOUND_H_
#define WEFT_COMPILER_TILING_BOUND_H_

#include <cstdint>

#include "compiler/layer.h"

namespace weft {

// A tile makes `filters` channels of rows x cols outputs of `images` images; `channels` of the ifmap are in the
// buffer at a time. Tiles of positions follow each other inside a tile of filters. (The other way round, filters would
// come again with each tile of positions and need the room that the ifmap then leaves: it is never better.)
struct Tiling {
  int images = 0, rows = 0, cols = 0, filters = 0, channels = 0;
  bool resident = false;    // the filters of a tile stay while tiles of positions follow each other
  bool rolling = false;     // rows that a tile shares with the one below stay
  int64_t buffer_bytes = 0;
  int64_t in_bytes = 0, filter_bytes = 0, out_bytes = 0, residual_bytes = 0;  // DRAM traffic
  int64_t dram_bytes() const { return in_bytes + filter_bytes + out_bytes + residual_bytes; }
};

// The tiling with the least traffic of those that need at most `buffer_bytes`: every tile of an operand held
// twice, but for filters that stay, and rolling rows, of which the new ones are; 4 bytes for each sum of a tile
// where channels come in chunks. Operands are bytes; nothing is rounded to banks or words, outputs and
// parameters take no room. Of several the first.
Tiling BestTiling(const ArrayLayer& layer, int64_t buffer_bytes);

}  // namespace weft

#endif  // WEFT_COMPILER_TILING_BOUND_H_
