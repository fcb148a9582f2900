// SPDX-License-Identifier: Apache-2.0
// Commands of random networks: whatever the timing, nothing is read before it is written or written before it
// has been read.
#include <gtest/gtest.h>

#include "compiler/command.h"
#include "compiler/import_workload.h"
#include "tests/support/hazards.h"
#include "tests/support/models.h"
#include "tests/support/random_configs.h"
#include "tests/support/random_layers.h"

namespace weft {
namespace {

int64_t accesses = 0;
int pairs[2] = {};  // with one and with two buffers between the layers, of more tiles than one

void ExpectNoHazard(const Graph& graph, const Config& config, const std::string& text) {
  const Program program = Compile(graph, config);
  for (const Segment& segment : program.segments) {
    test::HazardCheck check(program, segment);
    ASSERT_EQ(check.Run(), "") << text << " on\n" << config.ToYaml();
    accesses += check.accesses();
  }
  for (size_t s = 0; s < program.mappings.size(); ++s) {
    if (program.mappings[s].empty() || !program.mappings[s][0].paired()) continue;
    const Mapping& first = program.mappings[s][0];
    if (first.tile_rows < program.plan.steps[s].layers[0].out.h) ++pairs[first.out_slots - 1];
  }
}

TEST(Schedule, RandomNetworksHaveNoHazard) {
  constexpr uint64_t kNetworks = 40, kPairs = 40;
  std::vector<Config> configs;
  for (const char* name : {"weft168", "odd", "ecp5", "nano"}) configs.push_back(LoadConfig(name));
  for (uint64_t i = 1; i <= 6; ++i) configs.push_back(test::MakeRandomConfig(i));
  for (const Config& config : configs) {
    for (uint64_t seed = 0; seed < kNetworks && !HasFatalFailure(); ++seed) {
      const test::RandomCase c = test::MakeRandomNetwork(7000 + seed, seed % 4 == 0 ? 24 : 12);
      ExpectNoHazard(c.graph, config, c.text);
    }
    for (uint64_t seed = 0; seed < kPairs && !HasFatalFailure(); ++seed) {
      const test::RandomCase c = test::MakeRandomPair(8000 + seed, seed % 4 == 0 ? 24 : 12);
      ExpectNoHazard(c.graph, config, c.text);
    }
  }
  EXPECT_GT(pairs[1], 0);
  std::printf("%d networks on %d configurations, %lld accesses to bytes in order, %d pairs\n",
              static_cast<int>(kNetworks + kPairs), static_cast<int>(configs.size()), static_cast<long long>(accesses),
              pairs[1]);
}

TEST(Schedule, MobileNetHasNoHazard) {
  const std::string path = WEFT_SOURCE_DIR "/workloads/mobilenet_v1.yaml";
  pairs[0] = pairs[1] = 0;
  ExpectNoHazard(ImportModel(test::ReadFile(path), path), LoadConfig("weft168"), path);
  EXPECT_GT(pairs[0], 0);
  EXPECT_GT(pairs[1], 0);
}

// What the stream leaves out is read back.
TEST(Schedule, KeptWordsAreReadBack) {
  for (const char* name : {"weft168", "nano"}) {
    const Config config = LoadConfig(name);
    test::Random random(7);
    KeptWords kept(config);
    std::vector<Command> commands;
    std::vector<uint32_t> words;
    size_t whole = 0;
    for (int k = 0; k < 2000; ++k) {
      const spec::Command& kind = spec::kCommands[random.Int(0, static_cast<int>(std::size(spec::kCommands)) - 1)];
      Command command(kind.opcode, kind.operand_words < 0 ? random.Int(1, 60) : kind.operand_words, random.Int(0, 1));
      for (uint32_t& operand : command.operands) operand = static_cast<uint32_t>(random.Int(0, 2));
      command.AppendTo(&words, &kept);
      whole += spec::kCommandHeaderWords + command.operands.size();
      commands.push_back(command);
    }
    EXPECT_LT(words.size(), whole);
    CommandReader reader(words, config);
    CommandView view;
    std::string problem;
    for (const Command& command : commands) {
      ASSERT_TRUE(reader.Next(&view, &problem)) << problem;
      ASSERT_EQ(view.kind->opcode, command.opcode);
      ASSERT_EQ(std::vector<uint32_t>(view.operands, view.operands + view.operand_words()), command.operands);
      if (view.kind->opcode != spec::kOpPass && !config.keeps_moves()) {
        ASSERT_EQ(view.keep, 0u);
      }
    }
    EXPECT_TRUE(reader.done());
  }
}

// A layer's end takes the place of word 1 of the store before it.
TEST(Schedule, AStoreBehindALayersEndHasToSayItsPlaceAgain) {
  const Config config = LoadConfig("weft168");
  KeptWords kept(config);
  std::vector<uint32_t> words;
  const Command store(spec::kOpStore, spec::kStoreOperandWords, 0);
  const auto keep_of = [&](const Command& command) {
    const size_t at = words.size();
    command.AppendTo(&words, &kept);
    return words[at + 1] >> spec::kHeaderKeep.lsb;
  };
  EXPECT_EQ(keep_of(Command(spec::kOpEndLayer, spec::kEndLayerOperandWords, 0)), 0u);
  EXPECT_EQ(keep_of(store), 0u);
  EXPECT_EQ(keep_of(store), 0x7fu);
  EXPECT_EQ(keep_of(Command(spec::kOpEndLayer, spec::kEndLayerOperandWords, 0)), 0u);
  const size_t at = words.size();
  EXPECT_EQ(keep_of(store), 0x7eu);
  words[at] -= 1u << spec::kHeaderWords.lsb;
  words[at + 1] |= 1u << spec::kHeaderKeep.lsb;
  words.pop_back();
  CommandReader reader(words, config);
  CommandView view;
  std::string problem;
  while (!reader.done() && reader.Next(&view, &problem)) {
  }
  EXPECT_EQ(problem, "store keeps operand word 1, which is not held");
}

// A pass that writes no outputs needs no parameters. It must not name the half that the next PARAM replaces, or PARAM
// and the FILTER behind it wait for it.
TEST(Schedule, PassesWithoutParametersLeaveTheNextHalfAlone) {
  const char yaml[] = "name: w\nsource: s\nlayers:\n- {name: out, type: matmul, M: 128, K: 768, N: 768}\n";
  const Program program = Compile(ImportWorkload(ParseWorkload(yaml, "w.yaml"), "w"), LoadConfig("weft168"));
  int before_params = 0;
  for (const Segment& segment : program.segments) {
    CommandReader reader(segment.words, program.config);
    CommandView view;
    std::string problem;
    std::vector<int64_t> halves;  // of such passes since the last PARAM
    while (!reader.done() && reader.Next(&view, &problem)) {
      if (view.kind->opcode == spec::kOpPass && view.Get(spec::kPassLast) == 0)
        halves.push_back(view.Get(spec::kPassHalf));
      if (view.kind->opcode != spec::kOpParam) continue;
      for (int64_t half : halves) EXPECT_NE(half, view.Get(spec::kParamHalf));
      before_params += static_cast<int>(halves.size());
      halves.clear();
    }
    EXPECT_EQ(problem, "");
  }
  EXPECT_GT(before_params, 20);
}

// Without any one token of a program something can go wrong, or the token says no more than others do.
TEST(Schedule, MissingTokensAreNoticed) {
  const test::RandomCase c = test::MakeRandomNetwork(7004, 24);
  Program program = Compile(c.graph, LoadConfig("weft168"));
  Segment& segment = program.segments[0];
  const std::vector<uint32_t> words = segment.words;
  int tokens = 0, noticed = 0;
  CommandView view;
  std::string problem;
  CommandReader reader(words, program.config);
  while (!reader.done() && reader.Next(&view, &problem)) {
    if (view.wait == 0) continue;
    ++tokens;
    segment.words = words;
    segment.words[view.at + spec::kHeaderWait.word] &= ~(view.wait << spec::kHeaderWait.lsb);
    noticed += !test::HazardCheck(program, segment).Run().empty();
  }
  EXPECT_GT(tokens, 20);
  EXPECT_GT(noticed, tokens * 3 / 4) << "of " << tokens;
  std::printf("%d of %d commands that do not wait are noticed\n", noticed, tokens);
}

}  // namespace
}  // namespace weft
