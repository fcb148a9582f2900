// SPDX-License-Identifier: Apache-2.0
// The loops around a pass (docs/mapping.md), as the scheduler writes them down.

#ifndef WEFT_COMPILER_PASS_LOOPS_H_
#define WEFT_COMPILER_PASS_LOOPS_H_

#include <cstdint>

#include "compiler/layer.h"
#include "compiler/mapping.h"

namespace weft {

// Passes until each loop has gone round once, from the inside; where tiles are not alike, of the largest.
struct PassLoops {
  int64_t run = 1;    // batches of positions of a tile
  int64_t batch = 1;  // row blocks of a chunk
  int64_t chunk = 1;  // batches of filter groups of a tile
  int64_t tile = 1;   // chunks
  int64_t inner = 1;  // tiles of positions; with keep_ifmap, of filters
  int64_t all = 1;    // of the layer
};

PassLoops PassLoopsOf(const ArrayLayer& layer, const Mapping& m);

}  // namespace weft

#endif  // WEFT_COMPILER_PASS_LOOPS_H_
