// SPDX-License-Identifier: Apache-2.0
// What the importer resolves, on files made in memory. Values were computed by hand from
// the format's rules.

#include "compiler/import_tflite.h"

#include <gtest/gtest.h>

#include <cmath>

#include "tests/support/tflite_builder.h"

namespace weft {
namespace {

using test::Activation;
using test::ConvModel;
using test::ConvSpec;
using test::Integers;
using test::ModelSpec;
using test::Options;
using test::SimpleModel;
namespace fbs = test::fbs;

Graph Import(const ModelSpec& spec) { return ImportTflite(test::Build(spec), "test.tflite"); }

double Real(Multiplier m) { return std::ldexp(static_cast<double>(m.m0), m.exponent - 31); }

TEST(Import, ConvolutionResolvesEverything) {
  const Graph graph = Import(ConvModel());
  ASSERT_EQ(graph.ops.size(), 1u);
  const Op& op = graph.ops[0];
  EXPECT_EQ(op.kind, OpKind::kConv2d);
  EXPECT_EQ(op.name, "y");
  EXPECT_EQ(op.inputs, (std::vector<int>{0, 1, 2}));
  EXPECT_EQ(op.outputs, (std::vector<int>{3}));
  EXPECT_TRUE(op.has_bias());
  const ConvAttrs& conv = op.conv();
  EXPECT_EQ(conv.groups, 1);
  EXPECT_EQ(conv.input_zero_point, 3);
  EXPECT_EQ(conv.output.zero_point, -5);
  EXPECT_EQ(conv.output.qmin, -128);
  EXPECT_EQ(conv.output.qmax, 127);
  EXPECT_EQ(conv.output.rounding, Rounding::kDouble);
  EXPECT_EQ(conv.weight_zero_points, std::vector<int32_t>(6, 0));
  ASSERT_EQ(conv.output.multipliers.size(), 6u);
  for (int o = 0; o < 6; ++o) {
    EXPECT_NEAR(Real(conv.output.multipliers[static_cast<size_t>(o)]), 0.02 * (o + 1), 1e-8);
  }
  EXPECT_EQ(graph.tensors[1].data.size(), 6u * 9 * 4);
  EXPECT_EQ(graph.inputs, (std::vector<int>{0}));
  EXPECT_EQ(graph.outputs, (std::vector<int>{3}));
}

TEST(Import, SamePaddingPutsTheOddRowBelow) {
  // 6 rows, stride 2: 3 outputs, 1 row of padding in all: below. 5 columns: 1 + 1.
  const Graph graph = Import(ConvModel({fbs::Padding::SAME, 2, 2}, {1, 3, 3, 6}));
  const Window& w = graph.ops[0].conv().window;
  EXPECT_EQ(w.pad_top, 0);
  EXPECT_EQ(w.pad_bottom, 1);
  EXPECT_EQ(w.pad_left, 1);
  EXPECT_EQ(w.pad_right, 1);
  EXPECT_EQ(w.stride_h, 2);
}

TEST(Import, ValidPaddingUnequalStridesAndDilation) {
  // Rows: span 3, (6 - 3) / 3 + 1 = 2. Columns: span 2 * 2 + 1 = 5, 1 output.
  const Graph graph = Import(ConvModel({fbs::Padding::VALID, 3, 1, 1, 2}, {1, 2, 1, 6}));
  const Window& w = graph.ops[0].conv().window;
  EXPECT_EQ(w.stride_h, 3);
  EXPECT_EQ(w.stride_w, 1);
  EXPECT_EQ(w.dilation_h, 1);
  EXPECT_EQ(w.dilation_w, 2);
  EXPECT_EQ(w.pad_top + w.pad_bottom + w.pad_left + w.pad_right, 0);
}

TEST(Import, GroupsFollowFromTheShapes) {
  const Graph graph = Import(ConvModel({}, {1, 6, 5, 6}, 2));
  EXPECT_EQ(graph.ops[0].conv().groups, 2);
}

TEST(Import, ActivationsBecomeClampRanges) {
  // Output scale 0.25, zero point -5.
  const struct {
    fbs::Activation activation;
    int qmin, qmax;
  } cases[] = {{fbs::Activation::NONE, -128, 127},
               {fbs::Activation::RELU, -5, 127},
               {fbs::Activation::RELU6, -5, 19},
               {fbs::Activation::RELU_N1_TO_1, -9, -1}};
  for (const auto& c : cases) {
    ConvSpec spec;
    spec.activation = c.activation;
    const Graph graph = Import(ConvModel(spec));
    EXPECT_EQ(graph.ops[0].conv().output.qmin, c.qmin);
    EXPECT_EQ(graph.ops[0].conv().output.qmax, c.qmax);
  }
}

TEST(Import, AbsentBiasIsLeftOut) {
  for (bool listed : {false, true}) {
    ModelSpec spec = ConvModel();
    spec.ops[0].inputs = listed ? std::vector<int32_t>{0, 1, -1} : std::vector<int32_t>{0, 1};
    const Graph graph = Import(spec);
    EXPECT_FALSE(graph.ops[0].has_bias());
    EXPECT_EQ(graph.ops[0].inputs, (std::vector<int>{0, 1}));
  }
}

TEST(Import, WeightZeroPointsAndOneScaleForAll) {
  ModelSpec spec = ConvModel();
  spec.tensors[1].scales = {0.02f};
  spec.tensors[1].zero_points = {-7};
  const Graph graph = Import(spec);
  EXPECT_EQ(graph.ops[0].conv().weight_zero_points, std::vector<int32_t>(6, -7));
  EXPECT_EQ(graph.ops[0].conv().output.multipliers.size(), 6u);
}

TEST(Import, MeanOverHeightAndWidth) {
  for (bool keep : {false, true}) {
    ModelSpec spec = SimpleModel(
        fbs::BuiltinOperator::MEAN,
        {Activation("x", {2, 3, 4, 5}), Integers("axes", {2}, {-2, 1}),
         Activation("y", keep ? std::vector<int32_t>{2, 1, 1, 5} : std::vector<int32_t>{2, 5})});
    spec.ops[0].options = [keep](flatbuffers::FlatBufferBuilder& b) {
      return Options{fbs::BuiltinOptions::ReducerOptions,
                     fbs::CreateReducerOptions(b, keep).Union()};
    };
    const Graph graph = Import(spec);
    const MeanAttrs& mean = graph.ops[0].mean();
    EXPECT_EQ(mean.outer, 2);
    EXPECT_EQ(mean.count, 12);
    EXPECT_EQ(mean.inner, 5);
    EXPECT_NEAR(Real(mean.output.multipliers[0]), 1.0 / 12, 1e-9);
    EXPECT_EQ(graph.ops[0].inputs, (std::vector<int>{0}));
  }
}

TEST(Import, AddBroadcastsAndKeepsMultipliers) {
  const Graph graph = Import(SimpleModel(
      fbs::BuiltinOperator::ADD, {Activation("a", {1, 4, 4, 3}, 0.5f, 1),
                                  {"b", {3}, fbs::TensorType::INT8, {0.25f}, {2}, 0, {1, 2, 3}},
                                  Activation("y", {1, 4, 4, 3}, 1.0f, 3)}));
  const AddParams& p = graph.ops[0].add().params;
  EXPECT_EQ(Real(p.input[0]), 0.5);
  EXPECT_EQ(Real(p.input[1]), 0.25);
  EXPECT_EQ(Real(p.output), 1.0 / (1 << 20));
  EXPECT_EQ(p.input_zero_point[0], 1);
  EXPECT_EQ(p.input_zero_point[1], 2);
  EXPECT_EQ(p.output_zero_point, 3);
  EXPECT_TRUE(graph.tensors[1].is_constant);
}

TEST(Import, PadTransposeReshape) {
  const Graph pad =
      Import(SimpleModel(fbs::BuiltinOperator::PAD,
                         {Activation("x", {2, 3}, 0.5f, -4), Integers("p", {2, 2}, {0, 1, 2, 0}),
                          Activation("y", {3, 5}, 0.5f, -4)}));
  const auto& p = std::get<PadAttrs>(pad.ops[0].attrs);
  EXPECT_EQ(p.before, (std::vector<int>{0, 2}));
  EXPECT_EQ(p.after, (std::vector<int>{1, 0}));
  EXPECT_EQ(p.value, (std::vector<uint8_t>{0xfc}));

  const Graph transpose = Import(SimpleModel(
      fbs::BuiltinOperator::TRANSPOSE,
      {Activation("x", {2, 3, 4}), Integers("perm", {3}, {2, 0, 1}), Activation("y", {4, 2, 3})}));
  EXPECT_EQ(std::get<TransposeAttrs>(transpose.ops[0].attrs).perm, (std::vector<int>{2, 0, 1}));

  const Graph reshape = Import(SimpleModel(
      fbs::BuiltinOperator::RESHAPE,
      {Activation("x", {2, 3, 4}), Integers("shape", {2}, {-1, 12}), Activation("y", {2, 12})}));
  EXPECT_EQ(reshape.ops[0].inputs, (std::vector<int>{0}));
}

TEST(Import, OperatorCodeIsTheLargerOfTheTwoFields) {
  // Files from before the wide field store only the narrow one.
  ModelSpec spec = SimpleModel(fbs::BuiltinOperator::RELU6,
                               {Activation("x", {1, 8}), Activation("y", {1, 8}, 0.125f)});
  const Graph graph = Import(spec);
  EXPECT_EQ(graph.ops[0].kind, OpKind::kRelu6);
  EXPECT_EQ(graph.ops[0].rescale().output.qmax, 48);
  EXPECT_EQ(Real(graph.ops[0].rescale().output.multipliers[0]), 4.0);
}

TEST(Import, NamesArePrintableAndShortInOperators) {
  ModelSpec spec = ConvModel();
  spec.tensors[3].name = "first\nline\t\x01;second";
  const Graph graph = Import(spec);
  EXPECT_EQ(graph.ops[0].name, "first?line??");
  EXPECT_EQ(graph.tensors[3].name, "first?line??;second");
}

TEST(Import, MacsWithAndWithoutPadding) {
  const Graph graph = Import(ConvModel());  // 6 x 5, 3 x 3 SAME, 4 to 6 channels
  const MacCount macs = CountMacs(graph, graph.ops[0]);
  // Valid taps: (3 * 6 - 2) rows x (3 * 5 - 2) columns.
  EXPECT_EQ(macs.macs, 16 * 13 * 4 * 6);
  EXPECT_EQ(macs.macs_padded, 6 * 5 * 9 * 4 * 6);
}

}  // namespace
}  // namespace weft
