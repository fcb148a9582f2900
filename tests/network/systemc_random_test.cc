// SPDX-License-Identifier: Apache-2.0
// Engine systemc against engine rtl on random configurations: single layers, pairs and small networks, any
// memory. Outputs are also those of the reference engine.
#include <gtest/gtest.h>

#include "tests/support/both_engines.h"
#include "tests/support/random_configs.h"

namespace weft {
namespace {

constexpr int kConfigs = 10;

struct Totals {
  int configs = 0, layers = 0, cases = 0, networks = 0, pairs = 0;
  int64_t cycles = 0, comparisons = 0;
};

class SystemcRandom : public ::testing::TestWithParam<int> {
 protected:
  static void TearDownTestSuite() {
    std::printf("%d random layers, %d pairs of layers and %d networks (%d fused pairs) on %d configurations, %d "
                "memories, %lld cycles: %lld comparisons equal\n",
                totals.layers, totals.cases, totals.networks, totals.pairs, totals.configs, static_cast<int>(std::size(test::kMemories)),
                static_cast<long long>(totals.cycles), static_cast<long long>(totals.comparisons));
  }
  void ExpectEqual(const test::RandomCase& c, const Config& config, uint64_t seed) {
    Program program;
    try {
      program = Compile(c.graph, config);
    } catch (const Error& e) {
      FAIL() << c.text << "\n" << config.ToYaml() << e.what();
    }
    DeviceOptions options = test::QuietRtl();
    options.memory = test::kMemories[seed % std::size(test::kMemories)];
    options.seed = seed;
    DeviceReport rtl;
    const Comparison comparison = test::RunBoth(program, c.inputs, options, &rtl);
    const std::string where = c.text + " memory " + options.memory + " on\n" + config.ToYaml();
    ASSERT_EQ(rtl.result.fault.code, 0) << where;
    ASSERT_EQ(comparison.difference, "") << where;
    ASSERT_EQ(rtl.result.outputs, RunReferenceBatch(c.graph, c.inputs)) << where;
    totals.cycles += rtl.cycles;
    totals.pairs += test::CountPairs(program);
    totals.comparisons += comparison.count;
  }
  static Totals totals;
};
Totals SystemcRandom::totals;

TEST_P(SystemcRandom, EqualsRtl) {
  const uint64_t index = static_cast<uint64_t>(GetParam());
  // Without --long few configurations: each needs a simulator.
  if (!test::LongTests() && index > 3) GTEST_SKIP() << "scripts/test --long runs 10 configurations";
  const Config config = test::MakeRandomConfig(index);
  const uint64_t layers = test::LongTests() ? 300 : 80, cases = test::LongTests() ? 100 : 25,
                 networks = test::LongTests() ? 20 : 8;
  ++totals.configs;
  for (uint64_t i = 0; i < layers && !HasFatalFailure(); ++i, ++totals.layers)
    ExpectEqual(test::MakeRandomLayer(20000 + 1000 * index + i, i % 4 == 0 ? 20 : 10), config, i);
  const int pairs = totals.pairs;
  for (uint64_t i = 0; i < cases && !HasFatalFailure(); ++i, ++totals.cases)
    ExpectEqual(test::MakeRandomPair(1000 * index + i, i % 4 == 0 ? 20 : 10), config, i);
  EXPECT_GT(totals.pairs - pairs, static_cast<int>(cases) / 8);
  for (uint64_t i = 0; i < networks && !HasFatalFailure(); ++i, ++totals.networks)
    ExpectEqual(test::MakeRandomNetwork(1000 * index + i, 12), config, i);
}
INSTANTIATE_TEST_SUITE_P(Configs, SystemcRandom, ::testing::Range(1, kConfigs + 1));

// Two row entries of a 5-wide kernel read the same ifmap row from the same column on, one of them a
// column less: they must not share a stream.
TEST(SystemcStreams, EntriesThatEndElsewhere) {
  const test::RandomCase c = test::MakeRandomLayer(30124, 20);
  const Program program = Compile(c.graph, test::MakeRandomConfig(10));
  DeviceRunner runner(program, MakeSystemcDevice(program.config, program.window_bytes, test::QuietRtl()), {});
  EXPECT_EQ(RunOnDevice(program, &runner, c.inputs, {}).outputs, RunReferenceBatch(c.graph, c.inputs));
}

}  // namespace
}  // namespace weft
