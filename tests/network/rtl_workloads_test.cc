// SPDX-License-Identifier: Apache-2.0
// Small workloads of every layer type on the verilated accelerator, against the reference engine.
#include <gtest/gtest.h>

#include "compiler/import_workload.h"
#include "compiler/mapping_space.h"
#include "compiler/program_file.h"
#include "sim/input.h"
#include "tests/support/both_engines.h"
#include "tests/support/rtl.h"

namespace weft {
namespace {

constexpr char kIndependent[] = R"(
name: independent
source: this test
layers:
  - {name: groups, type: conv, N: 2, C: 8, H: 9, W: 9, M: 12, R: 5, S: 5, pad: 2, groups: 2,
     activation_zeros: 0.387, relu: true}
  - {name: strided, type: conv, N: 1, C: 3, H: 23, W: 23, M: 16, R: 11, S: 11, stride: 4,
     weight_zeros: 0.3}
  - {name: dw, type: depthwise, N: 2, C: 20, H: 10, W: 9, R: 3, S: 3, stride: 2, pad: same}
  - {name: product, type: matmul, M: 16, K: 96, N: 40, activation_zeros: 0.9}
  - {name: sum, type: add, N: 2, C: 16, H: 5, W: 7, activation_zeros: 0.5, relu: true}
  - {name: largest, type: max_pool, N: 2, C: 16, H: 9, W: 9, R: 3, S: 3, stride: 2, pad: same}
  - {name: mean, type: average_pool, N: 2, C: 16, H: 8, W: 8, R: 2, S: 3, stride: 2}
)";

// The shapes of ResNet-50 and MobileNet-v1 in small: projections, bottlenecks, depthwise.
constexpr char kChained[] = R"(
name: chained
source: this test
layers:
  - {name: conv1, type: conv, N: 1, C: 3, H: 20, W: 20, M: 8, R: 7, S: 7, stride: 2, pad: same,
     relu: true}
  - {name: pool1, type: max_pool, input: conv1, R: 3, S: 3, stride: 2, pad: same}
  - {name: p, type: conv, input: pool1, M: 24, R: 1, S: 1}
  - {name: a, type: conv, input: pool1, M: 8, R: 1, S: 1, relu: true}
  - {name: b, type: conv, input: a, M: 8, R: 3, S: 3, pad: same, relu: true}
  - {name: c, type: conv, input: b, M: 24, R: 1, S: 1}
  - {name: add, type: add, inputs: [c, p], relu: true}
  - {name: dw, type: depthwise, input: add, R: 3, S: 3, stride: 2, pad: same, relu: true}
  - {name: pw, type: conv, input: dw, M: 32, R: 1, S: 1, relu: true}
  - {name: pool5, type: average_pool, input: pw, R: 3, S: 3}
  - {name: fc, type: matmul, input: pool5, M: 1, K: 32, N: 10}
)";

class RtlWorkloads : public ::testing::TestWithParam<const char*> {};

TEST_P(RtlWorkloads, EqualTheReference) {
  const Config config = LoadConfig(GetParam());
  for (const char* yaml : {kIndependent, kChained}) {
    for (int variant = 0; variant < 4; ++variant) {
      Workload workload = ParseWorkload(yaml, "workload.yaml");
      SCOPED_TRACE(workload.name + " variant " + std::to_string(variant));
      workload.seed = static_cast<uint64_t>(variant + 1);
      if (variant > 0) workload.zeros = (variant - 1) * 0.4;
      if (variant == 2) workload.zeros_kind = ZerosKind::kClustered;
      test::RtlNetwork network(ImportWorkload(workload, "workload.yaml"), config);
      const Graph& graph = network.program().graph;
      const auto inputs = RandomInputs(graph, 1, graph.seed);
      const auto expected = RunReference(graph, inputs);
      const auto got = network.session().Run(inputs);
      for (size_t i = 0; i < got.size(); ++i)
        ASSERT_EQ(got[i], expected[static_cast<size_t>(graph.outputs[i])])
            << graph.tensor(graph.outputs[i]).name;
    }
  }
}
INSTANTIATE_TEST_SUITE_P(Configs, RtlWorkloads, ::testing::Values("weft168", "odd", "nano"));

// Padded images of few rows: computed in parts (compiler/split.h), one with a residual.
constexpr char kInParts[] = R"(
name: parts
source: this test
layers:
  - {name: other, type: conv, N: 8, C: 8, H: 7, W: 7, M: 64, R: 1, S: 1}
  - {name: wide, type: conv, N: 6, C: 96, H: 6, W: 7, M: 64, R: 5, S: 5, pad: 2, groups: 2, activation_zeros: 0}
  - {name: conv, type: conv, N: 8, C: 48, H: 7, W: 7, M: 64, R: 3, S: 3, pad: 1, activation_zeros: 0}
  - {name: sum, type: add, inputs: [conv, other]}
)";

TEST(RtlWorkloadParts, EqualTheReference) {
  const Graph graph = ImportWorkload(ParseWorkload(kInParts, "w.yaml"), "w.yaml");
  CompileOptions options;
  options.objective = Objective::kLatency;  // small layers would be whole for their traffic
  Program program = Compile(graph, LoadConfig("weft168"), options);
  int in_parts = 0;
  for (const std::vector<Mapping>& step : program.mappings)
    for (const Mapping& m : step) in_parts += m.parts > 1;
  EXPECT_EQ(in_parts, 2 * 5 + 3);
  const auto inputs = RandomInputs(graph, 1, 1);
  const auto expected = RunReference(graph, inputs);
  DeviceReport rtl;
  const Comparison comparison = test::RunBoth(program, inputs, test::QuietRtl(), &rtl);
  EXPECT_EQ(comparison.difference, "");
  for (size_t i = 0; i < graph.outputs.size(); ++i)
    EXPECT_EQ(rtl.result.outputs[i], expected[static_cast<size_t>(graph.outputs[i])]);
  const std::string yaml(kInParts);
  program.model_name = "w.yaml";
  program.model_bytes.assign(yaml.begin(), yaml.end());
  const std::vector<uint8_t> file = WriteProgram(program);
  EXPECT_EQ(WriteProgram(ReadProgram(file, "again.weft")), file);
}

// Sums wait for chunks of the ifmap; two tiles of positions, or one of all.
constexpr char kInChunks[] = R"(
name: chunks
source: test
layers:
  - {name: places, type: conv, N: 1, C: 96, H: 14, W: 14, M: 64, R: 3, S: 3, pad: 1, activation_zeros: 0.9}
  - {name: place, type: conv, N: 3, C: 128, H: 7, W: 7, M: 64, R: 3, S: 3, pad: 1, activation_zeros: 0.9}
)";

// A tile of filters begins with the chunk that the one before it at the same place ended with.
TEST(RtlWorkloadChunks, AreNotLoadedAgainAtATurn) {
  const Graph graph = ImportWorkload(ParseWorkload(kInChunks, "w.yaml"), "w.yaml");
  const Program program = Compile(graph, LoadConfig("odd"));
  const auto inputs = RandomInputs(graph, 1, 1);
  const auto expected = RunReference(graph, inputs);
  DeviceReport rtl;
  EXPECT_EQ(test::RunBoth(program, inputs, test::QuietRtl(), &rtl).difference, "");
  for (size_t i = 0; i < graph.outputs.size(); ++i)
    EXPECT_EQ(rtl.result.outputs[i], expected[static_cast<size_t>(graph.outputs[i])]);
  for (size_t i = 0; i < program.mappings.size(); ++i) {
    const Mapping& m = program.mappings[i][0];
    const ArrayLayer& layer = program.plan.steps[i].layers[0];
    const int chunks = CeilDiv(m.row_blocks(), m.chunk_blocks), tiles = FilterTiles(m);
    ASSERT_TRUE(chunks > 1 && tiles > 2 && m.tile_cols == layer.out.w);
    EXPECT_EQ(PositionTiles(layer, m), i == 0 ? 2 : 1);
    int64_t pixels = 0;  // of all places
    for (int y = 0; y < layer.out.h; y += m.tile_rows)
      pixels += layer.in.n * layer.in.w * (std::min(layer.in.h, y + m.tile_rows + 1) - std::max(0, y - 1));
    const size_t entries = static_cast<size_t>(m.chunk_blocks) * static_cast<size_t>(m.seg_rows);
    const auto channels = [&](size_t k) {
      const RowEntry& last = m.rows[std::min(m.rows.size(), (k + 1) * entries) - 1];
      return last.channel + last.count - m.rows[k * entries].channel;
    };
    const size_t end = static_cast<size_t>(chunks) - 1;
    int64_t loaded = 0;
    for (size_t k = 0; k <= end; ++k) loaded += channels(k) * tiles;
    for (int turn = 1; turn < tiles; ++turn) loaded -= channels(turn % 2 == 1 ? end : 0);
    EXPECT_EQ(rtl.result.layers[i].events[spec::kEvDramRdIl], pixels * loaded);
  }
}

// The same layer within the network and alone give the same bytes, with nothing else computed.
TEST(RtlWorkloadLayers, EqualTheReferenceAlone) {
  const Config config = LoadConfig("odd");
  CompileOptions alone;
  alone.one_segment_per_layer = true;
  for (const char* yaml : {kIndependent, kChained}) {
    test::RtlNetwork network(ImportWorkload(ParseWorkload(yaml, "w.yaml"), "w.yaml"), config,
                             test::QuietRtl(), alone);
    const Program& program = network.program();
    const auto inputs = RandomInputs(program.graph, 1, 1);
    const auto expected = RunReference(program.graph, inputs);
    for (size_t s = 0; s < program.plan.steps.size(); ++s) {
      const Step& step = program.plan.steps[s];
      std::vector<bool> needed(program.graph.ops.size());
      for (int op : step.ops) needed[static_cast<size_t>(op)] = true;
      AddProducers(program.graph, &needed);
      const TensorData got = network.session().RunStep(
          static_cast<int>(s), RunReference(program.graph, inputs, needed));
      ASSERT_EQ(got, expected[static_cast<size_t>(step.output_tensor)]) << step.name;
    }
  }
}

}  // namespace
}  // namespace weft
