// SPDX-License-Identifier: Apache-2.0
// Pairs of layers that run tile by tile as one step: a depthwise layer and the 1x1 layer behind it. The tensor
// between them stays in the GLB.

#ifndef WEFT_COMPILER_PAIR_H_
#define WEFT_COMPILER_PAIR_H_

#include <cstddef>
#include <vector>

#include "compiler/graph.h"
#include "compiler/mapping.h"
#include "compiler/plan.h"
#include "model/config.h"

namespace weft {

// Whether steps s and s + 1, whose layers are canonical, can be a pair: nobody but s + 1 reads what s writes.
bool CanPair(const Graph& graph, const Plan& plan, size_t s);

// Makes them step s; the tensor between them loses its place in memory.
void MergePair(const Graph& graph, Plan* plan, size_t s);

// The best mappings of a pair by estimate, the first one's cycles and DRAM bytes those of both; none if nothing fits.
std::vector<Mapping> MapPair(const ArrayLayer& first, const ArrayLayer& second, const Config& config, Objective objective);

// Merges the pairs that take fewer cycles so, DRAM traffic counted in (mapping_value.h), by the closed form and whatever the
// objective. Returns per step the mappings of a pair; none for other steps.
std::vector<std::vector<Mapping>> MergePairs(const Graph& graph, const Config& config, Objective objective, Plan* plan);

}  // namespace weft

#endif  // WEFT_COMPILER_PAIR_H_
