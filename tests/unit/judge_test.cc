// SPDX-License-Identifier: Apache-2.0
// How a mapping is decided on: the mapper with a judge, the exact model as one, and the slices of layers that
// it runs.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <vector>

#include "compiler/mapper.h"
#include "compiler/pass_loops.h"
#include "compiler/program.h"
#include "compiler/traffic.h"
#include "model/error.h"
#include "sim/device_runner.h"
#include "sim/judge.h"
#include "sim/layer_bench.h"
#include "sim/run.h"
#include "sim/systemc_device.h"
#include "tests/support/random_layers.h"

namespace weft {
namespace {

ArrayLayer ConvLayer(int channels, int size, int filters, double density) {
  ArrayLayer layer;
  layer.in.c = channels;
  layer.in.h = layer.in.w = layer.out.h = layer.out.w = size;
  layer.out.c = filters;
  for (View* v : {&layer.in, &layer.out}) {
    v->w_stride = v->c;
    v->h_stride = v->w * v->w_stride;
    v->n_stride = v->h * v->h_stride;
  }
  layer.kernel_h = layer.kernel_w = 3;
  layer.pad_top = layer.pad_left = 1;
  layer.density = density;
  layer.weights.assign(static_cast<size_t>(channels) * 9 * static_cast<size_t>(filters), 1);
  layer.bias.assign(static_cast<size_t>(filters), 0);
  layer.multipliers.assign(static_cast<size_t>(filters), Multiplier{1 << 30, -10});
  return layer;
}

TEST(Mapper, TakesTheBestByItsJudgeAndAsksOnceForEqualLayers) {
  const Config config = LoadConfig("weft168");
  const ArrayLayer layer = ConvLayer(64, 28, 64, 0.5);
  const std::vector<Mapping> ranked = RankMappings(layer, config, 8);
  ASSERT_GT(ranked.size(), 4u);
  int asked = 0;  // about all
  const Judge judge = [&](const ArrayLayer&, const Config&, const std::vector<Mapping>& mappings, int64_t) {
    asked += mappings.size() == ranked.size();
    std::vector<Judgement> judged;
    for (const Mapping& m : mappings) {
      const bool second = m.dram_bytes == ranked[2].dram_bytes, third = m.dram_bytes == ranked[3].dram_bytes;
      // That of 3 is worse by a quarter of a cycle.
      judged.push_back(second ? Judgement{1000, 999} : third ? Judgement{999, 1005} : Judgement{1000, 1000});
    }
    return judged;
  };
  Mapper mapper(config, judge);
  const Mapping third = ranked[2];
  const Mapping chosen = mapper.Choose(layer);
  EXPECT_EQ(chosen.cycles, third.cycles);
  EXPECT_EQ(chosen.dram_bytes, third.dram_bytes);
  ArrayLayer other = layer;
  std::fill(other.weights.begin(), other.weights.end(), 2);
  EXPECT_EQ(mapper.Choose(other).cycles, third.cycles);
  EXPECT_EQ(asked, 1);
  other.density = 0.25;
  mapper.Choose(other);
  EXPECT_EQ(asked, 2);
}

TEST(Mapper, WithoutJudgeTakesTheFirst) {
  const Config config = LoadConfig("weft168");
  const ArrayLayer layer = ConvLayer(64, 28, 64, 0.5);
  EXPECT_EQ(Mapper(config, {}).Choose(layer).cycles, RankMappings(layer, config, 8)[0].cycles);
}

constexpr int64_t kMostCycles = 100'000;

// Layers too long to run: what is judged from their beginning against the whole.
TEST(JudgeByModel, ExtrapolatesLongLayers) {
  const Config config = LoadConfig("weft168");
  for (const ArrayLayer& layer : {ConvLayer(64, 56, 64, 0.5), ConvLayer(128, 28, 64, 1), ConvLayer(32, 112, 32, 0.4)}) {
    const std::vector<Mapping> mappings = RankMappings(layer, config, 4);
    const LayerBench bench(layer, config);
    const std::vector<Judgement> judged = JudgeByModel(layer, config, mappings, kMostCycles);
    const std::vector<Judgement> whole = JudgeByModel(layer, config, mappings, INT64_MAX);
    ASSERT_EQ(judged.size(), mappings.size());
    for (size_t i = 0; i < mappings.size(); ++i) {
      ASSERT_GT(mappings[i].cycles, 2 * kMostCycles);
      const auto exact = static_cast<double>(whole[i].cycles);
      EXPECT_NEAR(static_cast<double>(judged[i].cycles), exact, 0.05 * exact);
      EXPECT_EQ(judged[i].dram_bytes, DramBytes(bench.Schedule(mappings[i]).words, config));
    }
    const LayerBench::Commands commands = bench.Schedule(mappings[0]);
    EXPECT_EQ(bench.Run(commands, whole[0].cycles), whole[0].cycles);
    EXPECT_EQ(bench.Run(commands, whole[0].cycles - 1), kNever);
  }
}

TEST(JudgeByModel, LeavesCyclesOfWhatCannotBeAddressed) {
  const Config config = LoadConfig("nano");
  ArrayLayer layer = ConvLayer(4, 8, 4, 1);
  layer.in.h_stride = 1 << 22;  // 29 MB, where 16 MB are the most
  const std::vector<Mapping> mappings = RankMappings(layer, config, 4);
  const std::vector<Judgement> judged = JudgeByModel(layer, config, mappings, INT64_MAX);
  for (size_t i = 0; i < mappings.size(); ++i) EXPECT_EQ(judged[i].cycles, mappings[i].cycles);
}

class Slices : public ::testing::TestWithParam<const char*> {
 protected:
  const Config config_ = LoadConfig(GetParam());
};

// The first passes of a layer, in the middle of a tile or not, come to an end; all passes are as many as
// the loops say.
TEST_P(Slices, OfPassesEnd) {
  int cut = 0;
  for (uint64_t seed = 1; seed <= 60; ++seed) {
    const test::RandomCase c = test::MakeRandomLayer(seed, 12);
    for (const Step& step : LowerGraph(c.graph, true).steps)
      for (const ArrayLayer& lowered : step.layers) {
        const ArrayLayer layer = Canonical(lowered);
        const Mapping m = ChooseMapping(layer, config_);
        const LayerBench bench(layer, config_);
        std::vector<int64_t> ends;
        const int64_t cycles = bench.Run(bench.Schedule(m), kNever, &ends);
        ASSERT_EQ(static_cast<int64_t>(ends.size()), PassLoopsOf(layer, m).all) << c.text;
        const int64_t passes = 1 + static_cast<int64_t>(seed) % 7;
        std::vector<int64_t> first;
        const int64_t shorter = bench.Run(bench.Schedule(m, passes), kNever, &first);
        ASSERT_EQ(static_cast<int64_t>(first.size()), std::min<int64_t>(passes, PassLoopsOf(layer, m).all)) << c.text;
        EXPECT_LE(shorter, cycles) << c.text;
        cut += first.size() < ends.size();
      }
  }
  EXPECT_GT(cut, 5);
}

RunResult RunOnSystemc(const Program& program, const std::vector<TensorData>& inputs) {
  DeviceRunner runner(program, MakeSystemcDevice(program.config, program.window_bytes, {}));
  return RunOnDevice(program, &runner, inputs, {});
}

// A slice of tiles is the beginning of the whole: it stores what the whole stores there, and no more.
TEST_P(Slices, OfTilesStoreWhatTheWholeStores) {
  int partial = 0;
  for (uint64_t seed = 1; seed <= 60; ++seed) {
    const test::RandomCase c = test::MakeRandomLayer(seed, 20);
    const Program whole = Compile(c.graph, config_);
    CompileOptions options;
    options.slice_tiles = 1'000'000;
    EXPECT_EQ(Compile(c.graph, config_, options).segments[0].words, whole.segments[0].words) << c.text;
    options.slice_tiles = 1;
    const Program sliced = Compile(c.graph, config_, options);
    if (sliced.segments[0].words == whole.segments[0].words || whole.plan.steps.size() > 1) continue;
    const RunResult all = RunOnSystemc(whole, c.inputs), part = RunOnSystemc(sliced, c.inputs);
    EXPECT_LT(part.layers[0].cycles, all.layers[0].cycles) << c.text;
    const TensorData &expected = all.outputs[0], &got = part.outputs[0];
    ASSERT_EQ(got.size(), expected.size());
    size_t stored = 0;
    for (size_t i = 0; i < got.size(); ++i) {
      if (got[i] == 0) continue;
      ASSERT_EQ(got[i], expected[i]) << c.text << " byte " << i;
      ++stored;
    }
    partial += stored > 0 && got != expected;
  }
  EXPECT_GT(partial, 5);
}

// Traffic by the commands is what the events count; of commands and records all is counted.
TEST_P(Slices, TrafficIsWhatTheEventsCount) {
  for (uint64_t seed = 101; seed <= 140; ++seed) {
    const test::RandomCase c = test::MakeRandomLayer(seed, 12);
    const Program program = Compile(c.graph, config_);
    const RunResult result = RunOnSystemc(program, c.inputs);
    int64_t counted = 0;
    for (const LayerResult& layer : result.layers) {
      for (int e : {spec::kEvDramRdFl, spec::kEvDramRdIl, spec::kEvDramWrSt})
        counted += layer.events[static_cast<size_t>(e)];
      if (layer.has_record) counted += spec::kRecordWords * 8;
    }
    int64_t moved = 0;
    for (const Segment& segment : program.segments) {
      counted += static_cast<int64_t>(segment.words.size()) * 4;
      moved += DramBytes(segment.words, config_);
    }
    EXPECT_EQ(moved, counted) << c.text;
  }
}
INSTANTIATE_TEST_SUITE_P(Configs, Slices, ::testing::Values("weft168", "odd", "ecp5", "nano"));

}  // namespace
}  // namespace weft
