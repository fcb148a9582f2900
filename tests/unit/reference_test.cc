// SPDX-License-Identifier: Apache-2.0
// The reference kernels against the definition written once more, element by element from
// the formulas in compiler/graph.h, on random convolutions with every attribute at once.

#include "compiler/reference.h"

#include <gtest/gtest.h>

#include <cstring>
#include <random>

#include "compiler/import_tflite.h"
#include "model/error.h"
#include "tests/support/tflite_builder.h"

namespace weft {
namespace {

class Random {
 public:
  explicit Random(uint32_t seed) : engine_(seed) {}
  int In(int low, int high) {
    return low + static_cast<int>(engine_() % static_cast<uint32_t>(high - low + 1));
  }
  TensorData Bytes(int64_t count) {
    TensorData bytes(static_cast<size_t>(count));
    for (uint8_t& b : bytes) b = static_cast<uint8_t>(engine_());
    return bytes;
  }

 private:
  std::mt19937 engine_;
};

Tensor MakeTensor(const std::vector<int>& shape, DType dtype = DType::kInt8) {
  Tensor t;
  t.name = "t";
  t.dtype = dtype;
  t.shape = shape;
  return t;
}

// A graph of one random convolution; false if the window does not fit.
bool RandomConv(Random* random, bool depthwise, Graph* graph) {
  ConvAttrs a;
  Window& w = a.window;
  w.kernel_h = random->In(1, 4);
  w.kernel_w = random->In(1, 4);
  w.stride_h = random->In(1, 3);
  w.stride_w = random->In(1, 3);
  w.dilation_h = random->In(1, 3);
  w.dilation_w = random->In(1, 3);
  w.pad_top = random->In(0, 3);
  w.pad_bottom = random->In(0, 3);
  w.pad_left = random->In(0, 3);
  w.pad_right = random->In(0, 3);
  const int n = random->In(1, 2), h = random->In(1, 9), x = random->In(1, 9);
  a.depth_multiplier = depthwise ? random->In(1, 3) : 1;
  a.groups = random->In(1, 4);
  const int group_in = depthwise ? 1 : random->In(1, 5);
  const int in_c = a.groups * group_in;
  const int out_c = a.groups * (depthwise ? a.depth_multiplier : random->In(1, 4));
  const int out_h =
      WindowOutputLength(h, w.kernel_h, w.stride_h, w.dilation_h, w.pad_top, w.pad_bottom);
  const int out_w =
      WindowOutputLength(x, w.kernel_w, w.stride_w, w.dilation_w, w.pad_left, w.pad_right);
  if (out_h < 1 || out_w < 1) return false;
  a.input_zero_point = random->In(-128, 127);
  a.output.zero_point = random->In(-128, 127);
  a.output.qmin = random->In(-128, -60);
  a.output.qmax = random->In(60, 127);
  a.output.rounding = random->In(0, 1) ? Rounding::kSingle : Rounding::kDouble;
  for (int o = 0; o < out_c; ++o) {
    a.output.multipliers.push_back({(1 << 30) + random->In(0, (1 << 30) - 1), random->In(-9, -6)});
    a.weight_zero_points.push_back(random->In(-128, 127));
  }
  graph->tensors = {
      MakeTensor({n, h, x, in_c}),
      MakeTensor(depthwise ? std::vector<int>{1, w.kernel_h, w.kernel_w, out_c}
                           : std::vector<int>{out_c, w.kernel_h, w.kernel_w, group_in}),
      MakeTensor({out_c}, DType::kInt32), MakeTensor({n, out_h, out_w, out_c})};
  for (size_t i : {1, 2}) {
    graph->tensors[i].is_constant = true;
    graph->tensors[i].data = random->Bytes(graph->tensors[i].bytes());
  }
  if (random->In(0, 1)) {  // biases of a sane size, or anything
    for (size_t i = 2; i < graph->tensors[2].data.size(); i += 4) {
      graph->tensors[2].data[i] = graph->tensors[2].data[i + 1] = 0;
    }
  }
  Op op;
  op.kind = depthwise ? OpKind::kDepthwiseConv2d : OpKind::kConv2d;
  op.inputs = {0, 1, 2};
  op.outputs = {3};
  op.attrs = a;
  graph->ops = {op};
  graph->inputs = {0};
  graph->outputs = {3};
  return true;
}

int8_t At(const TensorData& data, const std::vector<int>& shape, int n, int y, int x, int c) {
  return static_cast<int8_t>(
      data[static_cast<size_t>(((n * shape[1] + y) * shape[2] + x) * shape[3] + c)]);
}

// One output element, in 64 bits and then wrapped.
int Expected(const Graph& graph, const TensorData& in, int n, int oy, int ox, int o,
             int64_t* taps) {
  const Op& op = graph.ops[0];
  const ConvAttrs& a = op.conv();
  const bool depthwise = op.kind == OpKind::kDepthwiseConv2d;
  const Tensor& input = graph.tensors[0];
  const Tensor& weights = graph.tensors[1];
  const int group_in = input.dim(3) / a.groups;
  const int group = o / (graph.tensors[3].dim(3) / a.groups);
  int32_t bias = 0;
  std::memcpy(&bias, &graph.tensors[2].data[static_cast<size_t>(o) * 4], 4);
  int64_t sum = bias;
  for (int r = 0; r < a.window.kernel_h; ++r) {
    for (int s = 0; s < a.window.kernel_w; ++s) {
      const int y = oy * a.window.stride_h - a.window.pad_top + r * a.window.dilation_h;
      const int x = ox * a.window.stride_w - a.window.pad_left + s * a.window.dilation_w;
      if (y < 0 || y >= input.dim(1) || x < 0 || x >= input.dim(2)) continue;
      for (int c = 0; c < group_in; ++c) {
        const int q = At(in, input.shape, n, y, x, group * group_in + c);
        const int k = depthwise ? At(weights.data, weights.shape, 0, r, s, o)
                                : At(weights.data, weights.shape, o, r, s, c);
        sum += int64_t{q - a.input_zero_point} * (k - a.weight_zero_points[static_cast<size_t>(o)]);
        ++*taps;
      }
    }
  }
  return Requantize(static_cast<int32_t>(static_cast<uint32_t>(sum)),
                    a.output.multipliers[static_cast<size_t>(o)], a.output.rounding,
                    a.output.zero_point, a.output.qmin, a.output.qmax);
}

void CheckConvs(bool depthwise) {
  int done = 0;
  for (uint32_t seed = 0; done < 200; ++seed) {
    Random random(seed);
    Graph graph;
    if (!RandomConv(&random, depthwise, &graph)) continue;
    const TensorData in = random.Bytes(graph.tensors[0].bytes());
    const TensorData out = RunReference(graph, {in})[3];
    const std::vector<int>& shape = graph.tensors[3].shape;
    int64_t taps = 0;
    for (int n = 0; n < shape[0]; ++n) {
      for (int y = 0; y < shape[1]; ++y) {
        for (int x = 0; x < shape[2]; ++x) {
          for (int c = 0; c < shape[3]; ++c) {
            ASSERT_EQ(At(out, shape, n, y, x, c), Expected(graph, in, n, y, x, c, &taps))
                << "seed " << seed << " at " << n << "," << y << "," << x << "," << c;
          }
        }
      }
    }
    EXPECT_EQ(CountMacs(graph, graph.ops[0]).macs, taps) << "seed " << seed;
    ++done;
  }
}

TEST(Reference, RandomConvolutions) { CheckConvs(false); }
TEST(Reference, RandomDepthwiseConvolutions) { CheckConvs(true); }

TEST(Reference, BatchRunsOneByOneAndRefusesOtherSizes) {
  const Graph graph = ImportTflite(test::Build(test::ConvModel()), "m.tflite");
  Random random(1);
  const size_t bytes = static_cast<size_t>(graph.tensors[0].bytes());
  const TensorData two = random.Bytes(static_cast<int64_t>(2 * bytes));
  const TensorData first(two.begin(), two.begin() + static_cast<std::ptrdiff_t>(bytes));
  const TensorData both = RunReferenceBatch(graph, {two})[0];
  const TensorData one = RunReference(graph, {first})[3];
  EXPECT_EQ(both.size(), 2 * one.size());
  EXPECT_TRUE(std::equal(one.begin(), one.end(), both.begin()));
  for (size_t wrong : {size_t{0}, bytes - 1, bytes + 1}) {
    EXPECT_THROW(RunReferenceBatch(graph, {TensorData(wrong)}), Error) << wrong;
  }
  EXPECT_THROW(RunReference(graph, {}), Error);
  EXPECT_THROW(RunReference(graph, {two}), Error);
}

TEST(Reference, RunOpReadsTensorsAndNamesWhatIsMissing) {
  const Graph graph = ImportTflite(test::Build(test::ConvModel()), "m.tflite");
  std::vector<TensorData> tensors(graph.tensors.size());
  try {
    RunOp(graph, 0, &tensors);
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(std::string(error.what()),
              "m.tflite: operator 0 (CONV_2D) input \"x\" has 0 bytes; shape 1x6x5x4 of int8 "
              "needs 120");
  }
  tensors[0].assign(120, 3);  // the zero point: only the biases remain
  RunOp(graph, 0, &tensors);
  // Channel 0: round(100 x 0.02) - 5.
  EXPECT_EQ(static_cast<int8_t>(tensors[3][0]), -3);
  EXPECT_EQ(TensorBytes(graph, tensors, 1), graph.tensors[1].data);
}

}  // namespace
}  // namespace weft
