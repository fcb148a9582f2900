// SPDX-License-Identifier: Apache-2.0
// Single layers on the verilated accelerator: the committed single-operator models with TFLite's
// outputs, and random layers against the reference engine.
#include <gtest/gtest.h>

#include "tests/support/random_layers.h"
#include "tests/support/rtl.h"

namespace weft {
namespace {

namespace fs = std::filesystem;

// files: raw tensors one after the other, in the order of `tensors`.
std::vector<TensorData> Split(const Graph& graph, const std::vector<int>& tensors, const TensorData& file) {
  std::vector<TensorData> parts;
  int64_t at = 0;
  for (int t : tensors) {
    parts.emplace_back(file.begin() + at, file.begin() + at + graph.tensor(t).bytes());
    at += graph.tensor(t).bytes();
  }
  EXPECT_EQ(at, static_cast<int64_t>(file.size()));
  return parts;
}

TEST(SingleOperators, AllGiveTflitesBytesOnWeft168) {
  std::vector<fs::path> models;
  for (const auto& entry : fs::directory_iterator(fs::path(WEFT_SOURCE_DIR) / "tests/network/single_op"))
    if (entry.path().extension() == ".tflite") models.push_back(entry.path());
  std::sort(models.begin(), models.end());
  ASSERT_GE(models.size(), 200u);
  const Config config = LoadConfig("weft168");
  int on_array = 0;
  for (fs::path path : models) {
    test::RtlNetwork network(ImportTfliteFile(path.string()), config);
    const Graph& graph = network.program().graph;
    const auto inputs = Split(graph, graph.inputs, test::ReadFile(path.replace_extension(".in")));
    const auto golden = Split(graph, graph.outputs, test::ReadFile(path.replace_extension(".out")));
    ASSERT_EQ(network.session().Run(inputs), golden) << path.stem();
    on_array += network.program().segments.empty() ? 0 : 1;
  }
  std::printf("%zu models equal, %d of them with layers on the array\n", models.size(), on_array);
}

class RandomLayers : public ::testing::TestWithParam<const char*> {};

TEST_P(RandomLayers, EqualTheReference) {
  const Config config = LoadConfig(GetParam());
  const uint64_t count = test::LongTests() ? 1500 : 300;
  for (uint64_t seed = 1; seed <= count; ++seed) {
    const test::RandomCase c = test::MakeRandomLayer(seed, 10);
    const std::vector<TensorData> expected = RunReference(c.graph, c.inputs);
    test::RtlNetwork network(c.graph, config);
    const std::vector<TensorData> got = network.session().Run(c.inputs);
    ASSERT_EQ(got[0], expected[static_cast<size_t>(c.graph.outputs[0])]) << c.text;
  }
  std::printf("%d layers equal on %s\n", static_cast<int>(count), GetParam());
}
TEST_P(RandomLayers, PairsEqualTheReference) {
  const Config config = LoadConfig(GetParam());
  const uint64_t count = test::LongTests() ? 400 : 80;
  int pairs = 0;
  for (uint64_t seed = 1; seed <= count; ++seed) {
    const test::RandomCase c = test::MakeRandomPair(seed, 10);
    const std::vector<TensorData> expected = RunReference(c.graph, c.inputs);
    test::RtlNetwork network(c.graph, config);
    pairs += test::CountPairs(network.program());
    const std::vector<TensorData> got = network.session().Run(c.inputs);
    ASSERT_EQ(got[0], expected[static_cast<size_t>(c.graph.outputs[0])]) << c.text;
  }
  EXPECT_GT(pairs, static_cast<int>(count) / 8);
  std::printf("%d cases equal on %s, %d of them as pairs\n", static_cast<int>(count), GetParam(), pairs);
}
INSTANTIATE_TEST_SUITE_P(Configs, RandomLayers, ::testing::Values("weft168", "odd", "nano"));

}  // namespace
}  // namespace weft
