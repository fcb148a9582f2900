// SPDX-License-Identifier: Apache-2.0
// The graph every pass of the compiler reads and writes. An importer resolves all real
// numbers (scales to multipliers, SAME to pad counts, activations to clamp ranges), so no
// later pass needs floating point. Tensor indices equal those of the model file.
//
// Layouts are TFLite's, row-major, channels innermost:
//   activations     [N, H, W, C], or any rank for the element-wise and shape operators
//   CONV_2D         weights [O, kernel_h, kernel_w, I / groups], bias [O]
//   DEPTHWISE       weights [1, kernel_h, kernel_w, C * depth_multiplier], bias likewise;
//                   output channel o reads input channel o / depth_multiplier
//   FULLY_CONNECTED weights [units, depth], bias [units]
// Group g of a grouped convolution holds the output channels [g O/groups, (g+1) O/groups)
// and reads the input channels [g I/groups, (g+1) I/groups).

#ifndef WEFT_COMPILER_GRAPH_H_
#define WEFT_COMPILER_GRAPH_H_

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "model/numerics.h"

namespace weft {

enum class DType : uint8_t { kInt8, kUInt8, kInt16, kInt32, kInt64, kFloat32 };

int DTypeBytes(DType dtype);
const char* DTypeName(DType dtype);  // "int8", ...

struct Tensor {
  std::string name;  // printable ASCII, one line
  DType dtype = DType::kInt8;
  std::vector<int> shape;            // every dimension >= 1; empty for a scalar
  std::vector<float> scales;         // empty: not quantized; 1: per tensor; else per channel
  std::vector<int32_t> zero_points;  // as many as scales, within the dtype's range
  int quantized_axis = 0;            // dimension that per-channel scales run along
  bool is_constant = false;
  std::vector<uint8_t> data;  // constants only: little-endian elements, bytes() long

  int64_t elements() const;
  int64_t bytes() const { return elements() * DTypeBytes(dtype); }
  float scale() const { return scales.empty() ? 0.0f : scales[0]; }
  int32_t zero_point() const { return zero_points.empty() ? 0 : zero_points[0]; }
  int dim(int i) const { return shape[static_cast<size_t>(i)]; }
  int rank() const { return static_cast<int>(shape.size()); }
};

enum class OpKind : uint8_t {
  kConv2d,
  kDepthwiseConv2d,
  kFullyConnected,
  kAdd,
  kAveragePool2d,
  kMaxPool2d,
  kMean,
  kPad,
  kRelu,  // RELU and RELU6 alike: a requantization with a clamp
  kRelu6,
  kReshape,
  kTranspose,
  kConcatenation,
  kSoftmax,
  kQuantize,
  kDequantize,
};

const char* OpKindName(OpKind kind);  // TFLite's spelling: "CONV_2D", ...

// A window sliding over the image. Output (y, x) reads rows y * stride_h - pad_top +
// dilation_h * r for r in [0, kernel_h), columns likewise; taps outside the image count as
// the real number 0 (convolution) or do not exist (pooling). For SAME, top + bottom pads
// are exactly what the last output row needs; for VALID all are 0 and trailing rows may go
// unread.
struct Window {
  int kernel_h = 1, kernel_w = 1;
  int stride_h = 1, stride_w = 1;
  int dilation_h = 1, dilation_w = 1;
  int pad_top = 0, pad_left = 0, pad_bottom = 0, pad_right = 0;
};

// What happens to a 32-bit sum: Requantize(sum, multipliers[c], rounding, zero_point,
// qmin, qmax) of model/numerics.h, c being the output channel.
struct OutputStage {
  std::vector<Multiplier> multipliers;  // one per output channel, or one for all (below)
  Rounding rounding = Rounding::kDouble;
  int32_t zero_point = 0;
  int32_t qmin = -128, qmax = 127;  // the fused activation, within the dtype's range
};

// CONV_2D and DEPTHWISE_CONV_2D. inputs: {activation, weights} or {activation, weights,
// bias}; weights int8 and constant, bias int32 and constant. For output (n, y, x, o)
//   sum = bias[o] + sum over taps of (a - input_zero_point) * (w - weight_zero_points[o]).
struct ConvAttrs {
  Window window;
  int groups = 1;            // depthwise: number of input channels
  int depth_multiplier = 1;  // depthwise only
  int32_t input_zero_point = 0;
  std::vector<int32_t> weight_zero_points;  // one per output channel
  OutputStage output;                       // output.multipliers: one per output channel
};

// inputs as for convolution; the activation is read as [batch, depth] whatever its rank.
struct FullyConnectedAttrs {
  int batch = 1, depth = 1, units = 1;
  int32_t input_zero_point = 0;
  std::vector<int32_t> weight_zero_points;  // one per unit
  OutputStage output;                       // output.multipliers: one per unit
};

// inputs: {a, b}, either may be constant; shapes broadcast as in NumPy. AddElement().
struct AddAttrs {
  AddParams params;
};

// AVERAGE_POOL_2D (AveragePoolRound of raw values, padding not counted) and MAX_POOL_2D;
// input and output have the same scale and zero point.
struct PoolAttrs {
  Window window;
  int32_t zero_point = 0;
  int32_t qmin = -128, qmax = 127;
};

// MEAN over neighbouring dimensions, the input read as [outer, count, inner] and the output
// as [outer, inner]: height and width of [N, H, W, C] are {N, H * W, C}; a model exported
// from channels-first code has means over the last dimension, {N * C * H, W, 1}.
// sum = sum of (a - input_zero_point); output.multipliers[0] has 1 / count folded in.
struct MeanAttrs {
  int outer = 1, count = 1, inner = 1;
  int32_t input_zero_point = 0;
  OutputStage output;
};

// before and after per dimension; value is one element (the output's zero point, or the
// file's constant), DTypeBytes long.
struct PadAttrs {
  std::vector<int> before, after;
  std::vector<uint8_t> value;
};

// RELU, RELU6 (free-standing), and QUANTIZE from integer to integer:
// Requantize(a - input_zero_point, output.multipliers[0], ...).
struct RescaleAttrs {
  int32_t input_zero_point = 0;
  OutputStage output;
};

// Bytes move unchanged; the new shape is the output tensor's.
struct ReshapeAttrs {};

// Output dimension i is input dimension perm[i].
struct TransposeAttrs {
  std::vector<int> perm;
};

// inputs: all parts. rescale is empty when every part has the output's scale and zero
// point (the bytes move unchanged), else it has one entry per part.
struct ConcatenationAttrs {
  int axis = 0;  // >= 0
  std::vector<RescaleAttrs> rescale;
};

// Over the last dimension; SoftmaxRow().
struct SoftmaxAttrs {
  SoftmaxParams params;
};

// QUANTIZE from float32: QuantizeFloat().
struct QuantizeFloatAttrs {
  float scale = 1.0f;
  int32_t zero_point = 0;
  int32_t qmin = -128, qmax = 127;
};

// DEQUANTIZE to float32: DequantizeFloat().
struct DequantizeAttrs {
  float scale = 1.0f;
  int32_t zero_point = 0;
};

using OpAttrs = std::variant<ReshapeAttrs, ConvAttrs, FullyConnectedAttrs, AddAttrs, PoolAttrs,
                             MeanAttrs, PadAttrs, RescaleAttrs, TransposeAttrs, ConcatenationAttrs,
                             SoftmaxAttrs, QuantizeFloatAttrs, DequantizeAttrs>;

struct Op {
  OpKind kind = OpKind::kReshape;
  std::string name;          // of its output tensor, shortened; for tables and messages
  std::vector<int> inputs;   // tensors read at run time (an absent bias is left out;
                             // shapes, axes and permutations are resolved into attrs)
  std::vector<int> outputs;  // always one
  OpAttrs attrs;
  int source_index = 0;  // position in the model file

  // The attributes of the type that belongs to kind; std::bad_variant_access otherwise.
  const ConvAttrs& conv() const { return std::get<ConvAttrs>(attrs); }
  const FullyConnectedAttrs& fully_connected() const {
    return std::get<FullyConnectedAttrs>(attrs);
  }
  const AddAttrs& add() const { return std::get<AddAttrs>(attrs); }
  const PoolAttrs& pool() const { return std::get<PoolAttrs>(attrs); }
  const MeanAttrs& mean() const { return std::get<MeanAttrs>(attrs); }
  const RescaleAttrs& rescale() const { return std::get<RescaleAttrs>(attrs); }
  bool has_bias() const {
    return (kind == OpKind::kConv2d || kind == OpKind::kDepthwiseConv2d ||
            kind == OpKind::kFullyConnected) &&
           inputs.size() == 3;
  }
};

// iid: every activation on its own. clustered: by channel, image and place; see compiler/fill.h.
enum class ZerosKind : uint8_t { kIid, kClustered };

// How random data for a graph input are made.
struct Fill {
  double zeros = 0;  // fraction that equals the zero point, 0 to 1
  ZerosKind kind = ZerosKind::kIid;
  uint64_t stream = 0;  // which sequence of the seed
};

struct Graph {
  std::string name;  // of the model, for messages
  std::vector<Tensor> tensors;
  std::vector<Op> ops;  // in execution order: inputs are produced before they are read
  std::vector<int> inputs;
  std::vector<int> outputs;
  std::vector<Fill> fills;  // of a workload, one per input; empty: any bytes will do
  uint64_t seed = 1;        // of random inputs, unless the user gives another
  double relu_zeros = 0.5;  // zero fraction to be expected behind a clamp at zero

  const Tensor& tensor(int i) const { return tensors[static_cast<size_t>(i)]; }
  const Tensor& input_of(const Op& op, int i) const {
    return tensor(op.inputs[static_cast<size_t>(i)]);
  }
  const Tensor& output_of(const Op& op) const { return tensor(op.outputs[0]); }
};

// "1x49x10x1"; "scalar" for rank 0.
std::string ShapeString(const std::vector<int>& shape);

// Output length of a window along one dimension, 0 if none fits.
int WindowOutputLength(int length, int kernel, int stride, int dilation, int pad_before,
                       int pad_after);

// Multiplies of the operator's definition: without those that fall on padding (macs) and
// with them (macs_padded); 0 for operators without multiplies.
struct MacCount {
  int64_t macs = 0;
  int64_t macs_padded = 0;
};
MacCount CountMacs(const Graph& graph, const Op& op);

}  // namespace weft

#endif  // WEFT_COMPILER_GRAPH_H_
