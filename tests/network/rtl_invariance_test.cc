// SPDX-License-Identifier: Apache-2.0
// What must not change a result: initial register and memory contents (nothing changes at all),
// memory speed and stalls (bytes and event counts stay). And what always holds: classes sum to the cycles.
#include <gtest/gtest.h>

#include "tests/support/random_layers.h"
#include "tests/support/rtl.h"

namespace weft {
namespace {

struct Outcome {
  std::vector<TensorData> outputs;
  std::vector<StepResult> steps;
};

Outcome RunOn(const test::RandomCase& c, const Config& config, const DeviceOptions& options) {
  test::RtlNetwork network(c.graph, config, options);
  Outcome outcome;
  outcome.outputs = network.session().Run(c.inputs);
  outcome.steps = network.session().steps();
  return outcome;
}

// Events without commands read: those count in the layer's time window (docs/events.md), and a slow
// memory brings the last ones after its end.
std::array<int64_t, spec::kEventCount> EventsOf(const StepResult& step) {
  std::array<int64_t, spec::kEventCount> events = step.record.events;
  events[spec::kEvDramRdCmd] = 0;
  return events;
}

class Invariance : public ::testing::TestWithParam<const char*> {};

TEST_P(Invariance, InitialContentsChangeNothing) {
  const Config config = LoadConfig(GetParam());
  for (uint64_t seed = 1001; seed < 1021; ++seed) {
    const test::RandomCase c = test::MakeRandomLayer(seed, 10);
    DeviceOptions first = test::QuietRtl(), second = test::QuietRtl();
    second.init_seed = 77;
    const Outcome a = RunOn(c, config, first), b = RunOn(c, config, second);
    ASSERT_EQ(a.outputs, b.outputs) << c.text;
    for (size_t s = 0; s < a.steps.size(); ++s) {
      ASSERT_EQ(a.steps[s].record.end, b.steps[s].record.end) << c.text;
      ASSERT_EQ(a.steps[s].record.events, b.steps[s].record.events) << c.text;
      ASSERT_EQ(a.steps[s].record.classes, b.steps[s].record.classes) << c.text;
    }
  }
}

TEST_P(Invariance, MemoryChangesOnlyTheTime) {
  const Config config = LoadConfig(GetParam());
  for (uint64_t seed = 2001; seed < 2013; ++seed) {
    const test::RandomCase c = test::MakeRandomLayer(seed, 10);
    const Outcome base = RunOn(c, config, test::QuietRtl());
    EXPECT_EQ(base.outputs[0], RunReference(c.graph, c.inputs)[static_cast<size_t>(c.graph.outputs[0])]) << c.text;
    for (const char* memory : {"4,100", "16,20", "8,60,stall=0.3"}) {
      DeviceOptions options = test::QuietRtl();
      options.memory = memory;
      options.seed = seed;
      const Outcome other = RunOn(c, config, options);
      ASSERT_EQ(base.outputs, other.outputs) << c.text << " memory " << memory;
      for (size_t s = 0; s < base.steps.size(); ++s)
        ASSERT_EQ(EventsOf(base.steps[s]), EventsOf(other.steps[s])) << c.text << " memory " << memory;
    }
  }
}

TEST_P(Invariance, ClassesSumToTheCyclesOfTheLayer) {
  const Config config = LoadConfig(GetParam());
  if (config.counter_small) GTEST_SKIP() << "this configuration has no class counters";
  for (uint64_t seed = 3001; seed < 3021; ++seed) {
    const test::RandomCase c = test::MakeRandomLayer(seed, 10);
    const Outcome o = RunOn(c, config, test::QuietRtl());
    for (const StepResult& step : o.steps) {
      if (!step.has_record) continue;
      for (int e = 0; e < spec::kEngineCount; ++e) {
        int64_t sum = 0;
        for (int k = 0; k < spec::kClassCount; ++k) sum += step.record.classes[static_cast<size_t>(e * spec::kClassCount + k)];
        ASSERT_EQ(sum, step.record.cycles()) << c.text << " engine " << e;
      }
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Configs, Invariance, ::testing::Values("weft168", "odd", "nano"));

}  // namespace
}  // namespace weft
