// SPDX-License-Identifier: Apache-2.0
// What a layer's cycles and traffic are held against in the run record: the cap, the bounds of its DRAM bytes, the
// part of its mapping that is drawn. Sums over the array layers and the batch.

#ifndef WEFT_SIM_RECORD_BOUNDS_H_
#define WEFT_SIM_RECORD_BOUNDS_H_

#include <nlohmann/json.hpp>

#include "compiler/program.h"
#include "compiler/whole_layers.h"
#include "sim/record.h"

namespace weft {

// {cycles, set_by}: the cap (compiler/mapping_cap.h), of the layers alone and cold with memory 8,60, for as many
// effectual MACs as were counted, spread evenly over the taps; `weft map` counts them tap by tap. Null where nothing
// was counted, or there are no MACs.
nlohmann::ordered_json CapJson(const Program& program, int step, const LayerNumbers& numbers, int batch);

// {compulsory_bytes, bound_bytes, best_tiling_bytes}; the bound is 2 MACs / sqrt(R S B / stride^2) + outputs with B
// the GLB's bytes, each an operand (Chen, Han and Wang, HPCA 2020), or compulsory if larger; a kernel narrower than the
// stride has no overlap to use, so neither R nor S over the stride is taken below 1. Operands only: parameters,
// commands and records come on top. Of a pair only what is compulsory, without the tensor between its layers. Null on
// the host.
nlohmann::ordered_json TrafficJson(const Program& program, const WholeLayers& layers, int step, int batch);

// Adds to a mapping's JSON what is drawn on the array: the row entries of its first row block, how many blocks, the
// units of a pass, and whether channels follow the filter groups (depthwise: 1) instead of the row entries (0).
void PutDrawing(const ArrayLayer& layer, const Mapping& mapping, nlohmann::ordered_json* json);

}  // namespace weft

#endif  // WEFT_SIM_RECORD_BOUNDS_H_
