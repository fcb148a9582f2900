// SPDX-License-Identifier: Apache-2.0
// Workloads: what the reader refuses and how it says so, what the generator of random tensors
// promises, and how many outputs saturate.

#include "compiler/workload.h"

#include <gtest/gtest.h>

#include <cmath>

#include "compiler/fill.h"
#include "compiler/import_workload.h"
#include "compiler/program_file.h"
#include "compiler/reference.h"
#include "compiler/workload_scale.h"
#include "model/error.h"
#include "sim/input.h"
#include "tests/support/models.h"

namespace weft {
namespace {

constexpr double kMostSaturated = 0.01;
constexpr double kSpread = 5;  // standard deviations that a measured fraction may be off

Workload Parse(const std::string& layers, const std::string& top = "") {
  return ParseWorkload("name: w\nsource: this test\n" + top + "layers:\n" + layers, "w.yaml");
}

Workload Shipped(const std::string& name) {
  const std::string path = std::string(WEFT_SOURCE_DIR) + "/workloads/" + name + ".yaml";
  const std::vector<uint8_t> bytes = test::ReadFile(path);
  return ParseWorkload(std::string(bytes.begin(), bytes.end()), path);
}

const char* const kShipped[] = {"alexnet", "vgg16", "resnet50", "mobilenet_v1", "bert_base"};

// --- Reading -------------------------------------------------------------------------

const char kConv[] = "N: 1, C: 8, H: 9, W: 9, M: 4, R: 3, S: 3";

void ExpectRefused(const std::string& yaml, const std::string& message) {
  SCOPED_TRACE(yaml);
  try {
    ParseWorkload(yaml, "w.yaml");
    FAIL() << "accepted";
  } catch (const Error& error) {
    EXPECT_EQ(error.status(), ExitStatus::kBadInput);
    EXPECT_EQ(std::string(error.what()), "w.yaml: " + message);
  }
}

void ExpectLayerRefused(const std::string& layers, const std::string& message) {
  ExpectRefused("name: w\nsource: this test\nlayers:\n" + layers, message);
}

TEST(WorkloadReader, NamesFileLayerFieldAndBound) {
  const std::string conv = kConv;
  const auto one = [](const std::string& fields) { return "- {name: a, " + fields + "}\n"; };
  ExpectLayerRefused(one("type: conv, N: 1"), "layer a: field H is missing");
  ExpectLayerRefused(one(conv), "layer a: field type is missing");
  ExpectLayerRefused("- {type: conv}\n", "layer number 1: field name is missing");
  ExpectLayerRefused("- {name: \"a\\tb\", type: conv}\n",
                     "layer number 1: name: 'a?b' is not 1 to 120 printable ASCII characters");
  ExpectLayerRefused("- a\n", "layer number 1: a list of `field: value` is needed");
  ExpectLayerRefused(one("type: gru"),
                     "layer a: type: not known; there are conv, depthwise, matmul, add, max_pool, "
                     "average_pool");
  ExpectLayerRefused(one("type: matmul, M: 1, K: 2, N: 3, R: 1"),
                     "layer a: unknown field R; there are name, type, input, M, K, N, "
                     "activation_zeros, weight_zeros, relu");
  ExpectLayerRefused(one("type: conv, N: 1, N: 1"), "layer a: field N is there twice");
  ExpectLayerRefused(one("type: conv, stride: 0, " + conv),
                     "layer a: stride: 0 is out of range; 1 to 65535");
  ExpectLayerRefused(one("type: conv, N: 70000"), "layer a: N: 70000 is out of range; 1 to 65535");
  ExpectLayerRefused(one("type: conv, N: 1.5"), "layer a: N: '1.5' is no whole number");
  ExpectLayerRefused(one("type: conv, N: [1]"), "layer a: N: one value is needed");
  ExpectLayerRefused(one("type: conv, stride: [1, 1, 1], " + conv),
                     "layer a: stride: 3 values; one or 2 are needed");
  ExpectLayerRefused(one("type: conv, pad: 3, " + conv), "layer a: pad: at most R - 1 = 2 rows");
  ExpectLayerRefused(one("type: conv, pad: [0, 3], " + conv),
                     "layer a: pad: at most S - 1 = 2 columns");
  ExpectLayerRefused(one("type: conv, N: 1, C: 8, H: 9, W: 9, M: 4, R: 10, S: 3"),
                     "layer a: R: 10 does not fit H = 9 with its padding; at most 9");
  ExpectLayerRefused(one("type: conv, groups: 3, " + conv),
                     "layer a: groups: 3 must divide C = 8 and M = 4");
  ExpectLayerRefused(one("type: depthwise, N: 1, C: 8, H: 9, W: 9, M: 12, R: 3, S: 3"),
                     "layer a: M: 12 is no multiple of C = 8");
  ExpectLayerRefused(one("type: conv, N: 1, C: 65535, H: 2, W: 2, M: 4, R: 2, S: 2"),
                     "layer a: R x S x C / groups: 262140 products in a sum; at most 65536");
  ExpectLayerRefused(one("type: average_pool, N: 1, C: 1, H: 300, W: 300, R: 300, S: 300"),
                     "layer a: R x S: at most 65536 in a pooling window");
  ExpectLayerRefused(one("type: conv, activation_zeros: 1.1, " + conv),
                     "layer a: activation_zeros: '1.1' is no fraction; 0 to 1");
  ExpectLayerRefused(one("type: conv, weight_zeros: .nan, " + conv),
                     "layer a: weight_zeros: '.nan' is no fraction; 0 to 1");
  ExpectLayerRefused(one("type: conv, relu: 2, " + conv),
                     "layer a: relu: '2' is neither true nor false");
  ExpectLayerRefused(one("type: matmul, M: 60000, K: 1, N: 60000"),
                     "layer a: up to it there are 60000 bytes of weights, 3600060000 of "
                     "activations; at most 1073741824 of weights, 2147483647 in all");
}

TEST(WorkloadReader, NamesWhatIsWrongInChains) {
  const std::string a = std::string("- {name: a, type: conv, ") + kConv + "}\n";
  ExpectLayerRefused(a + a, "layer a: name: another layer has it");
  ExpectLayerRefused(a + "- {name: b, type: conv, input: c, M: 1, R: 1, S: 1}\n",
                     "layer b: input: there is no earlier layer c");
  ExpectLayerRefused("- {name: b, type: conv, input: b, M: 1, R: 1, S: 1}\n",
                     "layer b: input: there is no earlier layer b");
  ExpectLayerRefused(a + "- {name: b, type: conv, input: a, C: 8, M: 1, R: 1, S: 1}\n",
                     "layer b: C: 8 does not agree with the input, which has 4");
  ExpectLayerRefused(
      a + "- {name: b, type: conv, input: a, activation_zeros: 0.5, M: 1, R: 1, S: 1}\n",
      "layer b: activation_zeros: the activations come from another layer; leave it out");
  ExpectLayerRefused(a + "- {name: b, type: matmul, input: a, K: 5, N: 1}\n",
                     "layer b: K: the input of 1x7x7x4 does not divide into at most 65535 rows of "
                     "5");
  ExpectLayerRefused(
      a + "- {name: b, type: matmul, input: a, N: 1}\n- {name: c, type: max_pool, input: b}\n",
      "layer c: input: its shape is 49x1; N x H x W x C is needed");
  ExpectLayerRefused(a + "- {name: b, type: add, inputs: [a]}\n",
                     "layer b: inputs: a list of two layers is needed, [A, B]");
  ExpectLayerRefused(a + "- {name: b, type: add, inputs: [a, a]}\n",
                     "layer b: inputs: two different layers are needed");
  ExpectLayerRefused(a + "- {name: b, type: max_pool, input: a, R: 2, S: 2}\n" +
                         "- {name: c, type: add, inputs: [a, b]}\n",
                     "layer c: inputs: shapes 1x7x7x4 and 1x6x6x4 differ");
}

TEST(WorkloadReader, NamesWhatIsWrongAround) {
  ExpectRefused("[", "line 1: not YAML: end of sequence flow not found");
  ExpectRefused("a", "a list of `field: value` is needed");
  ExpectRefused("name: w\nsource: s\n", "field layers is missing");
  ExpectRefused("name: w\n", "field source is missing");
  ExpectRefused("name: w\nsource: s\nlayers: []\n",
                "layers: a list of 1 to 4096 layers is needed");
  ExpectRefused("name: w\nsource: s\nlayer: []\n",
                "unknown field layer; there are name, source, seed, zeros, zeros_kind, layers");
  ExpectRefused("name: w\nsource: s\nseed: -1\nlayers: []\n",
                "seed: '-1' is no whole number from 0 on");
  ExpectRefused("name: w\nsource: s\nzeros: 2\nlayers: []\n", "zeros: '2' is no fraction; 0 to 1");
  ExpectRefused("name: w\nsource: s\nzeros_kind: random\nlayers: []\n",
                "zeros_kind: 'random' is not known; iid or clustered");
}

TEST(WorkloadReader, ResolvesSizes) {
  const Workload w = Parse(
      "- {name: a, type: conv, N: 2, C: 3, H: 224, W: 225, M: 8, R: 7, S: 7, stride: 2, "
      "pad: same}\n"
      "- {name: b, type: depthwise, input: a, M: 16, R: 3, S: 5, stride: [2, 1], pad: [1, 2]}\n"
      "- {name: c, type: max_pool, input: b, R: 2, S: 2, pad: [0, 1, 1, 0]}\n"
      "- {name: d, type: matmul, input: c, K: 8, N: 5}\n");
  const auto shape = [&](size_t i) { return w.layers[i].out_shape; };
  EXPECT_EQ(shape(0), (std::vector<int>{2, 112, 113, 8}));
  EXPECT_EQ(w.layers[0].window.pad_top, 2);
  EXPECT_EQ(w.layers[0].window.pad_bottom, 3);
  EXPECT_EQ(w.layers[0].window.pad_left, 3);
  EXPECT_EQ(w.layers[0].window.pad_right, 3);
  EXPECT_EQ(shape(1), (std::vector<int>{2, 56, 113, 16}));
  EXPECT_EQ(shape(2), (std::vector<int>{2, 56, 113, 16}));
  EXPECT_EQ(w.layers[3].in_shape, (std::vector<int>{2 * 56 * 113 * 2, 8}));
}

TEST(WorkloadReader, WhatIsWrittenIsReadAgain) {
  std::vector<Workload> all = {Parse(
      "- {name: \"a: \\\"1\\\" \\\\ #\", type: conv, N: 2, C: 4, H: 9, W: 9, M: 8, R: 3, S: 3, "
      "stride: [2, 1], pad: same, groups: 2, activation_zeros: 0.387, weight_zeros: 1e-5}\n"
      "- {name: b, type: add, N: 2, C: 3, H: 9, W: 9, activation_zeros: 0.1}\n",
      "seed: 18446744073709551615\nzeros: 0.1\nzeros_kind: clustered\n")};
  for (const char* name : kShipped) all.push_back(Shipped(name));
  for (const Workload& w : all) {
    const std::string yaml = WorkloadToYaml(w);
    const Workload again = ParseWorkload(yaml, "again.yaml");
    EXPECT_EQ(WorkloadToYaml(again), yaml);
    EXPECT_EQ(again.seed, w.seed);
    ASSERT_EQ(again.layers.size(), w.layers.size());
    for (size_t i = 0; i < w.layers.size(); ++i) {
      EXPECT_EQ(again.layers[i].name, w.layers[i].name);
      EXPECT_EQ(again.layers[i].in_shape, w.layers[i].in_shape);
      EXPECT_EQ(again.layers[i].out_shape, w.layers[i].out_shape);
      EXPECT_EQ(again.layers[i].activation_zeros, w.layers[i].activation_zeros);
      EXPECT_EQ(again.layers[i].weight_zeros, w.layers[i].weight_zeros);
    }
  }
  EXPECT_EQ(all[0].layers[0].activation_zeros, 0.387);
}

// --- Random tensors ------------------------------------------------------------------

double ZeroFraction(const std::vector<uint8_t>& bytes, int zero) {
  const auto count = std::count(bytes.begin(), bytes.end(), static_cast<uint8_t>(zero));
  return static_cast<double>(count) / static_cast<double>(bytes.size());
}

TEST(Fill, IidZerosAndUniformValues) {
  for (double zeros : {0.0, 0.0001, 0.387, 0.9, 1.0}) {
    SCOPED_TRACE(zeros);
    const Fill fill = {zeros, ZerosKind::kIid, 3};
    const std::vector<uint8_t> bytes = FillActivations(fill, {1, 100, 100, 100}, 1, 7);
    const double n = static_cast<double>(bytes.size());
    EXPECT_NEAR(ZeroFraction(bytes, -128), zeros, kSpread * std::sqrt(zeros * (1 - zeros) / n));
    const double each = (1 - zeros) / 255;
    for (int value = -127; value <= 127; ++value)
      EXPECT_NEAR(ZeroFraction(bytes, value), each, kSpread * std::sqrt(each / n)) << value;
  }
}

TEST(Fill, WeightsAreSymmetric) {
  for (double zeros : {0.0, 0.3, 1.0}) {
    const std::vector<uint8_t> bytes = FillWeights(zeros, 1'000'000, 5, 6);
    EXPECT_NEAR(ZeroFraction(bytes, 0), zeros, kSpread * std::sqrt(zeros * (1 - zeros) / 1e6));
    const double each = (1 - zeros) / 254;
    for (int value = 1; value <= 127; ++value) {
      EXPECT_NEAR(ZeroFraction(bytes, value), each, kSpread * std::sqrt(each / 1e6)) << value;
      EXPECT_NEAR(ZeroFraction(bytes, -value), each, kSpread * std::sqrt(each / 1e6)) << -value;
    }
    EXPECT_EQ(ZeroFraction(bytes, -128), 0);
  }
}

TEST(Fill, BiasesAreSmall) {
  const std::vector<int32_t> biases = FillBiases(kMostBias, 100'000, 5, 6);
  double sum = 0;
  for (int32_t b : biases) {
    ASSERT_LE(std::abs(b), kMostBias);
    sum += b;
  }
  EXPECT_NEAR(sum / 1e5, 0, kSpread * kMostBias / std::sqrt(3e5));
}

// The densities of channels have mean d and variance d (1 - d) / 4 (a + b = 3), but for the urn's
// 256 draws; the whole tensor has mean d.
TEST(Fill, ClusteredDensities) {
  constexpr int kChannels = 20'000;
  for (double d : {0.0, 0.115, 0.5, 0.9, 1.0}) {
    SCOPED_TRACE(d);
    const std::vector<uint64_t> densities =
        ChannelDensities({1 - d, ZerosKind::kClustered, 2}, kChannels, 9);
    double sum = 0, squares = 0;
    for (uint64_t density : densities) {
      const double p = static_cast<double>(density) * 0x1p-32;
      ASSERT_LE(p, 1);
      sum += p;
      squares += p * p;
    }
    const double mean = sum / kChannels, variance = squares / kChannels - mean * mean;
    EXPECT_NEAR(mean, d, kSpread * std::sqrt(d * (1 - d) / 4 / kChannels) + 1e-9);
    EXPECT_NEAR(variance, d * (1 - d) / 4, 0.05 * d * (1 - d));
  }
}

// Correlations of two elements, in units of d (1 - d): of one channel in one blob, in one image, in
// two images; of two channels in one place. A channel's density contributes 1/4; a blob shares 1/4
// of its elements' deciders, all channels of a blob 1/8, an image 1/8, each pair with the square of
// that and 3/4 of what the densities leave.
TEST(Fill, ClusteredTensorsHaveTheMeanAndAreClustered) {
  constexpr int kImages = 16, kSide = 32, kChannels = 300;
  const double d = 0.4, unit = d * (1 - d);
  const Fill fill = {1 - d, ZerosKind::kClustered, 2};
  const std::vector<uint8_t> bytes =
      FillActivations(fill, {kImages, kSide, kSide, kChannels}, 1, 9);
  EXPECT_NEAR(ZeroFraction(bytes, -128), 1 - d, kSpread * std::sqrt(unit / 4 / kChannels));
  const auto nonzero = [&](int n, int y, int x, int c) {
    const size_t at = static_cast<size_t>(((n * kSide + y) * kSide + x) * kChannels + c);
    return (bytes[at] != static_cast<uint8_t>(-128) ? 1 : 0) - d;
  };
  double blob = 0, image = 0, channel = 0, place = 0, count = 0;
  for (int n = 0; n + 1 < kImages; ++n)
    for (int y = 0; y + 4 < kSide; y += 4)
      for (int x = 0; x + 4 < kSide; x += 4)
        for (int c = 0; c + 1 < kChannels; ++c, ++count) {
          const double one = nonzero(n, y, x, c);
          blob += one * nonzero(n, y + 3, x + 2, c) / unit;
          image += one * nonzero(n, y + 4, x + 4, c) / unit;
          channel += one * nonzero(n + 1, y, x, c) / unit;
          place += one * nonzero(n, y, x, c + 1) / unit;
        }
  const double square_blob = 1.0 / 16 + 1.0 / 64 + 1.0 / 64, square_image = 1.0 / 64;
  EXPECT_NEAR((blob - channel) / count, 0.75 * square_blob, 0.02);
  EXPECT_NEAR((image - channel) / count, 0.75 * square_image, 0.02);
  EXPECT_NEAR(channel / count, 0.25, 0.05);
  EXPECT_NEAR(place / count, 0, 0.05);
  std::printf("correlations: blob %.3f, image %.3f, channel %.3f, place %.3f\n", blob / count,
              image / count, channel / count, place / count);
}

TEST(Fill, ChosenChannelsAreAsManyAsWanted) {
  EXPECT_EQ(ChooseChannels(0, 100, 1, 1).size(), 0u);
  EXPECT_EQ(ChooseChannels(1, 100, 1, 1).size(), 100u);
  const std::vector<int> half = ChooseChannels(0.5, 1001, 1, 1);
  EXPECT_EQ(half.size(), 501u);
  EXPECT_TRUE(std::is_sorted(half.begin(), half.end()));
  EXPECT_NEAR(static_cast<double>(half[250]), 500, 100);
}

TEST(Fill, DenseIsDenseAndEmptyIsEmpty) {
  for (ZerosKind kind : {ZerosKind::kIid, ZerosKind::kClustered}) {
    EXPECT_EQ(ZeroFraction(FillActivations({0, kind, 1}, {50, 40}, 3, 1), -128), 0);
    EXPECT_EQ(ZeroFraction(FillActivations({1, kind, 1}, {50, 40}, 3, 1), -128), 1);
  }
}

// These numbers are the promise that a seed means the same on every machine and in every version.
TEST(Fill, TheSameSeedGivesTheSameBytes) {
  const auto first = [](std::vector<uint8_t> bytes) {
    bytes.resize(8);
    return std::vector<int>(bytes.begin(), bytes.end());
  };
  const Fill iid = {0.25, ZerosKind::kIid, 0}, clustered = {0.25, ZerosKind::kClustered, 0};
  const std::vector<int> shape = {1, 4, 4, 4};
  EXPECT_EQ(first(FillActivations(iid, shape, 1, 1)),
            (std::vector<int>{128, 0, 28, 51, 120, 201, 96, 132}));
  EXPECT_EQ(first(FillActivations(clustered, shape, 1, 1)),
            (std::vector<int>{70, 0, 128, 51, 120, 128, 96, 132}));
  EXPECT_EQ(first(FillWeights(0.25, 64, 1, 2)),
            (std::vector<int>{0, 224, 162, 170, 162, 0, 30, 163}));
  EXPECT_EQ(FillBiases(1024, 4, 1, 3), (std::vector<int32_t>{349, -698, -132, 365}));
  EXPECT_NE(FillActivations(iid, shape, 1, 2), FillActivations(iid, shape, 1, 1));
  for (const Fill& fill : {iid, clustered}) {
    const std::vector<uint8_t> one = FillActivations(fill, shape, 1, 1);
    std::vector<uint8_t> three = FillActivations(fill, shape, 3, 1);
    three.resize(one.size());
    EXPECT_EQ(three, one);
  }
}

// --- Graphs --------------------------------------------------------------------------

struct LayerFigures {
  std::string name;
  bool scales = false;  // pools do not
  bool relu = false;
  double saturated = 0, zeros = 0;
};

// Runs the workload once on the reference engine.
std::vector<LayerFigures> Figures(const Workload& w) {
  const Graph graph = ImportWorkload(w, "w.yaml");
  const auto tensors = RunReference(graph, RandomInputs(graph, 1, graph.seed));
  std::vector<LayerFigures> figures;
  for (size_t i = 0; i < w.layers.size(); ++i) {
    const WorkloadLayer& layer = w.layers[i];
    const Tensor& out = graph.output_of(graph.ops[i]);
    const TensorData& data = tensors[static_cast<size_t>(graph.ops[i].outputs[0])];
    LayerFigures f;
    f.name = layer.name;
    f.scales = layer.has_weights() || layer.type == WorkloadType::kAdd;
    f.relu = layer.relu;
    f.zeros = ZeroFraction(data, out.zero_point());
    f.saturated = ZeroFraction(data, 127) + (layer.relu ? 0 : ZeroFraction(data, -128));
    figures.push_back(f);
  }
  return figures;
}

void ExpectFewSaturate(const Workload& w) {
  double worst = 0;
  std::string which;
  for (const LayerFigures& f : Figures(w)) {
    if (!f.scales) continue;
    EXPECT_LE(f.saturated, kMostSaturated) << w.name << " " << f.name;
    if (f.saturated > worst) which = f.name;
    worst = std::max(worst, f.saturated);
  }
  std::printf("%s, seed %d: at most %.2f %% of a layer's outputs saturate (%s)\n", w.name.c_str(),
              static_cast<int>(w.seed), 100 * worst, which.c_str());
}

TEST(Scales, FewOutputsOfIndependentLayersSaturate) {
  for (double zeros : {0.0, 0.5, 0.8, 0.9, 0.95, 0.99, 1.0}) {
    for (ZerosKind kind : {ZerosKind::kIid, ZerosKind::kClustered}) {
      Workload w;
      w.name = "small";
      for (const char* relu : {"true", "false"}) {
        const std::string rest = std::string(", relu: ") + relu + "}\n";
        const Workload part = Parse(
            "- {name: conv, type: conv, N: 2, C: 32, H: 20, W: 20, M: 40, R: 3, S: 3" + rest +
            "- {name: one, type: conv, N: 1, C: 1, H: 60, W: 60, M: 64, R: 1, S: 1" + rest +
            "- {name: sparse, type: conv, N: 1, C: 64, H: 20, W: 20, M: 64, R: 1, S: 1, "
            "weight_zeros: 0.9" + rest +
            "- {name: dw, type: depthwise, N: 1, C: 64, H: 30, W: 30, R: 3, S: 3" + rest +
            "- {name: fc, type: matmul, M: 100, K: 256, N: 200" + rest +
            "- {name: add, type: add, N: 1, C: 32, H: 30, W: 30" + rest);
        for (WorkloadLayer layer : part.layers) {
          layer.name += relu;
          layer.activation_zeros = zeros;
          w.layers.push_back(layer);
        }
      }
      w.zeros_kind = kind;
      ExpectFewSaturate(w);
    }
  }
}

TEST(Scales, FewOutputsOfTheShippedNetworksSaturate) {
  for (const char* name : kShipped) {
    Workload w = Shipped(name);
    const bool chained = !w.layers.back().inputs.empty();
    for (uint64_t seed = 1; seed <= (chained ? 2 : 1); ++seed) {
      for (double zeros : {-1.0, 0.0, 0.25, 0.75}) {
        if (!chained && zeros >= 0) continue;
        w.name = name;
        w.seed = seed;
        w.zeros.reset();
        if (zeros >= 0) {
          w.zeros = zeros;
          w.name += " with zeros " + std::to_string(zeros);
        }
        ExpectFewSaturate(w);
      }
    }
  }
}

TEST(Scales, InputsFollowTheZeroFractions) {
  Workload w = Shipped("alexnet");
  const auto zeros_of_inputs = [&] {
    const Graph graph = ImportWorkload(w, "w.yaml");
    std::vector<double> zeros;
    for (const TensorData& data : RandomInputs(graph, 1, 1))
      zeros.push_back(ZeroFraction(data, -128));
    return zeros;
  };
  const std::vector<double> published = zeros_of_inputs();
  for (size_t i = 0; i < published.size(); ++i)
    EXPECT_NEAR(published[i], w.layers[i].activation_zeros, 0.01);
  w.zeros = 0;
  for (double zeros : zeros_of_inputs()) EXPECT_EQ(zeros, 0);
  w.zeros = 0.6;
  for (double zeros : zeros_of_inputs()) EXPECT_NEAR(zeros, 0.6, 0.01);
}

// Of a chain only the inputs are random; rectified layers come near the wanted fraction.
TEST(Scales, RectifiedLayersFollowTheZeroFractions) {
  Workload w = Shipped("mobilenet_v1");
  for (double zeros : {0.0, 0.25, 0.5, 0.75}) {
    w.zeros = zeros;
    double sum = 0, count = 0;
    for (const LayerFigures& f : Figures(w)) {
      if (!f.relu) continue;
      EXPECT_NEAR(f.zeros, zeros, zeros == 0 ? 0.001 : 0.25) << f.name;
      sum += f.zeros;
      ++count;
    }
    EXPECT_NEAR(sum / count, zeros, 0.1) << zeros;
  }
}

TEST(ImportWorkload, AProgramFileBringsItsWorkload) {
  Workload w = Parse(std::string("- {name: a, type: conv, ") + kConv + ", relu: true}\n" +
                     "- {name: b, type: conv, input: a, M: 5, R: 1, S: 1}\n");
  w.seed = 77;
  w.zeros = 0.3;
  w.zeros_kind = ZerosKind::kClustered;
  const std::string yaml = WorkloadToYaml(w);
  Program program = Compile(ImportWorkload(w, "w.yaml"), LoadConfig("weft168"));
  program.model_name = "w.yaml";
  program.model_bytes.assign(yaml.begin(), yaml.end());
  const Program again = ReadProgram(WriteProgram(program), "w.weft");
  EXPECT_EQ(again.image, program.image);
  EXPECT_EQ(again.graph.seed, 77u);
  EXPECT_EQ(RandomInputs(again.graph, 2, 77), RandomInputs(program.graph, 2, 77));
}

}  // namespace
}  // namespace weft
