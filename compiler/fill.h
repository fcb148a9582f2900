// SPDX-License-Identifier: Apache-2.0
// Random tensors of workloads, described in docs/workloads.md. Whole numbers only, so that a seed
// gives the same bytes on every machine.

#ifndef WEFT_COMPILER_FILL_H_
#define WEFT_COMPILER_FILL_H_

#include <cstdint>
#include <vector>

#include "compiler/graph.h"

namespace weft {

constexpr int kActivationZero = -128;  // zero point of random activations

// What the formulas of output scales need: mean squares of what is not zero.
constexpr double kNonzeroActivationSquare = 256.0 * 511 / 6;  // uniform over 1..255
constexpr double kNonzeroWeightSquare = 128.0 * 255 / 6;      // uniform over +-1..127

// `batch` int8 tensors of the shape, channels last; the first ones of a larger batch are those of a
// smaller one. The zero point with probability fill.zeros, else one of the other 255 values.
std::vector<uint8_t> FillActivations(const Fill& fill, const std::vector<int>& shape, int batch,
                                     uint64_t seed);

// int8 weights: 0 with probability `zeros`, else one of +-1..127.
std::vector<uint8_t> FillWeights(double zeros, int64_t count, uint64_t seed, uint64_t stream);

// Whole numbers from -limit to limit, all alike.
std::vector<int32_t> FillBiases(int limit, int count, uint64_t seed, uint64_t stream);

// That fraction of the channels, rounded, every choice alike; ascending.
std::vector<int> ChooseChannels(double fraction, int channels, uint64_t seed, uint64_t stream);

// Clustered: how many of 2^32 numbers make channel c nonzero, one entry per channel. A Beta
// distribution of mean 1 - zeros and a + b = 3, from a Polya urn of 256 draws.
std::vector<uint64_t> ChannelDensities(const Fill& fill, int channels, uint64_t seed);

}  // namespace weft

#endif  // WEFT_COMPILER_FILL_H_
