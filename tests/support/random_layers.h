// SPDX-License-Identifier: Apache-2.0
// Random single layers and their inputs: any operator the array runs, random sizes, strides, pads,
// dilations, zero points, multipliers and zero fractions. A seed always gives the same layer.

#ifndef WEFT_TESTS_SUPPORT_RANDOM_LAYERS_H_
#define WEFT_TESTS_SUPPORT_RANDOM_LAYERS_H_

#include <cmath>
#include <cstdint>
#include <string>
#include <vector>

#include "compiler/graph.h"
#include "compiler/reference.h"

namespace weft::test {

class Random {
 public:
  explicit Random(uint64_t seed) : state_(seed * 0x9E3779B97F4A7C15ull + 1) {}
  uint64_t Next() {
    uint64_t z = (state_ += 0x9E3779B97F4A7C15ull);
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ull;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBull;
    return z ^ (z >> 31);
  }
  int Int(int lo, int hi) { return lo + static_cast<int>(Next() % static_cast<uint64_t>(hi - lo + 1)); }
  double Real() { return static_cast<double>(Next() >> 11) * 0x1p-53; }
  bool Chance(double p) { return Real() < p; }

 private:
  uint64_t state_;
};

struct RandomCase {
  Graph graph;
  std::vector<TensorData> inputs;
  std::string text;  // what it is, for messages
};

inline int AddTensor(Graph* graph, std::vector<int> shape, DType dtype = DType::kInt8) {
  Tensor t;
  t.name = "t" + std::to_string(graph->tensors.size());
  t.dtype = dtype;
  t.shape = std::move(shape);
  t.scales = {1.0f};
  t.zero_points = {0};
  graph->tensors.push_back(std::move(t));
  return static_cast<int>(graph->tensors.size()) - 1;
}

inline void MakeConstant(Tensor* t, std::vector<uint8_t> data) {
  t->is_constant = true;
  t->data = std::move(data);
}

inline std::vector<uint8_t> Words(const std::vector<int32_t>& values) {
  std::vector<uint8_t> bytes;
  for (int32_t v : values)
    for (int b = 0; b < 4; ++b) bytes.push_back(static_cast<uint8_t>(static_cast<uint32_t>(v) >> (8 * b)));
  return bytes;
}

inline std::vector<uint8_t> RandomBytes(Random* r, int64_t count, double zeros, int zero) {
  std::vector<uint8_t> bytes(static_cast<size_t>(count));
  for (uint8_t& b : bytes) b = r->Chance(zeros) ? static_cast<uint8_t>(zero) : static_cast<uint8_t>(r->Int(-128, 127));
  return bytes;
}

// A multiplier that brings sums of `terms` products into the range of a byte, more or less.
inline Multiplier RandomMultiplier(Random* r, double terms) {
  if (r->Chance(0.03)) return {0, 0};
  return QuantizeMultiplier(std::exp2(r->Real() * 4 - 3) / (40.0 * std::sqrt(terms)));
}

// size: the largest spatial extent and channel count, roughly.
inline RandomCase MakeRandomLayer(uint64_t seed, int size) {
  Random r(seed);
  RandomCase c;
  Graph& g = c.graph;
  g.name = "random" + std::to_string(seed);
  const int kind = r.Int(0, 9);
  const bool point = r.Chance(0.3);
  const double zeros = r.Chance(0.2) ? 0 : r.Real() * 0.95;
  const int zp = r.Chance(0.2) ? (r.Chance(0.5) ? -128 : 127) : r.Int(-128, 127);
  const int out_zp = r.Int(-128, 127);
  OutputStage stage;
  stage.rounding = r.Chance(0.3) ? Rounding::kSingle : Rounding::kDouble;
  stage.zero_point = out_zp;
  if (r.Chance(0.3)) stage.qmin = r.Int(-128, 0);
  if (r.Chance(0.3)) stage.qmax = r.Int(1, 127);
  Op op;
  op.name = "op";
  int in = -1, residual = -1;
  if (kind <= 5) {  // convolutions
    const bool dw = kind >= 4;
    ConvAttrs a;
    Window& w = a.window;
    if (!point) {
      w.kernel_h = r.Int(1, r.Chance(0.2) ? 11 : 5);
      w.kernel_w = r.Int(1, r.Chance(0.2) ? 11 : 5);
      w.dilation_h = r.Chance(0.2) ? r.Int(1, 3) : 1;
      w.dilation_w = r.Chance(0.2) ? r.Int(1, 3) : 1;
    }
    w.stride_h = r.Chance(0.4) ? r.Int(1, 4) : 1;
    w.stride_w = r.Chance(0.4) ? r.Int(1, 4) : 1;
    const int span_h = (w.kernel_h - 1) * w.dilation_h + 1, span_w = (w.kernel_w - 1) * w.dilation_w + 1;
    if (r.Chance(0.5)) {
      w.pad_top = r.Int(0, span_h - 1);
      w.pad_bottom = r.Int(0, span_h - 1);
      w.pad_left = r.Int(0, span_w - 1);
      w.pad_right = r.Int(0, span_w - 1);
    }
    const int h = std::max(r.Int(1, size), span_h - w.pad_top - w.pad_bottom);
    const int x = std::max(r.Int(1, size), span_w - w.pad_left - w.pad_right);
    const int channels = r.Int(1, r.Chance(0.3) ? 4 * size : size);
    const int n = r.Chance(0.15) ? 2 : 1;
    int filters = r.Int(1, r.Chance(0.3) ? 3 * size : size);
    if (dw) {
      a.depth_multiplier = r.Chance(0.15) ? r.Int(2, 3) : 1;
      a.groups = channels;
      filters = channels * a.depth_multiplier;
    } else if (r.Chance(0.1)) {
      for (int k = 4; k > 1; --k)
        if (channels % k == 0) a.groups = k;
      filters = (filters + a.groups - 1) / a.groups * a.groups;
    }
    const int oh = WindowOutputLength(h, w.kernel_h, w.stride_h, w.dilation_h, w.pad_top, w.pad_bottom);
    const int ow = WindowOutputLength(x, w.kernel_w, w.stride_w, w.dilation_w, w.pad_left, w.pad_right);
    in = AddTensor(&g, {n, h, x, channels});
    const int per = dw ? 1 : channels / a.groups;
    const int weights = dw ? AddTensor(&g, {1, w.kernel_h, w.kernel_w, filters})
                           : AddTensor(&g, {filters, w.kernel_h, w.kernel_w, per});
    MakeConstant(&g.tensors.back(), RandomBytes(&r, g.tensors.back().elements(), r.Chance(0.3) ? 0.5 : 0.02, 0));
    const int bias = AddTensor(&g, {filters}, DType::kInt32);
    std::vector<int32_t> values;
    for (int f = 0; f < filters; ++f) values.push_back(r.Chance(0.05) ? static_cast<int32_t>(r.Next()) : r.Int(-20000, 20000));
    MakeConstant(&g.tensors.back(), Words(values));
    const int out = AddTensor(&g, {n, oh, ow, filters});
    for (int f = 0; f < filters; ++f) stage.multipliers.push_back(RandomMultiplier(&r, per * w.kernel_h * w.kernel_w));
    a.input_zero_point = zp;
    a.weight_zero_points.assign(static_cast<size_t>(filters), r.Chance(0.15) ? r.Int(-128, 127) : 0);
    a.output = stage;
    op.kind = dw ? OpKind::kDepthwiseConv2d : OpKind::kConv2d;
    op.inputs = {in, weights, bias};
    op.outputs = {out};
    op.attrs = a;
    if (r.Chance(0.25)) residual = AddTensor(&g, g.tensor(out).shape);
  } else if (kind == 6) {
    FullyConnectedAttrs a;
    a.batch = r.Chance(0.5) ? 1 : r.Int(2, 9);
    a.depth = r.Int(1, 12 * size);
    a.units = r.Int(1, 3 * size);
    in = AddTensor(&g, {a.batch, a.depth});
    const int weights = AddTensor(&g, {a.units, a.depth});
    MakeConstant(&g.tensors.back(), RandomBytes(&r, g.tensors.back().elements(), 0.02, 0));
    const int out = AddTensor(&g, {a.batch, a.units});
    for (int f = 0; f < a.units; ++f) stage.multipliers.push_back(RandomMultiplier(&r, a.depth));
    a.input_zero_point = zp;
    a.weight_zero_points.assign(static_cast<size_t>(a.units), 0);
    a.output = stage;
    op.kind = OpKind::kFullyConnected;
    op.inputs = {in, weights};
    op.outputs = {out};
    op.attrs = a;
  } else if (kind <= 8) {
    PoolAttrs a;
    Window& w = a.window;
    w.kernel_h = r.Int(1, 4);
    w.kernel_w = r.Int(1, 4);
    w.stride_h = r.Int(1, 3);
    w.stride_w = r.Int(1, 3);
    w.pad_top = r.Int(0, w.kernel_h - 1);
    w.pad_left = r.Int(0, w.kernel_w - 1);
    w.pad_bottom = r.Int(0, w.kernel_h - 1);
    w.pad_right = r.Int(0, w.kernel_w - 1);
    // Every window touches the image, as TFLite's SAME and VALID guarantee.
    const int h = r.Int(w.kernel_h, size + 3), x = r.Int(w.kernel_w, size + 3), channels = r.Int(1, 2 * size);
    in = AddTensor(&g, {1, h, x, channels});
    const int oh = WindowOutputLength(h, w.kernel_h, w.stride_h, 1, w.pad_top, w.pad_bottom);
    const int ow = WindowOutputLength(x, w.kernel_w, w.stride_w, 1, w.pad_left, w.pad_right);
    const int out = AddTensor(&g, {1, oh, ow, channels});
    a.zero_point = zp;
    a.qmin = stage.qmin;
    a.qmax = stage.qmax;
    op.kind = kind == 7 ? OpKind::kAveragePool2d : OpKind::kMaxPool2d;
    op.inputs = {in};
    op.outputs = {out};
    op.attrs = a;
  } else {
    MeanAttrs a;
    a.outer = r.Int(1, 3);
    a.count = r.Int(1, size * 3);
    a.inner = r.Chance(0.3) ? 1 : r.Int(1, 2 * size);
    in = AddTensor(&g, {a.outer, a.count, a.inner});
    const int out = AddTensor(&g, {a.outer, a.inner});
    a.input_zero_point = zp;
    stage.multipliers = {MeanMultiplier(QuantizeMultiplier(std::exp2(r.Real() * 2 - 1)), a.count)};
    a.output = stage;
    op.kind = OpKind::kMean;
    op.inputs = {in};
    op.outputs = {out};
    op.attrs = a;
  }
  const int value = op.outputs[0];
  g.ops.push_back(op);
  g.inputs = {in};
  g.outputs = {value};
  c.inputs = {RandomBytes(&r, g.tensor(in).bytes(), zeros, zp)};
  if (residual >= 0) {
    const int sum = AddTensor(&g, g.tensor(value).shape);
    AddAttrs add;
    MakeAddMultipliers(1.0f, static_cast<float>(std::exp2(r.Real() * 6 - 3)), 2.5f, &add.params);
    add.params.input_zero_point[0] = out_zp;
    add.params.input_zero_point[1] = r.Int(-128, 127);
    add.params.output_zero_point = r.Int(-128, 127);
    add.params.rounding = stage.rounding;
    Op sum_op;
    sum_op.kind = OpKind::kAdd;
    sum_op.name = "sum";
    sum_op.inputs = r.Chance(0.5) ? std::vector<int>{value, residual} : std::vector<int>{residual, value};
    if (sum_op.inputs[0] == residual) {
      std::swap(add.params.input[0], add.params.input[1]);
      std::swap(add.params.input_zero_point[0], add.params.input_zero_point[1]);
    }
    sum_op.outputs = {sum};
    sum_op.attrs = add;
    g.ops.push_back(sum_op);
    g.inputs.push_back(residual);
    g.outputs = {sum};
    c.inputs.push_back(RandomBytes(&r, g.tensor(residual).bytes(), 0.1, 0));
  }
  c.text = std::string(OpKindName(op.kind)) + " " + ShapeString(g.tensor(in).shape) + " -> " +
           ShapeString(g.tensor(value).shape) + (residual >= 0 ? " + residual" : "") + ", seed " + std::to_string(seed);
  return c;
}

}  // namespace weft::test

#endif  // WEFT_TESTS_SUPPORT_RANDOM_LAYERS_H_
