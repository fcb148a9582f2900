// SPDX-License-Identifier: Apache-2.0
#include "compiler/graph.h"

namespace weft {

int DTypeBytes(DType dtype) {
  switch (dtype) {
    case DType::kInt8:
    case DType::kUInt8:
      return 1;
    case DType::kInt16:
      return 2;
    case DType::kInt32:
    case DType::kFloat32:
      return 4;
    case DType::kInt64:
      return 8;
  }
  return 0;
}

const char* DTypeName(DType dtype) {
  switch (dtype) {
    case DType::kInt8:
      return "int8";
    case DType::kUInt8:
      return "uint8";
    case DType::kInt16:
      return "int16";
    case DType::kInt32:
      return "int32";
    case DType::kInt64:
      return "int64";
    case DType::kFloat32:
      return "float32";
  }
  return "?";
}

const char* OpKindName(OpKind kind) {
  switch (kind) {
    case OpKind::kConv2d:
      return "CONV_2D";
    case OpKind::kDepthwiseConv2d:
      return "DEPTHWISE_CONV_2D";
    case OpKind::kFullyConnected:
      return "FULLY_CONNECTED";
    case OpKind::kAdd:
      return "ADD";
    case OpKind::kAveragePool2d:
      return "AVERAGE_POOL_2D";
    case OpKind::kMaxPool2d:
      return "MAX_POOL_2D";
    case OpKind::kMean:
      return "MEAN";
    case OpKind::kPad:
      return "PAD";
    case OpKind::kRelu:
      return "RELU";
    case OpKind::kRelu6:
      return "RELU6";
    case OpKind::kReshape:
      return "RESHAPE";
    case OpKind::kTranspose:
      return "TRANSPOSE";
    case OpKind::kConcatenation:
      return "CONCATENATION";
    case OpKind::kSoftmax:
      return "SOFTMAX";
    case OpKind::kQuantize:
      return "QUANTIZE";
    case OpKind::kDequantize:
      return "DEQUANTIZE";
  }
  return "?";
}

int64_t Tensor::elements() const {
  int64_t count = 1;
  for (int d : shape) count *= d;
  return count;
}

std::string ShapeString(const std::vector<int>& shape) {
  if (shape.empty()) return "scalar";
  std::string text;
  for (int d : shape) text += (text.empty() ? "" : "x") + std::to_string(d);
  return text;
}

int WindowOutputLength(int length, int kernel, int stride, int dilation, int pad_before,
                       int pad_after) {
  const int64_t span = (int64_t{kernel} - 1) * dilation + 1;
  const int64_t room = int64_t{length} + pad_before + pad_after - span;
  return room < 0 ? 0 : static_cast<int>(room / stride + 1);
}

namespace {

// Sum over all output positions along one dimension of the taps that fall on the image.
int64_t ValidTaps(int in, int out, int kernel, int stride, int dilation, int pad_before) {
  int64_t taps = 0;
  for (int k = 0; k < kernel; ++k) {
    // 0 <= o * stride + offset < in, 0 <= o < out
    const int64_t offset = int64_t{k} * dilation - pad_before;
    const int64_t first = offset >= 0 ? 0 : (-offset + stride - 1) / stride;
    const int64_t end = offset >= in ? 0 : (in - 1 - offset) / stride + 1;
    const int64_t last = end < out ? end : out;
    if (last > first) taps += last - first;
  }
  return taps;
}

}  // namespace

MacCount CountMacs(const Graph& graph, const Op& op) {
  MacCount count;
  if (op.kind == OpKind::kFullyConnected) {
    const FullyConnectedAttrs& fc = op.fully_connected();
    count.macs = int64_t{fc.batch} * fc.depth * fc.units;
    count.macs_padded = count.macs;
  } else if (op.kind == OpKind::kConv2d || op.kind == OpKind::kDepthwiseConv2d) {
    const Window& w = op.conv().window;
    const Tensor& in = graph.input_of(op, 0);
    const Tensor& out = graph.output_of(op);
    const int depth = op.kind == OpKind::kConv2d ? in.dim(3) / op.conv().groups : 1;
    const int64_t per_tap = int64_t{out.dim(0)} * out.dim(3) * depth;
    count.macs = per_tap *
                 ValidTaps(in.dim(1), out.dim(1), w.kernel_h, w.stride_h, w.dilation_h, w.pad_top) *
                 ValidTaps(in.dim(2), out.dim(2), w.kernel_w, w.stride_w, w.dilation_w, w.pad_left);
    count.macs_padded = per_tap * out.dim(1) * out.dim(2) * w.kernel_h * w.kernel_w;
  }
  return count;
}

}  // namespace weft
