// SPDX-License-Identifier: Apache-2.0
// The model in a SystemC platform (model/systemc/weft_tlm.h in examples/tlm_platform/) against
// engine systemc: the same bytes, cycles, records and faults.
#include <gtest/gtest.h>

#include <set>
#include <vector>

#include "compiler/command_view.h"
#include "sim/compare.h"
#include "sim/input.h"
#include "sim/systemc_device.h"
#include "tests/support/platform.h"
#include "tests/support/random_layers.h"
#include "tests/support/rtl.h"

namespace weft {
namespace {

using sc_core::sc_time;

struct Case {
  const char* config;
  const char* memory;
  Cycle quantum;
  bool pointers;
};

DeviceReport OnPlatform(const Program& program, const std::vector<TensorData>& inputs,
                        const systemc::TlmOptions& options,
                        const std::function<void(platform::Platform*)>& change = {}) {
  const test::Context context;
  DeviceReport report;
  const sc_time period(1.0 / program.config.clock_mhz, sc_core::SC_US);
  platform::Platform platform(
      "platform", program.config, static_cast<uint64_t>(program.window_bytes), options,
      [&](platform::Host* host) {
        DeviceRunner runner(program, std::make_unique<platform::BusDevice>(host, period), {},
                            host->map().memory);
        report = ReportOf(program, &runner, RunOnDevice(program, &runner, inputs, {}));
      });
  if (change) change(&platform);
  sc_core::sc_start();
  platform.host.Check();
  return report;
}

DeviceReport OnSystemc(const Program& program, const std::vector<TensorData>& inputs,
                       const DeviceOptions& options) {
  DeviceRunner runner(program, MakeSystemcDevice(program.config, program.window_bytes, options));
  return ReportOf(program, &runner, RunOnDevice(program, &runner, inputs, {}));
}

class TlmLayers : public ::testing::TestWithParam<Case> {};

TEST_P(TlmLayers, EqualEngineSystemc) {
  const Case& c = GetParam();
  const Config config = LoadConfig(c.config);
  const uint64_t count = test::LongTests() ? 200 : 20;
  for (uint64_t seed = 1; seed <= count; ++seed) {
    const test::RandomCase layer = test::MakeRandomLayer(seed, 10);
    const Program program = Compile(layer.graph, config);
    DeviceOptions options;
    options.memory = c.memory;
    const DeviceReport got =
        OnPlatform(program, layer.inputs, test::TlmOf(c.memory, c.quantum), [&](platform::Platform* p) {
          if (!c.pointers) p->bus.ForbidPointers();
        });
    const DeviceReport expected = OnSystemc(program, layer.inputs, options);
    ASSERT_GT(expected.cycles, 0);
    ASSERT_EQ(Compare(program, expected, got).difference, "") << layer.text;
  }
}
INSTANTIATE_TEST_SUITE_P(Configs, TlmLayers,
                         ::testing::Values(Case{"weft168", "8,60", 1000, true},
                                           Case{"weft168", "4,100,stall=0.1", 1'000'000, false},
                                           Case{"odd", "16,10", 1, false},
                                           Case{"nano", "8,60,stall=0.1", 1000, true},
                                           Case{"nano", "2,30", 77, false}));

TEST(TlmNetwork, DigitsEqualTheReference) {
  const std::string path = std::string(WEFT_SOURCE_DIR) + "/zoo/digits/model.tflite";
  const Program program = Compile(ImportTfliteFile(path), LoadConfig("weft168"));
  const std::vector<TensorData> inputs = RandomInputs(program.graph, 1, 1);
  const DeviceReport got = OnPlatform(program, inputs, test::TlmOf("8,60", 1000));
  EXPECT_EQ(got.result.outputs, RunOnReference(program, inputs, {}).outputs);
  EXPECT_EQ(Compare(program, OnSystemc(program, inputs, {}), got).difference, "");
}

// Words of a segment that fetch looks at: headers and what comes behind them.
std::set<int64_t> CheckedWords(const Program& program, const Segment& segment) {
  std::set<int64_t> addresses;
  CommandReader reader(segment.words, program.config);
  CommandView view;
  std::string problem;
  while (reader.Next(&view, &problem))
    for (size_t i = 0; i < 3; ++i) addresses.insert(segment.address + static_cast<int64_t>(view.at + i) * 4);
  return addresses;
}

TEST(TlmFaults, AnErrorResponseIsAMemoryFaultWithItsAddress) {
  const test::RandomCase layer = test::MakeRandomLayer(7, 8);
  for (const char* config : {"weft168", "nano"}) {
    const Program program = Compile(layer.graph, LoadConfig(config));
    std::set<int> codes;
    const std::set<int64_t> checked = CheckedWords(program, program.segments[0]);
    for (int64_t at = 0; at < program.window_bytes; at += 200) {
      // Without a byte of it such a word alone is a command fault, a cycle before the memory's.
      if (program.config.plain_memory != 0 && checked.count(at) != 0) continue;
      DeviceOptions options;
      options.error_address = at;
      DeviceReport expected = OnSystemc(program, layer.inputs, options);
      uint64_t base = 0;
      const DeviceReport got =
          OnPlatform(program, layer.inputs, test::TlmOf("8,60", 1000), [&](platform::Platform* p) {
            base = p->host.map().memory;
            p->bus.Forbid(base + static_cast<uint64_t>(at));
          });
      codes.insert(expected.result.fault.code);
      if (expected.result.fault.code != 0) expected.result.fault.address += base;
      EXPECT_EQ(Compare(program, expected, got).difference, "") << config << " address " << at;
    }
    EXPECT_EQ(codes.count(spec::kFaultMemRead), 1u) << config;
    EXPECT_EQ(codes.count(spec::kFaultMemWrite), 1u) << config;
  }
}

}  // namespace
}  // namespace weft
