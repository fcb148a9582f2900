// SPDX-License-Identifier: Apache-2.0
// Weights and channel parameters in the order in which the filter bus sends them.

#ifndef WEFT_COMPILER_PACK_H_
#define WEFT_COMPILER_PACK_H_

#include <cstdint>
#include <vector>

#include "compiler/layer.h"
#include "compiler/mapping.h"
#include "model/config.h"

namespace weft {

// Filters of row block k for the filter groups [fb0, fb1): for every set, for every filter
// address, a beat of Rows x Lanes bytes; with_params: at block_bytes, 12 bytes a channel.
std::vector<uint8_t> PackFilters(const ArrayLayer& layer, const Mapping& m, const Config& config, int k, int fb0,
                                 int fb1, bool with_params);

}  // namespace weft

#endif  // WEFT_COMPILER_PACK_H_
