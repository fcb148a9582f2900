// SPDX-License-Identifier: Apache-2.0
// Random layers and small networks of them with their inputs: any operator the array runs, random
// sizes, strides, pads, dilations, zero points, multipliers and zero fractions. A seed always gives
// the same ones.

#ifndef WEFT_TESTS_SUPPORT_RANDOM_LAYERS_H_
#define WEFT_TESTS_SUPPORT_RANDOM_LAYERS_H_

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <string>
#include <vector>

#include "compiler/graph.h"
#include "compiler/program.h"
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

inline int AddTensor(Graph* graph, std::vector<int> shape, DType dtype = DType::kInt8, int zero_point = 0) {
  Tensor t;
  t.name = "t" + std::to_string(graph->tensors.size());
  t.dtype = dtype;
  t.shape = std::move(shape);
  t.scales = {1.0f};
  t.zero_points = {zero_point};
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
  for (uint8_t& b : bytes)
    b = static_cast<uint8_t>(r->Chance(zeros) ? zero : r->Int(-128, 127));
  return bytes;
}

// A multiplier that brings sums of `terms` products into the range of a byte, more or less.
inline Multiplier RandomMultiplier(Random* r, double terms) {
  if (r->Chance(0.03)) return {0, 0};
  return QuantizeMultiplier(std::exp2(r->Real() * 4 - 3) / (40.0 * std::sqrt(terms)));
}

// Operators behind tensor `in` of a graph, everything that is not given drawn. Each returns its output.
class RandomOperators {
 public:
  RandomOperators(Random* random, Graph* graph) : r_(*random), g_(*graph) {}

  int Activation(std::vector<int> shape) { return AddTensor(&g_, std::move(shape), DType::kInt8, r_.Int(-128, 127)); }

  // A window with any kernel up to `largest`; its span may exceed the image by the padding.
  Window ConvWindow(int largest) {
    Window w;
    w.kernel_h = r_.Int(1, largest);
    w.kernel_w = r_.Int(1, largest);
    w.dilation_h = r_.Chance(0.2) ? r_.Int(1, 3) : 1;
    w.dilation_w = r_.Chance(0.2) ? r_.Int(1, 3) : 1;
    return w;
  }
  void StrideAndPad(Window* w) {
    w->stride_h = r_.Chance(0.4) ? r_.Int(1, 4) : 1;
    w->stride_w = r_.Chance(0.4) ? r_.Int(1, 4) : 1;
    if (!r_.Chance(0.5)) return;
    w->pad_top = r_.Int(0, Span(w->kernel_h, w->dilation_h) - 1);
    w->pad_bottom = r_.Int(0, Span(w->kernel_h, w->dilation_h) - 1);
    w->pad_left = r_.Int(0, Span(w->kernel_w, w->dilation_w) - 1);
    w->pad_right = r_.Int(0, Span(w->kernel_w, w->dilation_w) - 1);
  }
  static int Span(int kernel, int dilation) { return (kernel - 1) * dilation + 1; }

  int Conv(int in, const Window& w, int filters, int groups) {
    const int per = g_.tensor(in).dim(3) / groups;
    return Convolve(OpKind::kConv2d, in, w, {filters, w.kernel_h, w.kernel_w, per}, groups);
  }
  int Depthwise(int in, const Window& w, int depth_multiplier) {
    const int channels = g_.tensor(in).dim(3);
    return Convolve(OpKind::kDepthwiseConv2d, in, w, {1, w.kernel_h, w.kernel_w, channels * depth_multiplier},
                    channels);
  }
  int FullyConnected(int in, int batch, int units) {
    FullyConnectedAttrs a;
    a.batch = batch;
    a.depth = static_cast<int>(g_.tensor(in).elements() / batch);
    a.units = units;
    const int weights = AddTensor(&g_, {a.units, a.depth});
    MakeConstant(&g_.tensors.back(), RandomBytes(&r_, g_.tensors.back().elements(), 0.02, 0));
    const int out = Activation({a.batch, a.units});
    a.input_zero_point = g_.tensor(in).zero_point();
    a.weight_zero_points.assign(static_cast<size_t>(a.units), 0);
    a.output = Stage(out, a.units, a.depth);
    return Append(OpKind::kFullyConnected, {in, weights}, out, a);
  }
  // Every window must touch the image, as TFLite's SAME and VALID guarantee.
  int Pool(OpKind kind, int in, const Window& w) {
    PoolAttrs a;
    a.window = w;
    a.zero_point = g_.tensor(in).zero_point();
    const OutputStage range = Stage(in, 0, 1);
    a.qmin = range.qmin;
    a.qmax = range.qmax;
    const int out = AddTensor(&g_, OutputShape(in, w, g_.tensor(in).dim(3)), DType::kInt8, a.zero_point);
    return Append(kind, {in}, out, a);
  }
  int Mean(int in, int outer, int count, int inner) {
    MeanAttrs a;
    a.outer = outer;
    a.count = count;
    a.inner = inner;
    a.input_zero_point = g_.tensor(in).zero_point();
    const int out = Activation({a.outer, a.inner});
    a.output = Stage(out, 0, 1);
    a.output.multipliers = {MeanMultiplier(QuantizeMultiplier(std::exp2(r_.Real() * 2 - 1)), a.count)};
    return Append(OpKind::kMean, {in}, out, a);
  }
  int Add(int a, int b) {
    AddAttrs add;
    MakeAddMultipliers(1.0f, static_cast<float>(std::exp2(r_.Real() * 6 - 3)), 2.5f, &add.params);
    const int out = Activation(g_.tensor(a).shape);
    if (r_.Chance(0.5)) {
      std::swap(a, b);
      std::swap(add.params.input[0], add.params.input[1]);
    }
    add.params.input_zero_point[0] = g_.tensor(a).zero_point();
    add.params.input_zero_point[1] = g_.tensor(b).zero_point();
    add.params.output_zero_point = g_.tensor(out).zero_point();
    add.params.rounding = rounding_;
    return Append(OpKind::kAdd, {a, b}, out, add);
  }

 private:
  std::vector<int> OutputShape(int in, const Window& w, int channels) const {
    const Tensor& t = g_.tensor(in);
    return {t.dim(0), WindowOutputLength(t.dim(1), w.kernel_h, w.stride_h, w.dilation_h, w.pad_top, w.pad_bottom),
            WindowOutputLength(t.dim(2), w.kernel_w, w.stride_w, w.dilation_w, w.pad_left, w.pad_right), channels};
  }
  // For sums of `terms` products a filter.
  OutputStage Stage(int out, int filters, int terms) {
    OutputStage stage;
    stage.rounding = rounding_;
    stage.zero_point = g_.tensor(out).zero_point();
    if (r_.Chance(0.3)) stage.qmin = r_.Int(-128, 0);
    if (r_.Chance(0.3)) stage.qmax = r_.Int(1, 127);
    for (int f = 0; f < filters; ++f) stage.multipliers.push_back(RandomMultiplier(&r_, terms));
    return stage;
  }
  int Convolve(OpKind kind, int in, const Window& w, std::vector<int> weight_shape, int groups) {
    ConvAttrs a;
    a.window = w;
    a.groups = groups;
    const bool depthwise = kind == OpKind::kDepthwiseConv2d;
    const int filters = weight_shape[depthwise ? 3 : 0];
    const int terms = w.kernel_h * w.kernel_w * (depthwise ? 1 : weight_shape[3]);
    if (depthwise) a.depth_multiplier = filters / groups;
    const int weights = AddTensor(&g_, std::move(weight_shape));
    MakeConstant(&g_.tensors.back(),
                 RandomBytes(&r_, g_.tensors.back().elements(), r_.Chance(0.3) ? 0.5 : 0.02, 0));
    const int bias = AddTensor(&g_, {filters}, DType::kInt32);
    std::vector<int32_t> values;
    for (int f = 0; f < filters; ++f)
      values.push_back(r_.Chance(0.05) ? static_cast<int32_t>(r_.Next()) : r_.Int(-20000, 20000));
    MakeConstant(&g_.tensors.back(), Words(values));
    const int out = Activation(OutputShape(in, w, filters));
    a.input_zero_point = g_.tensor(in).zero_point();
    a.weight_zero_points.assign(static_cast<size_t>(filters), r_.Chance(0.15) ? r_.Int(-128, 127) : 0);
    a.output = Stage(out, filters, terms);
    return Append(kind, {in, weights, bias}, out, a);
  }
  int Append(OpKind kind, std::vector<int> inputs, int out, OpAttrs attrs) {
    Op op;
    op.kind = kind;
    op.name = "op" + std::to_string(g_.ops.size());
    op.inputs = std::move(inputs);
    op.outputs = {out};
    op.attrs = std::move(attrs);
    op.source_index = static_cast<int>(g_.ops.size());
    g_.ops.push_back(std::move(op));
    return out;
  }

  Random& r_;
  Graph& g_;
  const Rounding rounding_ = r_.Chance(0.3) ? Rounding::kSingle : Rounding::kDouble;
};

inline RandomCase StartCase(const char* what, uint64_t seed) {
  RandomCase c;
  c.graph.name = what + std::to_string(seed);
  return c;
}

// Inputs and the text of a graph that is complete but for its outputs.
inline void FinishCase(Random* r, int out, double zeros, RandomCase* c) {
  Graph& g = c->graph;
  g.outputs = {out};
  for (int in : g.inputs) {
    c->inputs.push_back(RandomBytes(r, g.tensor(in).bytes(), zeros, g.tensor(in).zero_point()));
    zeros = 0.1;
  }
  for (const Op& op : g.ops)
    c->text += std::string(OpKindName(op.kind)) + " " + ShapeString(g.input_of(op, 0).shape) + " -> " +
               ShapeString(g.output_of(op).shape) + ", ";
  c->text += g.name;
}

// size: the largest spatial extent and channel count, roughly.
inline RandomCase MakeRandomLayer(uint64_t seed, int size) {
  Random r(seed);
  RandomCase c = StartCase("random layer ", seed);
  Graph& g = c.graph;
  RandomOperators ops(&r, &g);
  const int kind = r.Int(0, 9);
  const double zeros = r.Chance(0.2) ? 0 : r.Real() * 0.95;
  int in = -1, out = -1;
  if (kind <= 5) {
    Window w;
    if (!r.Chance(0.3)) w = ops.ConvWindow(r.Chance(0.2) ? 11 : 5);
    ops.StrideAndPad(&w);
    const int height = std::max(r.Int(1, size), ops.Span(w.kernel_h, w.dilation_h) - w.pad_top - w.pad_bottom);
    const int width = std::max(r.Int(1, size), ops.Span(w.kernel_w, w.dilation_w) - w.pad_left - w.pad_right);
    const int channels = r.Int(1, r.Chance(0.3) ? 4 * size : size);
    int filters = r.Int(1, r.Chance(0.3) ? 3 * size : size), groups = 1;
    in = ops.Activation({r.Chance(0.15) ? 2 : 1, height, width, channels});
    if (kind >= 4) {
      out = ops.Depthwise(in, w, r.Chance(0.15) ? r.Int(2, 3) : 1);
    } else {
      if (r.Chance(0.1)) {
        for (groups = 4; channels % groups != 0;) --groups;
        filters = (filters + groups - 1) / groups * groups;
      }
      out = ops.Conv(in, w, filters, groups);
    }
    if (r.Chance(0.25)) {
      const int residual = ops.Activation(g.tensor(out).shape);
      g.inputs = {in, residual};
      out = ops.Add(out, residual);
    }
  } else if (kind == 6) {
    const int batch = r.Chance(0.5) ? 1 : r.Int(2, 9);
    in = ops.Activation({batch, r.Int(1, 12 * size)});
    out = ops.FullyConnected(in, batch, r.Int(1, 3 * size));
  } else if (kind <= 8) {
    Window w;
    w.kernel_h = r.Int(1, 4);
    w.kernel_w = r.Int(1, 4);
    w.stride_h = r.Int(1, 3);
    w.stride_w = r.Int(1, 3);
    w.pad_top = r.Int(0, w.kernel_h - 1);
    w.pad_left = r.Int(0, w.kernel_w - 1);
    w.pad_bottom = r.Int(0, w.kernel_h - 1);
    w.pad_right = r.Int(0, w.kernel_w - 1);
    in = ops.Activation({1, r.Int(w.kernel_h, size + 3), r.Int(w.kernel_w, size + 3), r.Int(1, 2 * size)});
    out = ops.Pool(kind == 7 ? OpKind::kAveragePool2d : OpKind::kMaxPool2d, in, w);
  } else {
    const int outer = r.Int(1, 3), count = r.Int(1, size * 3), inner = r.Chance(0.3) ? 1 : r.Int(1, 2 * size);
    in = ops.Activation({outer, count, inner});
    out = ops.Mean(in, outer, count, inner);
  }
  if (g.inputs.empty()) g.inputs = {in};
  FinishCase(&r, out, zeros, &c);
  return c;
}

// A depthwise layer or pooling and a 1x1 layer behind it, some with a sum: what may run as one step.
inline RandomCase MakeRandomPair(uint64_t seed, int size) {
  Random r(seed);
  RandomCase c = StartCase("random pair ", seed);
  Graph& g = c.graph;
  RandomOperators ops(&r, &g);
  Window w;
  w.kernel_h = r.Int(1, 5);
  w.kernel_w = r.Int(1, 5);
  if (r.Chance(0.3)) w.stride_h = w.stride_w = 2;
  if (r.Chance(0.6)) {
    w.pad_top = (w.kernel_h - 1) / 2;
    w.pad_bottom = w.kernel_h / 2;
    w.pad_left = (w.kernel_w - 1) / 2;
    w.pad_right = w.kernel_w / 2;
  }
  const int in = ops.Activation({r.Chance(0.15) ? 2 : 1, r.Int(w.kernel_h, size + 4), r.Int(w.kernel_w, size + 4),
                                 r.Int(1, r.Chance(0.3) ? 4 * size : size)});
  g.inputs = {in};
  int out = r.Chance(0.85) ? ops.Depthwise(in, w, 1)
                           : ops.Pool(r.Chance(0.5) ? OpKind::kMaxPool2d : OpKind::kAveragePool2d, in, w);
  out = ops.Conv(out, Window(), r.Int(1, r.Chance(0.3) ? 3 * size : size), 1);
  if (r.Chance(0.25)) {
    const int residual = ops.Activation(g.tensor(out).shape);
    g.inputs.push_back(residual);
    out = ops.Add(out, residual);
  }
  FinishCase(&r, out, r.Chance(0.3) ? 0 : r.Real() * 0.9, &c);
  return c;
}

// Three to seven layers one after the other, some with a sum of two tensors of equal shape, many with
// a mean and a matrix product at the end.
inline RandomCase MakeRandomNetwork(uint64_t seed, int size) {
  Random r(seed);
  RandomCase c = StartCase("random network ", seed);
  Graph& g = c.graph;
  RandomOperators ops(&r, &g);
  int at = ops.Activation({r.Chance(0.15) ? 2 : 1, r.Int(4, size), r.Int(4, size), r.Int(1, size)});
  g.inputs = {at};
  std::vector<int> earlier = {at};
  for (int left = r.Int(3, 7); left > 0; --left) {
    const std::vector<int> shape = g.tensor(at).shape;
    const auto partner = std::find_if(earlier.begin(), earlier.end(),
                                      [&](int t) { return t != at && g.tensor(t).shape == shape; });
    if (partner != earlier.end() && r.Chance(0.5)) {
      at = ops.Add(at, *partner);
    } else {
      Window w;
      w.kernel_h = r.Int(1, std::min(3, shape[1]));
      w.kernel_w = r.Int(1, std::min(3, shape[2]));
      if (r.Chance(0.7)) {  // as large as the input
        w.pad_top = (w.kernel_h - 1) / 2;
        w.pad_bottom = w.kernel_h / 2;
        w.pad_left = (w.kernel_w - 1) / 2;
        w.pad_right = w.kernel_w / 2;
      }
      if (r.Chance(0.25)) w.stride_h = w.stride_w = 2;
      const int kind = r.Int(0, 9);
      if (kind <= 1) {
        at = ops.Pool(kind == 0 ? OpKind::kAveragePool2d : OpKind::kMaxPool2d, at, w);
      } else if (kind <= 4) {
        at = ops.Depthwise(at, w, 1);
        if (r.Chance(0.6)) at = ops.Conv(at, Window(), r.Chance(0.5) ? shape[3] : r.Int(1, 2 * size), 1);
      } else {
        at = ops.Conv(at, kind == 5 ? Window() : w, r.Chance(0.5) ? shape[3] : r.Int(1, 2 * size), 1);
      }
    }
    earlier.push_back(at);
  }
  if (r.Chance(0.5)) {
    const Tensor& t = g.tensor(at);
    at = ops.Mean(at, t.dim(0), t.dim(1) * t.dim(2), t.dim(3));
    if (r.Chance(0.8)) at = ops.FullyConnected(at, g.tensor(at).dim(0), r.Int(1, 2 * size));
  }
  FinishCase(&r, at, r.Real() * 0.9, &c);
  return c;
}

// Steps that are pairs.
inline int CountPairs(const Program& program) {
  int pairs = 0;
  for (const std::vector<Mapping>& step : program.mappings) pairs += !step.empty() && step[0].paired();
  return pairs;
}

}  // namespace weft::test

#endif  // WEFT_TESTS_SUPPORT_RANDOM_LAYERS_H_
