// SPDX-License-Identifier: Apache-2.0
// Mappings as Timeloop's loop nests: the files parse, the loops make every element of every dimension once, and
// what is spatial fits the array.
#include <gtest/gtest.h>
#include <yaml-cpp/yaml.h>

#include <map>
#include <sstream>

#include "compiler/timeloop.h"
#include "tests/support/random_layers.h"

namespace weft {
namespace {

ArrayLayer DrawLayer(test::Random* r) {
  ArrayLayer l;
  l.mode = r->Chance(0.3) ? LayerMode::kDepthwise : LayerMode::kConv;
  l.kernel_h = r->Int(1, 5);
  l.kernel_w = r->Int(1, 5);
  l.stride_h = r->Int(1, 2);
  l.stride_w = r->Int(1, 2);
  l.pad_top = r->Int(0, l.kernel_h - 1);
  l.pad_left = r->Int(0, l.kernel_w - 1);
  l.in.n = l.out.n = r->Int(1, 3);
  l.in.h = r->Int(l.kernel_h, 40);
  l.in.w = r->Int(l.kernel_w, 40);
  l.in.c = r->Int(1, 100);
  l.out.h = (l.in.h + 2 * l.pad_top - l.kernel_h) / l.stride_h + 1;
  l.out.w = (l.in.w + 2 * l.pad_left - l.kernel_w) / l.stride_w + 1;
  l.out.c = l.mode == LayerMode::kConv ? r->Int(1, 200) : l.in.c;
  return l;
}

// "N=1 M=4,3" by dimension: bound and last.
std::map<char, std::pair<int, int>> Factors(const std::string& text) {
  std::map<char, std::pair<int, int>> factors;
  std::istringstream words(text);
  for (std::string word; words >> word;) {
    int bound = 0, last = 0;
    const int found = std::sscanf(word.c_str() + 1, "=%d,%d", &bound, &last);
    EXPECT_GE(found, 1) << word;
    EXPECT_EQ(factors.count(word[0]), 0u) << word;
    factors[word[0]] = {bound, found == 2 ? last : bound};
  }
  return factors;
}

class Timeloop : public ::testing::TestWithParam<std::string> {};

TEST_P(Timeloop, LoopsMakeEveryElementOnce) {
  const Config config = LoadConfig(GetParam());
  test::Random r(11);
  for (int round = 0; round < 60; ++round) {
    const ArrayLayer layer = DrawLayer(&r);
    const Mapping m = ChooseMapping(layer, config);
    const YAML::Node problem = YAML::Load(TimeloopProblem(layer, "a: \"b\"\n#"))["problem"];
    const YAML::Node nodes = YAML::Load(TimeloopArchitecture(config))["architecture"]["nodes"];
    const std::string text = TimeloopMapping(layer, config, m, "name");
    const YAML::Node mapping = YAML::Load(text)["mapping"];
    SCOPED_TRACE(text);

    std::map<std::string, YAML::Node> parts;
    std::map<std::string, int> mesh;
    for (const YAML::Node& node : nodes) {
      EXPECT_TRUE(node.Tag() == "!Container" || node.Tag() == "!Component") << node.Tag();
      parts[node["name"].as<std::string>()] = node;
      for (const char* side : {"meshX", "meshY"})
        if (node["spatial"] && node["spatial"][side])
          mesh[node["name"].as<std::string>()] = node["spatial"][side].as<int>();
    }
    std::map<char, int64_t> index;  // of the last element, by dimension
    std::map<std::string, int> spaces_kept;
    for (const YAML::Node& directive : mapping) {  // from DRAM inwards
      const std::string target = directive["target"].as<std::string>(), type = directive["type"].as<std::string>();
      ASSERT_EQ(parts.count(target), 1u) << target;
      if (type == "dataspace") {
        EXPECT_EQ(directive["keep"].size() + directive["bypass"].size(), 3u);
        for (const YAML::Node& space : directive["keep"]) ++spaces_kept[space.as<std::string>()];
        continue;
      }
      const auto factors = Factors(directive["factors"].as<std::string>());
      const std::string order = directive["permutation"].as<std::string>();
      ASSERT_EQ(factors.size(), problem["shape"]["dimensions"].size());
      int64_t product = 1;
      for (const auto& [dim, factor] : factors) {
        EXPECT_NE(order.find(dim), std::string::npos);
        EXPECT_LE(factor.second, factor.first);
        index[dim] = index[dim] * factor.first + factor.second - 1;
        product *= factor.first;
      }
      EXPECT_EQ(order.size(), factors.size());
      if (type == "spatial") {
        EXPECT_LE(product, mesh.at(target));
      }
    }
    for (const YAML::Node& dim : problem["shape"]["dimensions"])
      EXPECT_EQ(index[dim.as<std::string>()[0]] + 1, problem["instance"][dim.as<std::string>()].as<int64_t>()) << dim;
    for (const YAML::Node& space : problem["shape"]["data_spaces"])
      EXPECT_GE(spaces_kept[space["name"].as<std::string>()], 2) << space["name"];

    // In a PE: filters and window fit their spads.
    const TimeloopNest nest = MakeTimeloopNest(layer, config, m);
    const auto of = [&](TimeloopLevel level, char dim) {
      return nest.loops[level][std::string(kTimeloopDims).find(dim)].bound;
    };
    const int window = of(kTimeloopPsumSpad, 'C') * of(kTimeloopPsumSpad, 'S');
    EXPECT_LE(window, config.win_rows * config.win_lanes);
    EXPECT_LE(window * of(kTimeloopIfmapSpad, 'M'), config.filter_depth);
    EXPECT_EQ(parts["mac"]["class"].as<std::string>(), "intmac");
    if (HasFailure()) return;
  }
}
INSTANTIATE_TEST_SUITE_P(Configs, Timeloop, ::testing::Values("weft168", "odd", "ecp5", "nano"));

}  // namespace
}  // namespace weft
