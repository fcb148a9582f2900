// SPDX-License-Identifier: Apache-2.0
// Internal to the reference engine: one kernel per operator, each on raw element bytes
// whose sizes RunOp() has checked. `in` has one pointer per entry of op.inputs.

#ifndef WEFT_COMPILER_REFERENCE_KERNELS_H_
#define WEFT_COMPILER_REFERENCE_KERNELS_H_

#include <cstdint>
#include <vector>

#include "compiler/graph.h"

namespace weft::reference {

using Inputs = std::vector<const uint8_t*>;

void RunConv2d(const Graph& graph, const Op& op, const Inputs& in, uint8_t* out);
void RunDepthwiseConv2d(const Graph& graph, const Op& op, const Inputs& in, uint8_t* out);
void RunFullyConnected(const Op& op, const Inputs& in, uint8_t* out);

void RunPool2d(const Graph& graph, const Op& op, const Inputs& in, uint8_t* out);
void RunMean(const Op& op, const Inputs& in, uint8_t* out);

void RunAdd(const Graph& graph, const Op& op, const Inputs& in, uint8_t* out);
void RunRescale(const Graph& graph, const Op& op, const Inputs& in, uint8_t* out);
void RunQuantizeFloat(const Graph& graph, const Op& op, const Inputs& in, uint8_t* out);
void RunDequantize(const Graph& graph, const Op& op, const Inputs& in, uint8_t* out);
void RunSoftmax(const Graph& graph, const Op& op, const Inputs& in, uint8_t* out);

void RunPad(const Graph& graph, const Op& op, const Inputs& in, uint8_t* out);
void RunReshape(const Graph& graph, const Op& op, const Inputs& in, uint8_t* out);
void RunTranspose(const Graph& graph, const Op& op, const Inputs& in, uint8_t* out);
void RunConcatenation(const Graph& graph, const Op& op, const Inputs& in, uint8_t* out);

// Element k of 8-bit data as a number.
inline int32_t EightBit(const uint8_t* data, int64_t k, DType dtype) {
  return dtype == DType::kUInt8 ? static_cast<int32_t>(data[k])
                                : static_cast<int32_t>(static_cast<int8_t>(data[k]));
}

// Element distances of a row-major shape.
std::vector<int64_t> Strides(const std::vector<int>& shape);

}  // namespace weft::reference

#endif  // WEFT_COMPILER_REFERENCE_KERNELS_H_
