// SPDX-License-Identifier: Apache-2.0
// The reference engine: the plainest loop nests over model/numerics.h. It defines what
// every other engine must compute, and runs the operators that stay on the host.

#ifndef WEFT_COMPILER_REFERENCE_H_
#define WEFT_COMPILER_REFERENCE_H_

#include <cstdint>
#include <vector>

#include "compiler/graph.h"

namespace weft {

// Little-endian elements of one tensor, Tensor::bytes() long; empty: not computed yet.
using TensorData = std::vector<uint8_t>;

// The bytes of tensor i: the graph's for a constant, else tensors[i].
const TensorData& TensorBytes(const Graph& graph, const std::vector<TensorData>& tensors, int i);

// Executes graph.ops[op_index]: reads its inputs from the graph's constants or from tensors
// (one entry per tensor of the graph), writes its output there. An input that is missing
// or has the wrong size is a weft::Error.
void RunOp(const Graph& graph, int op_index, std::vector<TensorData>* tensors);

// Runs the whole graph once on one entry per graph input. Returns one entry per tensor of
// the graph (constants and unused tensors stay empty). Wrong sizes are a weft::Error.
std::vector<TensorData> RunReference(const Graph& graph, const std::vector<TensorData>& inputs);

// As above, but executes only these operators (one entry per operator); what they read must be an
// input or come from one of them.
std::vector<TensorData> RunReference(const Graph& graph, const std::vector<TensorData>& inputs,
                                     const std::vector<bool>& wanted);

// Marks the operators that compute what the marked ones read, and theirs in turn.
void AddProducers(const Graph& graph, std::vector<bool>* wanted);

// Runs n = input bytes / tensor bytes inferences one after the other and returns the
// concatenated outputs, one entry per graph output. Every input must hold the same n >= 1.
std::vector<TensorData> RunReferenceBatch(const Graph& graph,
                                          const std::vector<TensorData>& inputs);

}  // namespace weft

#endif  // WEFT_COMPILER_REFERENCE_H_
