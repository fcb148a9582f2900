// SPDX-License-Identifier: Apache-2.0
// Workload to graph: shapes become tensors, weights and biases are made from the seed, random
// inputs are described in Graph::fills.

#ifndef WEFT_COMPILER_IMPORT_WORKLOAD_H_
#define WEFT_COMPILER_IMPORT_WORKLOAD_H_

#include <cstdint>
#include <string>
#include <vector>

#include "compiler/graph.h"
#include "compiler/workload.h"

namespace weft {

// name stands for the workload in messages.
Graph ImportWorkload(const Workload& workload, const std::string& name);

// Whether a file of this name is a workload: .yaml or .yml.
bool IsWorkloadName(const std::string& name);

// The one way from a model's bytes to a graph: a workload or a .tflite file, by its name.
Graph ImportModel(const std::vector<uint8_t>& bytes, const std::string& name);

}  // namespace weft

#endif  // WEFT_COMPILER_IMPORT_WORKLOAD_H_
