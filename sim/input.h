// SPDX-License-Identifier: Apache-2.0
// What `run` feeds a model: files of three kinds, or seeded random bytes.

#ifndef WEFT_SIM_INPUT_H_
#define WEFT_SIM_INPUT_H_

#include <cstdint>
#include <string>
#include <vector>

#include "compiler/graph.h"
#include "compiler/reference.h"

namespace weft {

// One entry per graph input: its tensors of all inferences, one after the other. A file's kind goes
// by its ending: .npy, .png, anything else is raw. Throws Error: kUsage if there are not as many
// files as inputs, else kBadInput.
std::vector<TensorData> ReadInputs(const Graph& graph, const std::vector<std::string>& files,
                                   int batch);

// The same for every machine: SplitMix64 started from the seed and the number of the input. Integer
// tensors take every byte alike, float32 ones the multiples of 2^-23 in [-1, 1); inputs of a workload
// follow Graph::fills. The first inferences of a larger batch are those of a smaller one.
std::vector<TensorData> RandomInputs(const Graph& graph, int batch, uint64_t seed);

}  // namespace weft

#endif  // WEFT_SIM_INPUT_H_
