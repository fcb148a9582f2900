// SPDX-License-Identifier: Apache-2.0
// The pattern of a pass: which stream each PE listens to, where each stream begins in the GLB, which
// unit makes which sums. Offsets count from the pass's bases, so that passes at other places can have the
// same pattern.

#ifndef WEFT_COMPILER_PASS_PATTERN_H_
#define WEFT_COMPILER_PASS_PATTERN_H_

#include <cstdint>
#include <vector>

#include "compiler/ifmap_buffer.h"
#include "compiler/layer.h"
#include "compiler/mapping.h"

namespace weft {

// A block of steps in one output row, and where its first output lies in the output buffer.
struct PassPosition {
  int n, y, x;
  int64_t out;
};

// What a pass computes: filter groups [fb0, fb1) of row block k at these positions.
struct PassWork {
  int k, fb0, fb1;
  const PassPosition* positions;
  int count;
  int64_t out_base;  // of the output buffer, what the units' offsets count from
};

struct PassPattern {
  std::vector<uint32_t> payload;  // of the MAP command
  int streams = 0, units = 0;
  int columns = 0;        // most that a stream has
  int short_channels;     // of the streams that are short of q
  int64_t act_base = 0;   // GLB address that the streams' offsets count from
};

PassPattern MakePassPattern(const ArrayLayer& layer, const Mapping& m, const Config& config,
                            const IfmapBuffer& ifmap, const PassWork& work);

}  // namespace weft

#endif  // WEFT_COMPILER_PASS_PATTERN_H_
