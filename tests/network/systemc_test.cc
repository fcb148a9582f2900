// SPDX-License-Identifier: Apache-2.0
// Engine systemc against engine rtl: bytes of outputs and of the whole memory, cycles, events,
// classes, faults. Nothing may differ.
#include <gtest/gtest.h>

#include <fmt/format.h>

#include <functional>

#include "compiler/import_workload.h"
#include "model/error.h"
#include "sim/input.h"
#include "tests/support/both_engines.h"
#include "tests/support/random_layers.h"

namespace weft {
namespace {

namespace fs = std::filesystem;

using test::RunBoth;

class SystemcLayers : public ::testing::TestWithParam<const char*> {};

TEST_P(SystemcLayers, RandomOnesEqualRtl) {
  const Config config = LoadConfig(GetParam());
  const uint64_t count = test::LongTests() ? 1000 : 100;
  int64_t comparisons = 0, cycles = 0;
  for (uint64_t seed = 10001; seed < 10001 + count; ++seed) {
    const test::RandomCase c = test::MakeRandomLayer(seed, seed % 4 == 0 ? 20 : 10);
    const Program program = Compile(c.graph, config);
    DeviceOptions options = test::QuietRtl();
    options.memory = test::kMemories[seed % std::size(test::kMemories)];
    options.seed = seed;
    DeviceReport rtl;
    const Comparison comparison = RunBoth(program, c.inputs, options, &rtl);
    ASSERT_EQ(rtl.result.fault.code, 0) << c.text;
    ASSERT_EQ(comparison.difference, "") << c.text << " memory " << options.memory;
    comparisons += comparison.count;
    cycles += rtl.cycles;
  }
  std::printf("%d layers on %s, %lld cycles: %lld comparisons equal\n", static_cast<int>(count),
              GetParam(), static_cast<long long>(cycles), static_cast<long long>(comparisons));
}
INSTANTIATE_TEST_SUITE_P(Configs, SystemcLayers, ::testing::Values("weft168", "odd", "ecp5", "nano"));

void CompareFile(const fs::path& path, const char* config, const char* memory, int batch) {
  const Program program = Compile(ImportTfliteFile(path.string()), LoadConfig(config));
  DeviceOptions options = test::QuietRtl();
  options.memory = memory;
  DeviceReport rtl;
  const Comparison comparison =
      RunBoth(program, RandomInputs(program.graph, batch, 1), options, &rtl, batch);
  ASSERT_EQ(comparison.difference, "") << path << " on " << config << " memory " << memory;
  std::printf("%s on %s: %lld cycles, %lld comparisons equal\n", path.c_str(), config,
              static_cast<long long>(rtl.cycles), static_cast<long long>(comparison.count));
}

void CompareModel(const char* model, const char* config, const char* memory, int batch) {
  const fs::path path = test::ModelsDir() / model / "model.tflite";
  if (!fs::exists(path)) GTEST_SKIP() << test::NoModels();
  CompareFile(path, config, memory, batch);
}

// Several layers in one segment: what happens around a layer's end. A memory that answers in the
// next cycle: what else is hidden behind its latency.
class SystemcDigits : public ::testing::TestWithParam<const char*> {
 protected:
  const fs::path path_ = fs::path(WEFT_SOURCE_DIR) / "zoo/digits/model.tflite";
};

TEST_P(SystemcDigits, FaultOfALaterLayerEqualsRtl) {
  const Program program = Compile(ImportTfliteFile(path_.string()), LoadConfig(GetParam()));
  DeviceOptions options = test::QuietRtl();
  options.error_address = program.record_address[3];
  DeviceReport rtl;
  const std::vector<TensorData> inputs = RandomInputs(program.graph, 1, 1);
  EXPECT_EQ(RunBoth(program, inputs, options, &rtl).difference, "");
  EXPECT_EQ(rtl.result.fault.code, spec::kFaultMemWrite);
  EXPECT_EQ(rtl.result.fault.layer, 3);
}

TEST_P(SystemcDigits, EqualRtl) {
  for (const char* memory : {"8,60", "16,1", "4,30,stall=0.2"})
    CompareFile(path_, GetParam(), memory, 2);
}
INSTANTIATE_TEST_SUITE_P(Configs, SystemcDigits, ::testing::Values("weft168", "odd", "ecp5", "nano"));

// What the random layers are too small for: windows that fill up, a grouped convolution's short
// runs in memory.
class SystemcShapes : public ::testing::TestWithParam<const char*> {};

TEST_P(SystemcShapes, EqualRtl) {
  for (const char* shape :
       {"C: 48, H: 6, W: 6, M: 32, R: 3, S: 3, activation_zeros: 0.5",
        "C: 48, H: 6, W: 6, M: 8, R: 3, S: 3, activation_zeros: 0.1",
        "C: 16, H: 6, W: 6, M: 16, R: 3, S: 3, groups: 8, activation_zeros: 0.1"}) {
    const std::string yaml = fmt::format(
        "name: shape\nsource: test\nlayers: [{{name: l, type: conv, N: 1, {}}}]\n", shape);
    const Program program =
        Compile(ImportWorkload(ParseWorkload(yaml, "shape"), "shape"), LoadConfig(GetParam()));
    DeviceOptions options = test::QuietRtl();
    options.memory = "16,1";
    DeviceReport rtl;
    const std::vector<TensorData> inputs = RandomInputs(program.graph, 1, 1);
    ASSERT_EQ(RunBoth(program, inputs, options, &rtl).difference, "") << shape;
  }
}
INSTANTIATE_TEST_SUITE_P(Configs, SystemcShapes, ::testing::Values("weft168", "odd", "ecp5", "nano"));

class SystemcModels : public ::testing::TestWithParam<const char*> {};

TEST_P(SystemcModels, EqualRtlOnWeft168) { CompareModel(GetParam(), "weft168", "8,60", 1); }
TEST_P(SystemcModels, EqualRtlOnOdd) { CompareModel(GetParam(), "odd", "8,60,stall=0.1", 1); }
TEST_P(SystemcModels, EqualRtlOnEcp5) { CompareModel(GetParam(), "ecp5", "4,100", 1); }
INSTANTIATE_TEST_SUITE_P(Mlperf, SystemcModels,
                         ::testing::Values("mlperf_tiny/ad01_int8", "mlperf_tiny/ic_resnet8_int8",
                                           "mlperf_tiny/kws_dscnn_int8", "mlperf_tiny/sww_int8",
                                           "mlperf_tiny/vww96_int8"));

TEST(SystemcNano, AutoencoderEqualsRtl) {
  CompareModel("mlperf_tiny/ad01_int8", "nano", "8,60", 1);
}

// Two engines ask the mover at once; it is free, and the last operand of a command has just come.
TEST(SystemcNano, MoverEqualsRtl) {
  struct Case {
    uint64_t seed;
    int size;
    const char* memory;
  };
  for (const Case& at :
       {Case{20015, 10, "2,200,stall=0.3"}, Case{20033, 10, "2,200,stall=0.3"}, Case{30188, 12, "16,10"}}) {
    const test::RandomCase c = test::MakeRandomLayer(at.seed, at.size);
    DeviceOptions options = test::QuietRtl();
    options.memory = at.memory;
    options.seed = at.seed;
    DeviceReport rtl;
    EXPECT_EQ(RunBoth(Compile(c.graph, LoadConfig("nano")), c.inputs, options, &rtl).difference, "") << c.text;
  }
}

TEST(SystemcBatch, SeveralInferencesEqualRtl) {
  CompareModel("mlperf_tiny/ad01_int8", "weft168", "8,60", 3);
}

// Faults: code, address and layer.
class SystemcFaults : public ::testing::TestWithParam<const char*> {
 protected:
  void Expect(int code, const DeviceOptions& options, const std::function<void(Program*)>& spoil,
              const Watchdogs& watchdogs = {}) {
    Program program = Compile(case_.graph, LoadConfig(GetParam()));
    spoil(&program);
    DeviceReport rtl;
    const Comparison comparison = RunBoth(program, case_.inputs, options, &rtl, 1, watchdogs);
    EXPECT_EQ(rtl.result.fault.code, code);
    EXPECT_EQ(comparison.difference, "");
  }
  // Word of the first command with this opcode.
  static size_t Find(const Program& program, int opcode) {
    const std::vector<uint32_t>& words = program.segments[0].words;
    for (size_t at = 0; at < words.size(); at += words[at] >> 8 & 0xFFFF)
      if (static_cast<int>(words[at] & 0x7F) == opcode) return at;
    throw Error("no such command");
  }
  const test::RandomCase case_ = test::MakeRandomLayer(7, 8);
};

TEST_P(SystemcFaults, MemoryErrors) {
  const Program program = Compile(case_.graph, LoadConfig(GetParam()));
  for (int64_t address = program.segments[0].address; address < program.window_bytes;
       address += 776) {
    DeviceOptions options = test::QuietRtl();
    options.error_address = address;
    Program copy = program;
    DeviceReport rtl;
    EXPECT_EQ(RunBoth(copy, case_.inputs, options, &rtl).difference, "") << "address " << address;
  }
}

TEST_P(SystemcFaults, SilentMemory) {
  for (int64_t burst = 0; burst < 20; burst += 3) {
    DeviceOptions options = test::QuietRtl();
    options.silent_from = burst;
    Expect(spec::kFaultMemTimeout, options, [](Program*) {}, {2, 7});
  }
}

TEST_P(SystemcFaults, AccessOutsideTheWindow) {
  for (int opcode : {spec::kOpLoadF, spec::kOpLoadI, spec::kOpStore})
    Expect(spec::kFaultWindow, test::QuietRtl(), [&](Program* p) {
      p->segments[0].words[Find(*p, opcode) + 2] = static_cast<uint32_t>(p->window_bytes) + 64;
    });
}

TEST_P(SystemcFaults, AccessBeyondTheGlb) {
  for (int opcode : {spec::kOpLoadF, spec::kOpLoadI, spec::kOpFilter, spec::kOpParam})
    Expect(spec::kFaultGlb, test::QuietRtl(), [&](Program* p) {
      uint32_t& word = p->segments[0].words[Find(*p, opcode) + (opcode == spec::kOpLoadF ||
                                                               opcode == spec::kOpLoadI ? 3 : 2)];
      word |= 0x3FF00;
    });
}

TEST_P(SystemcFaults, CorruptCommands) {
  for (int opcode : {spec::kOpLoadF, spec::kOpLoadI, spec::kOpStore, spec::kOpMap, spec::kOpCfg,
                     spec::kOpFilter, spec::kOpParam, spec::kOpPass, spec::kOpEndLayer})
    for (uint32_t flip : {0x01000000u, 0x00000300u})
      Expect(spec::kFaultCommand, test::QuietRtl(),
             [&](Program* p) { p->segments[0].words[Find(*p, opcode)] ^= flip; });
  for (int opcode : {spec::kOpLoadF, spec::kOpPass, spec::kOpFilter, spec::kOpEndLayer})
    Expect(spec::kFaultCommand, test::QuietRtl(), [&](Program* p) {
      p->segments[0].words[Find(*p, opcode) + 1] |= 1u << spec::kHeaderKeep.lsb;
    });
  Expect(spec::kFaultCommand, test::QuietRtl(), [](Program* p) {
    std::vector<uint32_t>& words = p->segments[0].words;
    words.resize(words.size() / 2 & ~size_t{1});
  });
}

TEST_P(SystemcFaults, TokensThatNeverCome) {
  for (int opcode : {spec::kOpLoadF, spec::kOpLoadI, spec::kOpPass}) {
    const auto spoil = [&](Program* p) {
      std::vector<uint32_t>& words = p->segments[0].words;
      for (size_t at = 0; at < words.size(); at += words[at] >> 8 & 0xFFFF)
        if (static_cast<int>(words[at] & 0x7F) == opcode) words[at + 1] &= 0xFF0000FF;
    };
    Expect(spec::kFaultToken, test::QuietRtl(), spoil, {4, 2});
  }
}

INSTANTIATE_TEST_SUITE_P(Configs, SystemcFaults, ::testing::Values("odd", "weft168", "nano"));

}  // namespace
}  // namespace weft
