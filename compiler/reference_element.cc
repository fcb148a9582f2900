// SPDX-License-Identifier: Apache-2.0
// ADD, RELU, RELU6, QUANTIZE, DEQUANTIZE, SOFTMAX.

#include <cstring>

#include "compiler/reference_kernels.h"

namespace weft::reference {
namespace {

// Element distances of `tensor` seen through a broadcast to `shape`: 0 where it repeats.
std::vector<int64_t> BroadcastStrides(const std::vector<int>& tensor,
                                      const std::vector<int>& shape) {
  const std::vector<int64_t> own = Strides(tensor);
  std::vector<int64_t> strides(shape.size(), 0);
  const size_t missing = shape.size() - tensor.size();
  for (size_t i = 0; i < tensor.size(); ++i) {
    if (tensor[i] != 1) strides[missing + i] = own[i];
  }
  return strides;
}

}  // namespace

void RunAdd(const Graph& graph, const Op& op, const Inputs& in, uint8_t* out) {
  const std::vector<int>& shape = graph.output_of(op).shape;
  const std::vector<int64_t> strides_a = BroadcastStrides(graph.input_of(op, 0).shape, shape);
  const std::vector<int64_t> strides_b = BroadcastStrides(graph.input_of(op, 1).shape, shape);
  const AddParams& params = op.add().params;
  const int8_t* a = reinterpret_cast<const int8_t*>(in[0]);
  const int8_t* b = reinterpret_cast<const int8_t*>(in[1]);
  const int64_t count = graph.output_of(op).elements();
  std::vector<int> at(shape.size(), 0);
  int64_t ia = 0, ib = 0;
  for (int64_t k = 0; k < count; ++k) {
    out[k] = static_cast<uint8_t>(AddElement(params, a[ia], b[ib]));
    for (size_t d = shape.size(); d-- > 0;) {  // the next position, last dimension fastest
      ia += strides_a[d];
      ib += strides_b[d];
      if (++at[d] < shape[d]) break;
      ia -= strides_a[d] * shape[d];
      ib -= strides_b[d] * shape[d];
      at[d] = 0;
    }
  }
}

void RunRescale(const Graph& graph, const Op& op, const Inputs& in, uint8_t* out) {
  const RescaleAttrs& attrs = op.rescale();
  const OutputStage& stage = attrs.output;
  const Tensor& input = graph.input_of(op, 0);
  for (int64_t k = 0; k < input.elements(); ++k) {
    const int32_t value = EightBit(in[0], k, input.dtype) - attrs.input_zero_point;
    out[k] = static_cast<uint8_t>(Requantize(value, stage.multipliers[0], stage.rounding,
                                             stage.zero_point, stage.qmin, stage.qmax));
  }
}

void RunQuantizeFloat(const Graph& graph, const Op& op, const Inputs& in, uint8_t* out) {
  const auto& attrs = std::get<QuantizeFloatAttrs>(op.attrs);
  const int64_t count = graph.input_of(op, 0).elements();
  for (int64_t k = 0; k < count; ++k) {
    float value = 0.0f;
    std::memcpy(&value, in[0] + 4 * k, 4);
    out[k] = static_cast<uint8_t>(
        QuantizeFloat(value, attrs.scale, attrs.zero_point, attrs.qmin, attrs.qmax));
  }
}

void RunDequantize(const Graph& graph, const Op& op, const Inputs& in, uint8_t* out) {
  const auto& attrs = std::get<DequantizeAttrs>(op.attrs);
  const Tensor& input = graph.input_of(op, 0);
  for (int64_t k = 0; k < input.elements(); ++k) {
    const float value =
        DequantizeFloat(EightBit(in[0], k, input.dtype), attrs.scale, attrs.zero_point);
    std::memcpy(out + 4 * k, &value, 4);
  }
}

void RunSoftmax(const Graph& graph, const Op& op, const Inputs& in, uint8_t* out) {
  const auto& attrs = std::get<SoftmaxAttrs>(op.attrs);
  const Tensor& input = graph.input_of(op, 0);
  const int depth = input.shape.back();
  for (int64_t k = 0; k < input.elements(); k += depth) {
    SoftmaxRow(attrs.params, reinterpret_cast<const int8_t*>(in[0]) + k,
               reinterpret_cast<int8_t*>(out) + k, depth);
  }
}

}  // namespace weft::reference
