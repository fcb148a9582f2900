// SPDX-License-Identifier: Apache-2.0
// Engine systemc against engine rtl on layers of AlexNet, VGG-16, ResNet-50 and MobileNet-v1, as `weft` maps
// them: slices of 200 thousand cycles or more, shorter layers whole. With --long every distinct layer, and
// one image through AlexNet's convolutions.
#include <gtest/gtest.h>

#include <algorithm>
#include <ostream>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "compiler/import_workload.h"
#include "compiler/mapping_space.h"
#include "sim/input.h"
#include "sim/judge.h"
#include "tests/support/both_engines.h"

namespace weft {
namespace {

constexpr int64_t kLeastCycles = 200'000;
constexpr double kChainZeros = 0.3;  // where the file says nothing
constexpr double kMargin = 1.1;  // the closed form may be wrong

Workload Load(const std::string& name) {
  const std::string file = std::string(WEFT_SOURCE_DIR) + "/workloads/" + name + ".yaml";
  const std::vector<uint8_t> bytes = test::ReadFile(file);
  return ParseWorkload(std::string(bytes.begin(), bytes.end()), file);
}

// The layer on random inputs of its own; an addition with the convolution that it is fused into.
Workload Alone(const Workload& network, size_t index) {
  const WorkloadLayer& layer = network.layers[index];
  Workload alone;
  alone.name = alone.source = "alone";
  const auto append = [&alone](WorkloadLayer one, const char* name) {
    one.name = name;
    if (!one.inputs.empty()) one.activation_zeros = kChainZeros;
    one.inputs.clear();
    alone.layers.push_back(std::move(one));
  };
  if (layer.type == WorkloadType::kAdd) {
    const WorkloadLayer& conv = network.layers[static_cast<size_t>(layer.inputs[0])];
    append(conv, "other");
    append(conv, "conv");
    alone.layers.push_back(layer);
    alone.layers.back().inputs = {1, 0};
  } else {
    append(layer, "layer");
  }
  return alone;
}

struct Case {
  std::string network, layer;
  Workload alone;
  bool always;  // not only with --long
};
void PrintTo(const Case& c, std::ostream* out) { *out << c.network << " " << c.layer; }

// Every distinct layer.
std::vector<Case> Cases() {
  const std::set<std::string> always = {"alexnet conv1", "alexnet conv2", "vgg16 conv4_2", "resnet50 s2b1_b",
                                        "resnet50 s3b2_add", "mobilenet_v1 pw7"};
  std::vector<Case> cases;
  std::set<std::string> seen;
  for (const char* network : {"alexnet", "vgg16", "resnet50", "mobilenet_v1"}) {
    const Workload workload = Load(network);
    for (size_t i = 0; i < workload.layers.size(); ++i) {
      Workload alone = Alone(workload, i);
      const std::string name = workload.layers[i].name;
      if (!seen.insert(WorkloadToYaml(alone)).second) continue;
      cases.push_back({network, name, std::move(alone), always.count(network + (" " + name)) != 0});
    }
  }
  return cases;
}

Program Map(const Workload& workload, int64_t slice_tiles) {
  CompileOptions options;
  options.judge = JudgeByModel;
  options.slice_tiles = slice_tiles;
  return Compile(ImportWorkload(workload, workload.name), LoadConfig("weft168"), options);
}

struct Tiles {
  int64_t wanted = 0;  // of each array layer, so that together they take the cycles wanted
  int64_t most = 0;    // that an array layer has
};

Tiles TilesOf(const Program& program) {
  double cycles = 0;  // of a tile of each
  int64_t most = 0;
  for (size_t s = 0; s < program.mappings.size(); ++s)
    for (size_t i = 0; i < program.mappings[s].size(); ++i) {
      const Mapping& m = program.mappings[s][i];
      const int64_t tiles = PositionTiles(program.plan.steps[s].layers[i], m) * FilterTiles(m);
      cycles += static_cast<double>(m.cycles) / static_cast<double>(tiles);
      most = std::max(most, tiles);
    }
  return {static_cast<int64_t>(kMargin * kLeastCycles / cycles) + 1, most};
}

int64_t SystemcCycles(const Program& program) {
  DeviceRunner runner(program, MakeSystemcDevice(program.config, program.window_bytes, test::QuietRtl()));
  RunOnDevice(program, &runner, RandomInputs(program.graph, 1, 1), {});
  return runner.cycles();
}

void ExpectEqual(const Program& program, const std::string& name, int64_t least_cycles) {
  DeviceReport rtl;
  const Comparison comparison =
      test::RunBoth(program, RandomInputs(program.graph, 1, 1), test::QuietRtl(), &rtl);
  EXPECT_EQ(comparison.difference, "");
  EXPECT_EQ(rtl.result.fault.code, 0);
  EXPECT_GE(rtl.cycles, least_cycles);
  std::printf("%s: %lld cycles, %lld comparisons equal\n", name.c_str(), static_cast<long long>(rtl.cycles),
              static_cast<long long>(comparison.count));
}

class RtlSlices : public ::testing::TestWithParam<Case> {};

TEST_P(RtlSlices, EqualSystemc) {
  if (!GetParam().always && !test::LongTests()) GTEST_SKIP() << "runs with scripts/test --long";
  Program program = Map(GetParam().alone, 0);
  const Tiles tiles = TilesOf(program);
  std::string name = GetParam().network + " " + GetParam().layer;
  int64_t least_cycles = 1;
  for (int64_t slice = tiles.wanted; slice < tiles.most && least_cycles == 1; slice *= 2) {
    Program sliced = Map(GetParam().alone, slice);
    if (SystemcCycles(sliced) < kLeastCycles) continue;
    program = std::move(sliced);
    name += ", " + std::to_string(slice) + " tiles";
    least_cycles = kLeastCycles;
  }
  if (GetParam().always) least_cycles = kLeastCycles;
  ExpectEqual(program, name, least_cycles);
}
INSTANTIATE_TEST_SUITE_P(Layers, RtlSlices, ::testing::ValuesIn(Cases()),
                         [](const auto& info) { return info.param.network + "_" + info.param.layer; });

TEST(RtlWhole, AlexNetImageEqualsSystemc) {
  if (!test::LongTests()) GTEST_SKIP() << "runs with scripts/test --long";
  Workload image = Load("alexnet");
  for (WorkloadLayer& layer : image.layers) layer.in_shape[0] = layer.out_shape[0] = 1;
  ExpectEqual(Map(image, 0), "alexnet, one image", 1'000'000);
}

}  // namespace
}  // namespace weft
